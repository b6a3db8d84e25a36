const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Bytes as words: `1.5 GiB`. */
export function sizeInWords(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Number((bytes / 2 ** (10 * step)).toFixed(1))} ${units[step]}`;
}
