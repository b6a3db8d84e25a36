/** Size in bytes of a sector and of a logical block. */
export const sectorBytes = 2048;

/** Sectors that hold `bytes` bytes. */
export function sectorsFor(bytes: number): number {
  return Math.ceil(bytes / sectorBytes);
}

/** A 16-bit number in both byte orders, little-endian first (ECMA-119, 7.2.3). */
export function both16(value: number): Buffer {
  const field = Buffer.alloc(4);
  field.writeUInt16LE(value, 0);
  field.writeUInt16BE(value, 2);
  return field;
}

/** A 32-bit number in both byte orders, little-endian first (ECMA-119, 7.3.3). */
export function both32(value: number): Buffer {
  const field = Buffer.alloc(8);
  field.writeUInt32LE(value, 0);
  field.writeUInt32BE(value, 4);
  return field;
}

/** Date and time of a directory record: 7 bytes, UTC (ECMA-119, 9.1.5). */
export function recordTime(time: Date): Buffer {
  return Buffer.from([
    time.getUTCFullYear() - 1900,
    time.getUTCMonth() + 1,
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
    0,
  ]);
}

/** Date and time of a volume descriptor: 16 digits and the offset from UTC (ECMA-119, 8.4.26.1). */
export function volumeTime(time: Date): Buffer {
  const digits = time.toISOString().replace(/\D/g, '').slice(0, 16);
  return Buffer.concat([Buffer.from(digits, 'latin1'), Buffer.from([0])]);
}

/** "Not specified" in a volume descriptor: 16 digits 0 and a zero byte. */
export function noVolumeTime(): Buffer {
  return Buffer.concat([Buffer.alloc(16, '0'), Buffer.from([0])]);
}
