/** A page of a web server where an image should be. */
export function looksLikeText(head: Buffer): boolean {
  const start = head.subarray(0, 512);
  return start.length > 0 && start.every((byte) => byte >= 0x20 || (byte >= 9 && byte <= 13));
}

/** The size of the disk that a qcow2 image begins with; undefined for others. */
export function qcow2VirtualSize(head: Buffer): number | undefined {
  if (head.length < 32 || head.toString('latin1', 0, 4) !== 'QFI\xfb') return undefined;
  return Number(head.readBigUInt64BE(24));
}
