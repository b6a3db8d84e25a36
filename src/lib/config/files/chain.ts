import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { RequestError } from '@pmx-cli/kit/errors';

import { circular, unreadable } from '../errors.js';
import type { FileLayer } from '../schema/spec.js';
import type { Mapping } from './canonical.js';
import { checkKeys } from './check-keys.js';
import { interpolate } from './interpolate.js';
import type { ParsedCache } from './parsed-cache.js';
import { parseFile, readRaw, requireOwn } from './read-file.js';

/** One file of a layer. */
export interface Source {
  layer: FileLayer;
  path: string;
  data: Mapping;
}

export interface Chain {
  /** The file itself, then what it extends, strongest first. */
  sources: Source[];
  warnings: string[];
}

export const formatVersion = 1;

/**
 * A file and everything it extends.
 * @returns no sources when there is no such file
 * @throws RequestError `PMX_CONFIG_CIRCULAR`; SurroundingsError `PMX_CONFIG_…`, `PMX_SECRETS_EXPOSED`
 */
export async function loadChain(
  path: string,
  layer: FileLayer,
  env: NodeJS.ProcessEnv,
  cache?: ParsedCache,
): Promise<Chain> {
  const chain: Chain = { sources: [], warnings: [] };
  const file = readRaw(path);
  if (!file) return chain;
  if (layer === 'project' && !file.ours) {
    chain.warnings.push(`${path} is left out: it belongs to somebody else.`);
    return chain;
  }
  await load(path, { layer, env, chain, cache, root: dirname(path) }, []);
  return chain;
}

interface Loading {
  layer: FileLayer;
  env: NodeJS.ProcessEnv;
  chain: Chain;
  cache: ParsedCache | undefined;
  /** Folder of the first file. */
  root: string;
}

async function load(path: string, loading: Loading, above: readonly string[]): Promise<void> {
  const { layer, env, chain, cache, root } = loading;
  if (above.includes(path)) throw circular([...above.slice(above.indexOf(path)), path]);
  const file = readRaw(path);
  if (!file) throw unreadable(path, `there is no such file, but ${above.at(-1)} extends it`);
  requireOwn(file, layer);
  const data = await parseFile(file, cache);
  const { version = formatVersion } = data;
  if (
    !Number.isInteger(Number(version)) ||
    Number(version) < 1 ||
    Number(version) > formatVersion
  ) {
    throw unreadable(
      path,
      `its version is ${JSON.stringify(version)}, this pmx knows ${formatVersion}`,
    );
  }
  chain.warnings.push(...checkKeys(file, data, layer));
  chain.sources.push({ layer, path, data });
  for (const base of basesOf(path, data, env, layer).toReversed()) {
    if (layer === 'project') requireBelow(root, base, path);
    await load(base, loading, [...above, path]);
  }
}

function basesOf(path: string, data: Mapping, env: NodeJS.ProcessEnv, layer: FileLayer): string[] {
  if (data['extends'] === undefined || data['extends'] === null) return [];
  const given = interpolate(data['extends'], env, path, layer !== 'project');
  const names = Array.isArray(given) ? given : [given];
  if (!names.every((name): name is string => typeof name === 'string' && name !== '')) {
    throw unreadable(path, `'extends' must be a path or a list of paths`);
  }
  return names.map((name) =>
    name.startsWith('~/') ? join(homedir(), name.slice(2)) : resolve(dirname(path), name),
  );
}

/** A cloned repository has no business with files elsewhere, neither by `..` nor by a link. */
function requireBelow(root: string, base: string, path: string): void {
  let real = base;
  try {
    real = realpathSync(base);
  } catch {
    // Not there: said when it is read.
  }
  const way = relative(realpathSync(root), real);
  const plain = relative(root, base);
  if (![way, plain].some((part) => part === '..' || part.startsWith(`..${sep}`))) return;
  throw new RequestError({
    code: 'PMX_PROJECT_KEY_REFUSED',
    message: `The project file ${path} extends ${base}, which is outside of its folder.`,
    hints: ['Put the file beside it.'],
  });
}
