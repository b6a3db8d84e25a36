import { join } from 'node:path';

import type { Plan } from '@pmx-cli/kit';

import { type CachedImage, cacheLimit, ImageCache } from '../engine/image-cache.js';

export interface CacheRow {
  /** Last part of where it came from. */
  name: string | null;
  checksum: string;
  bytes: number;
  usedAt: string;
  url: string | null;
  path: string;
}

export interface CachePlace {
  path: string;
  limitBytes: number;
  usedBytes: number;
  images: number;
}

export interface CachePruned {
  removed: number;
  bytes: number;
  keptBytes: number;
}

/** @param limit as the setting imageCache has it */
export function openCache(cacheFolder: string, limit: string): ImageCache {
  return new ImageCache(join(cacheFolder, 'images'), cacheLimit(limit));
}

export async function cacheRows(cache: ImageCache): Promise<CacheRow[]> {
  return (await cache.list()).map(({ checksum, bytes, usedAt, url, path }) => ({
    name: url?.split('/').at(-1) ?? null,
    checksum,
    bytes,
    usedAt: usedAt.toISOString(),
    url: url ?? null,
    path,
  }));
}

export async function cachePlace(cache: ImageCache): Promise<CachePlace> {
  const images = await cache.list();
  return {
    path: cache.folder,
    limitBytes: cache.limit,
    usedBytes: sumOf(images),
    images: images.length,
  };
}

/** Images go from the cache: all of them, or those that are beyond a limit. */
export async function planCachePrune(cache: ImageCache, limit: number): Promise<Plan> {
  const [images, goes] = await Promise.all([cache.list(), cache.beyond(limit)]);
  const bytes = sumOf(goes);
  return {
    operation: 'catalog.cache.prune',
    target: `${goes.length} images`,
    title: `Remove ${goes.length} images from the cache`,
    steps: goes.flatMap(({ path, checksum, url }) =>
      [path, `${path}.url`].map((file, index) => ({
        id: `remove-${checksum}-${index}`,
        title: index === 0 ? `Remove ${url?.split('/').at(-1) ?? checksum}` : 'Remove its address',
        kind: 'path.remove' as const,
        destructive: true,
        args: { path: file },
      })),
    ),
    ...(goes.length > 0 && {
      impact: {
        removes: goes.map(({ path, checksum, url }) => ({
          what: 'copy of',
          name: url ?? checksum,
          detail: path,
        })),
        keeps: [],
      },
    }),
    result: { removed: goes.length, bytes, keptBytes: sumOf(images) - bytes },
    local: true,
  };
}

function sumOf(images: readonly CachedImage[]): number {
  return images.reduce((sum, { bytes }) => sum + bytes, 0);
}
