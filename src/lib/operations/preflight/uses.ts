import type { ApiCall } from '../permissions/calls.js';
import { isDrive, readDrive } from '../permissions/vm-options.js';

export interface StorageUse {
  node: string;
  storage: string;
  /** What it has to take; undefined where only its presence counts. */
  content: string | undefined;
}

/** Storages that the calls put something on, each once. */
export function storageUses(calls: readonly ApiCall[]): StorageUse[] {
  const uses = calls.flatMap((call): StorageUse[] => {
    const { path, params, method } = call;
    const node = nodeOf(call);
    if (node === undefined || method === 'GET') return [];
    const upload = /^\/nodes\/[^/]+\/storage\/([^/]+)\/(upload|download-url)$/.exec(path);
    if (upload) return [{ node, storage: upload[1]!, content: contentOf(params['content']) }];
    const inPath = /^\/nodes\/[^/]+\/storage\/([^/]+)\//.exec(path)?.[1];
    if (inPath !== undefined) return [{ node, storage: inPath, content: undefined }];
    if (!/^\/nodes\/[^/]+\/qemu/.test(path)) return [];
    const place = typeof params['target'] === 'string' ? params['target'] : node;
    const whole = typeof params['storage'] === 'string' ? [params['storage']] : [];
    const drives = Object.entries(params).flatMap(([name, value]) => {
      if (!isDrive(name)) return [];
      const { storage, allocates, cloudInit, cdrom } = readDrive(String(value));
      if (storage === undefined) return [];
      const content = allocates || cloudInit ? 'images' : cdrom ? 'iso' : undefined;
      return [{ node, storage, content }];
    });
    return [...whole.map((storage) => ({ node: place, storage, content: 'images' })), ...drives];
  });
  return distinct(uses);
}

function contentOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function bridgesIn(calls: readonly ApiCall[]): Array<{ node: string; bridge: string }> {
  const found = calls.flatMap((call) => {
    const node = nodeOf(call);
    if (node === undefined || !/^\/nodes\/[^/]+\/(?:qemu|lxc)/.test(call.path)) return [];
    return Object.entries(call.params).flatMap(([name, value]) => {
      const bridge = /^net\d+$/.test(name) && /(?:^|,)bridge=([^,]+)/.exec(String(value))?.[1];
      return bridge ? [{ node, bridge }] : [];
    });
  });
  return distinct(found);
}

function nodeOf({ path }: ApiCall): string | undefined {
  return /^\/nodes\/([^/]+)/.exec(path)?.[1];
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
