/**
 * How long an .xz file is once unpacked, from the index at its end (xz-file-format 1.2, sections 2.1.2
 * and 4).
 * @param tail the last bytes of the file
 * @param size of the whole file
 * @returns undefined where the tail is too short, or the file has several streams
 */
export function xzLength(tail: Buffer, size: number): number | undefined {
  const footer = tail.length - 12;
  if (footer < 0 || tail.toString('latin1', tail.length - 2) !== 'YZ') return undefined;
  const indexSize = (tail.readUInt32LE(footer + 4) + 1) * 4;
  let at = footer - indexSize;
  if (at < 0 || tail[at] !== 0) return undefined;
  at++;
  const next = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = tail[at++]!;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  let [blocks, length] = [0, 0];
  for (let records = next(); records > 0; records--) {
    blocks += Math.ceil(next() / 4) * 4;
    length += next();
  }
  // Header, blocks, index and footer are the whole file, or there is another stream before it.
  return 12 + blocks + indexSize + 12 === size ? length : undefined;
}
