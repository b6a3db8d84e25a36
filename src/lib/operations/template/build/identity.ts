import { createHash } from 'node:crypto';

import type { PveReader } from '@pmx-cli/kit';

import { validatorsOf } from '../../../catalog/fetch/resumed.js';
import { type Catalog, type Mirrors, mirrored, resolveBuild } from '../../../catalog/index.js';
import { hashRange, inspectImage } from '../../../images/index.js';
import type { ImageRequest } from '../image-source.js';
import { archFor } from '../remote-image.js';

/** What an image is, without a look at all of it where its publisher says so. */
export interface ImageIdentity {
  /** `sha512:…` as published, or `etag:…` where nobody publishes a checksum; undefined: nobody knows. */
  identity: string | undefined;
  /** Build as the publisher calls it. */
  build?: string;
}

export async function identify(
  pve: PveReader,
  node: string,
  catalog: () => Promise<Catalog>,
  request: ImageRequest,
): Promise<ImageIdentity> {
  const { imagePath, distribution, checksum, mirrors, keyrings, signal } = request;
  if (imagePath !== undefined) {
    const { path, offset, length } = await inspectImage(imagePath);
    return { identity: `sha256:${await hashRange(path, offset, length, { signal })}` };
  }
  if (distribution === undefined) {
    if (checksum) return { identity: `${checksum.algorithm}:${checksum.value}` };
    return { identity: await stamp(request.url!, mirrors, signal) };
  }
  const entry = (await catalog()).find(distribution);
  const arch = await archFor(pve, node, request.arch);
  const { url, build, ...found } = await resolveBuild(entry, { arch, mirrors, keyrings, signal });
  const sum = checksum ?? found.checksum;
  return {
    identity: sum ? `${sum.algorithm}:${sum.value}` : await stamp(url, undefined, signal),
    ...(build !== undefined && { build }),
  };
}

async function stamp(
  url: string,
  mirrors: Mirrors | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const at = mirrored(url, mirrors);
  const { etag, lastModified, length } = await validatorsOf(at, signal);
  if (etag !== undefined) return `etag:${at} ${etag}`;
  return lastModified === undefined ? undefined : `modified:${at} ${lastModified} ${length ?? ''}`;
}

/** One value for an image and everything that a template is made up of. */
export function digestOf(identity: string, settings: string): string {
  return sha256(`${identity}\n${settings}`);
}

/** One value for what a template is made up of; the order of keys is no matter. */
export function settingsDigest(settings: object): string {
  return sha256(JSON.stringify(sorted(settings)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
