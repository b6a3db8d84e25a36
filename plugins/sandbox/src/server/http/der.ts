/** As much of ASN.1's DER as a certificate needs. */

function wrap(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

export const sequence = (...parts: Buffer[]): Buffer => wrap(0x30, Buffer.concat(parts));
export const set = (...parts: Buffer[]): Buffer => wrap(0x31, Buffer.concat(parts));
export const octets = (content: Buffer): Buffer => wrap(0x04, content);
export const bits = (content: Buffer): Buffer =>
  wrap(0x03, Buffer.concat([Buffer.from([0]), content]));
export const utf8 = (text: string): Buffer => wrap(0x0c, Buffer.from(text, 'utf8'));
export const yes = (): Buffer => wrap(0x01, Buffer.from([0xff]));
/** `[n]` around whole values. */
export const explicit = (number: number, content: Buffer): Buffer => wrap(0xa0 | number, content);
/** `[n]` instead of a plain value's own tag. */
export const implicit = (number: number, content: Buffer): Buffer => wrap(0x80 | number, content);

/** A number that is not negative. */
export function integer(bytes: Buffer): Buffer {
  return wrap(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** An object identifier such as `2.5.4.3`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return wrap(0x06, Buffer.from(bytes));
}

/** A point in time: two digits for the year until 2049, four from then on. */
export function time(date: Date): Buffer {
  const text = date
    .toISOString()
    .replace(/[-:T]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  return date.getUTCFullYear() < 2050
    ? wrap(0x17, Buffer.from(text.slice(2)))
    : wrap(0x18, Buffer.from(text));
}
