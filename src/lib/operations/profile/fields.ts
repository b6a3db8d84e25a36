import { profileFields } from '../../config/schema/profile-fields.js';

export const profileFieldNames: readonly string[] = Object.keys(profileFields);
