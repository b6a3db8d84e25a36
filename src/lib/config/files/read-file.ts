import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

import { unreadable, writable } from '../errors.js';
import type { FileLayer } from '../schema/spec.js';
import { canonical, type Mapping } from './canonical.js';
import { confToData, parseConf } from './conf.js';
import type { ParsedCache } from './parsed-cache.js';
import { parseYaml } from './yaml.js';

export type Format = 'yaml' | 'json' | 'conf';

const largestBytes = 2 ** 20;

export function formatOf(path: string): Format {
  const extension = extname(path);
  if (extension === '.json') return 'json';
  return extension === '.conf' || extension === '.env' ? 'conf' : 'yaml';
}

export interface RawFile {
  path: string;
  text: string;
  /** Permission bits; 0600 where a system has none. */
  mode: number;
  /** Belongs to this user or to root. */
  ours: boolean;
}

/** @returns undefined when there is none. @throws SurroundingsError `PMX_CONFIG_UNREADABLE` */
export function readRaw(path: string): RawFile | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, messageOf(error), error);
  }
  try {
    const { mode, uid, size } = fstatSync(file);
    if (size > largestBytes) throw unreadable(path, 'it is larger than 1 MiB');
    const text = readFileSync(file, 'utf8');
    const windows = process.platform === 'win32';
    const ours = windows || uid === 0 || uid === process.getuid?.();
    return { path, text, mode: windows ? 0o600 : mode & 0o777, ours };
  } catch (error) {
    throw (error as { code?: string }).code?.startsWith('PMX_')
      ? error
      : unreadable(path, messageOf(error), error);
  } finally {
    closeSync(file);
  }
}

/**
 * @param cache where what the file says may be known already
 * @throws SurroundingsError `PMX_CONFIG_UNREADABLE`
 */
export async function parseFile({ path, text }: RawFile, cache?: ParsedCache): Promise<Mapping> {
  switch (formatOf(path)) {
    case 'conf':
      return canonical(path, confToData(path, parseConf(path, text)));
    case 'json':
      return canonical(path, parseJson(path, text));
    case 'yaml': {
      if (text.trim() === '') return {};
      const known = cache?.read(path, text);
      if (known) return canonical(path, known);
      const document = await parseYaml(path, text);
      const data = (document.toJS() ?? {}) as Mapping;
      cache?.write(path, text, data);
      return canonical(path, data);
    }
  }
}

export function parseJson(path: string, text: string): Mapping {
  let data: unknown;
  try {
    data = text.trim() === '' ? {} : JSON.parse(text);
  } catch (error) {
    throw unreadable(path, jsonProblem(text, error as Error));
  }
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Mapping;
  throw unreadable(path, 'it is no mapping');
}

/** V8 quotes the text, which may hold a secret: only the place is told. */
function jsonProblem(text: string, error: Error): string {
  const position = /position (\d+)/.exec(error.message)?.[1];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const line = before.split('\n').length;
  return `line ${line}, column ${before.length - before.lastIndexOf('\n')}: it is no valid JSON`;
}

/** A file that strangers may write says nothing for this user. @throws SurroundingsError `PMX_CONFIG_WRITABLE` */
export function requireOwn(file: RawFile, layer: FileLayer): void {
  if (layer === 'project') return;
  if (!file.ours || (file.mode & 0o002) !== 0) throw writable(file.path);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
