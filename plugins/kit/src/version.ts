/** The version of this copy of kit: that of the pmx it was released with. */
export const kitVersion = '0.1.0';
