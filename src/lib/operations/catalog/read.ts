import { isPmxError } from '@pmx-cli/kit/errors';

import {
  type Arch,
  type CatalogEntry,
  type Keyrings,
  type Mirrors,
  resolveBuild,
} from '../../catalog/index.js';
import { firstBytes } from '../../catalog/fetch/resumed.js';
import { looksLikeText } from '../template/probe.js';

export interface CatalogRow {
  id: string;
  distribution: string;
  version: string;
  codename: string | null;
  aliases: string[];
  arch: string[];
  user: string | null;
  minDiskGib: number;
  firmware: string;
  provisioning: string;
  format: string;
  compression: string | null;
  checksum: string | null;
  status: string;
  unverified: string[];
}

export function rowOf(entry: CatalogEntry): CatalogRow {
  return {
    id: entry.id,
    distribution: entry.distribution,
    version: entry.version,
    codename: entry.codename ?? null,
    aliases: [...(entry.aliases ?? [])],
    arch: Object.keys(entry.arch),
    user: entry.user ?? null,
    minDiskGib: entry.minDisk,
    firmware: entry.firmware,
    provisioning: entry.provisioning,
    format: entry.format,
    compression: entry.compression ?? null,
    checksum: entry.checksum?.algorithm ?? null,
    status: entry.status,
    unverified: [...(entry.unverified ?? [])],
  };
}

export interface Verification {
  id: string;
  arch: string;
  /** `ok`; `unchecked`: the image is there and no checksum is published; `failed`; `offline`. */
  result: 'ok' | 'unchecked' | 'failed' | 'offline';
  url: string | null;
  bytes: number | null;
  /** Of the checksum: `unchecked` without a keyring for it; null where nothing could be asked. */
  signature: 'verified' | 'unchecked' | 'none' | null;
  detail: string | null;
}

/** Asks the publisher of an entry for its newest build, its checksum, and the first bytes of it. */
export async function verifyEntry(
  entry: CatalogEntry,
  arch: Arch,
  {
    mirrors,
    keyrings,
    signal,
  }: { mirrors: Mirrors | undefined; keyrings: Keyrings | undefined; signal: AbortSignal },
): Promise<Verification> {
  const row = { id: entry.id, arch, url: null, bytes: null, signature: null };
  try {
    const build = await resolveBuild(entry, { arch, mirrors, keyrings, signal });
    const { head, length } = await firstBytes(build.url, 4096, signal);
    const { signature } = build;
    const found = { ...row, url: build.url, bytes: length ?? null, signature };
    if (looksLikeText(head))
      return { ...found, result: 'failed', detail: 'a text instead of an image' };
    return build.checksum
      ? { ...found, result: 'ok', detail: `${build.checksum.algorithm}:${build.checksum.value}` }
      : { ...found, result: 'unchecked', detail: 'no checksum is published' };
  } catch (error) {
    if (!isPmxError(error) || error.exitCode === 130) throw error;
    const offline = error.code === 'PMX_DOWNLOAD_UNREACHABLE';
    return { ...row, result: offline ? 'offline' : 'failed', detail: error.message };
  }
}
