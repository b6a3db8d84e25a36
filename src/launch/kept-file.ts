import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';

const magic = 0x31786d70;
const headBytes = 32;

/** @returns undefined unless it is whole, of this file, and written by nobody else */
export function readKept(path: string, modified: number): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    if (!isOurs(stats) || stats.size <= headBytes) return undefined;
    const all = Buffer.allocUnsafeSlow(stats.size);
    if (readSync(file, all, 0, stats.size, 0) !== stats.size) return undefined;
    const code = all.subarray(headBytes);
    const fits =
      all.readUInt32LE(0) === magic &&
      all.readUInt32LE(4) === code.length &&
      all.readDoubleLE(8) === modified &&
      all.readUInt32LE(16) === sampleOf(code);
    return fits ? code : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

export function writeKept(path: string, modified: number, code: Buffer): void {
  const start = Buffer.alloc(headBytes);
  start.writeUInt32LE(magic, 0);
  start.writeUInt32LE(code.length, 4);
  start.writeDoubleLE(modified, 8);
  start.writeUInt32LE(sampleOf(code), 16);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([start, code]), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Somebody else's code is not run: kept code is code. */
function isOurs({ uid, mode }: Stats): boolean {
  if (process.platform === 'win32') return true;
  return (uid === process.getuid?.() || uid === 0) && (mode & 0o022) === 0;
}

/**
 * Of a word in each KiB: V8 takes what it is given without a check, and a file that was written when
 * the power failed lacks whole blocks. More words would take longer than all else here.
 */
function sampleOf(code: Buffer): number {
  const words = new Uint32Array(code.buffer, code.byteOffset, code.length >>> 2);
  let sum = code.length;
  for (let at = 0; at < words.length; at += 256) sum = (Math.imul(sum, 31) + words[at]!) | 0;
  return sum >>> 0;
}
