import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createEmptyQcow2 } from '#dist/lib/images/index.js';

export const mebibyte = 1024 * 1024;

/** A folder that lives as long as one test. */
export function useFolder(): {
  path(name: string): string;
  put(name: string, content: Buffer): Promise<string>;
} {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pmx-images-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  const path = (name: string): string => join(folder, name);
  return {
    path,
    async put(name, content) {
      await writeFile(path(name), content);
      return path(name);
    },
  };
}

/** Skips the running test, with the reason in its title, when a program is not installed. */
export function needs(context: Mocha.Context, program: string): void {
  if (spawnSync(program, ['--version']).error === undefined) return;
  const test = context.runnable();
  test.title += ` [skipped: ${program} is not installed]`;
  context.skip();
}

export function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(status, `${program} ${args.join(' ')}: ${stderr}${stdout}`).to.equal(0);
  return stdout;
}

interface ShownError {
  code: string;
  exitCode: number;
  message: string;
  hints: readonly string[];
}

/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<ShownError> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as ShownError;
  }
  throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
}

/** Places of the fields in a qcow2 header. */
export const qcow2Field = {
  version: 4,
  backingOffset: 8,
  backingSize: 16,
  clusterBits: 20,
  size: 24,
  cryptMethod: 32,
  l1Size: 36,
  l1Offset: 40,
  refcountOffset: 48,
  refcountClusters: 56,
  snapshotCount: 60,
  snapshotsOffset: 64,
  incompatible: 72,
  refcountOrder: 96,
  headerLength: 100,
  compressionType: 104,
} as const;

const cluster = 0x1_0000;
/** Where `createEmptyQcow2` puts things for a disk of 1 GiB. */
export const qcow2Place = {
  refcountTable: cluster,
  refcountBlock: 2 * cluster,
  l1: 3 * cluster,
  l2: 4 * cluster,
  data: 5 * cluster,
  end: 6 * cluster,
} as const;

/** A valid image of 1 GiB that reads as a disk with one partition. */
export async function qcow2(
  path: string,
  change?: (image: Buffer) => Buffer | void,
): Promise<void> {
  await createEmptyQcow2(path, 1024 * mebibyte);
  const image = await readFile(path);
  await writeFile(path, change?.(image) ?? image);
}

export interface VmdkOptions {
  capacity?: bigint;
  grainSectors?: bigint;
  tableEntries?: number;
  version?: number;
  createType?: string;
  parent?: string;
  extra?: string;
  compressed?: boolean;
  footer?: boolean;
  brokenLineEnds?: boolean;
  descriptorOffset?: bigint;
}

const sector = 512;

/**
 * A VMDK with one grain: header, descriptor (sector 1–2), grain directory (3), grain table (4–7),
 * the grain from sector 8.
 */
export function vmdk(options: VmdkOptions = {}): Buffer {
  const compressed = options.compressed ?? false;
  const grainBytes = 128 * sector;
  const header = Buffer.alloc(sector);
  header.write('KDMV', 0, 'latin1');
  header.writeUInt32LE(options.version ?? 1, 4);
  header.writeUInt32LE(1 | (compressed ? 1 << 16 : 0), 8);
  header.writeBigUInt64LE(options.capacity ?? 2048n, 12);
  header.writeBigUInt64LE(options.grainSectors ?? 128n, 20);
  header.writeBigUInt64LE(options.descriptorOffset ?? 1n, 28);
  header.writeBigUInt64LE(2n, 36);
  header.writeUInt32LE(options.tableEntries ?? 512, 44);
  header.writeBigUInt64LE(3n, 56);
  header.write(options.brokenLineEnds === true ? '\n \n\n' : '\n \r\n', 73, 'latin1');
  const descriptor = Buffer.alloc(2 * sector);
  descriptor.write(
    [
      '# Disk DescriptorFile',
      'version=1',
      `parentCID=${options.parent ?? 'ffffffff'}`,
      `createType="${options.createType ?? (compressed ? 'streamOptimized' : 'monolithicSparse')}"`,
      'RW 2048 SPARSE "disk.vmdk"',
      options.extra ?? '',
    ].join('\n'),
  );
  const directory = Buffer.alloc(sector);
  directory.writeUInt32LE(4, 0);
  const table = Buffer.alloc(4 * sector);
  table.writeUInt32LE(8, 0);
  const grain = Buffer.alloc(compressed ? 2 * sector : grainBytes, 7);
  if (compressed) {
    grain.writeBigUInt64LE(0n, 0);
    grain.writeUInt32LE(grain.length - 12, 8);
  }
  const parts = [header, descriptor, directory, table, grain];
  if (options.footer === true) {
    const footer = Buffer.from(header);
    header.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 56);
    parts.push(footer, Buffer.alloc(sector));
  }
  return Buffer.concat(parts);
}

export interface TarEntry {
  name: string;
  content: Buffer;
  type?: string;
}

/** A tar archive in ustar format; `type` gives other members than regular files. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ name, content, type }) => {
    const header = Buffer.alloc(sector);
    header.write(name, 0, 100);
    header.write('0000644\0', 100);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type ?? '0', 156);
    header.write('ustar\x0000', 257, 'latin1');
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, content, Buffer.alloc((sector - (content.length % sector)) % sector)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * sector)]);
}

/** A disk with one MBR partition from sector 8 to the end. */
export function mbrDisk(
  bytes: number,
  partition: { type?: number; sectors?: number } = {},
): Buffer {
  const disk = Buffer.alloc(bytes);
  disk[446 + 4] = partition.type ?? 0x83;
  disk.writeUInt32LE(8, 446 + 8);
  disk.writeUInt32LE(partition.sectors ?? bytes / sector - 8, 446 + 12);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

export function gptDisk(bytes: number, logicalBlock = sector): Buffer {
  const disk = mbrDisk(bytes, { type: 0xee, sectors: 0xffff_ffff });
  disk.write('EFI PART', logicalBlock, 'latin1');
  disk.writeBigUInt64LE(BigInt(bytes / logicalBlock - 1), logicalBlock + 32);
  return disk;
}

export function extDisk(bytes: number): Buffer {
  const disk = Buffer.alloc(bytes);
  disk.writeUInt32LE(bytes / 1024, 1024 + 4);
  disk.writeUInt16LE(0xef53, 1024 + 0x38);
  return disk;
}

export function xfsDisk(bytes: number): Buffer {
  const disk = Buffer.alloc(bytes);
  disk.write('XFSB', 0, 'latin1');
  disk.writeUInt32BE(4096, 4);
  disk.writeBigUInt64BE(BigInt(bytes / 4096), 8);
  return disk;
}

export function btrfsDisk(bytes: number): Buffer {
  const disk = Buffer.alloc(bytes);
  disk.write('_BHRfS_M', 0x1_0040, 'latin1');
  disk.writeBigUInt64LE(BigInt(bytes), 0x1_0000 + 0xd1);
  return disk;
}

/** A file of `bytes` zeros with `text` at `at`. */
export function withBytes(bytes: number, at: number, text: string | Buffer): Buffer {
  const file = Buffer.alloc(bytes);
  file.set(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, at);
  return file;
}
