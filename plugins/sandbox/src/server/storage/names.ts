import { readFile, rm, writeFile } from 'node:fs/promises';
import type { StorageConfig } from '../state/model.js';
import { typeOf } from './types.js';

/** Names the disk that lies in a VM's directory; undefined for other files. */
export function diskName(
  config: StorageConfig,
  vmid: number,
  filename: string,
  base?: string,
): string | undefined {
  if (typeOf(config).files)
    return /\.(?:raw|qcow2|vmdk|subvol)$/.test(filename) ? `${vmid}/${filename}` : undefined;
  const name = /^((?:vm|base)-\d+-[^/\s:]+)\.raw$/.exec(filename)?.[1];
  if (name === undefined) return undefined;
  return base === undefined ? name : `${base}/${name}`;
}

/** What a raw disk was cloned from stands beside it, for want of a header. */
const parentFile = (path: string): string => `${path}.parent`;

/** The base of a raw disk. */
export async function readParent(path: string): Promise<string | undefined> {
  return readFile(parentFile(path), 'utf8').catch(() => undefined);
}

export async function writeParent(path: string, base: string): Promise<void> {
  await writeFile(parentFile(path), base, { mode: 0o600 });
}

export async function removeParent(path: string): Promise<void> {
  await rm(parentFile(path), { force: true });
}
