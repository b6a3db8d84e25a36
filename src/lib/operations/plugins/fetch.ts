import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { RequestError } from '@pmx-cli/kit/errors';

import { npm, packageError } from './npm.js';
import { type ReadPackage, readTarball } from './facts.js';

export interface Fetched extends ReadPackage {
  /** The .tgz here. */
  path: string;
  /** As it was asked for. */
  source: string;
}

export interface FetchOptions {
  /** Where fetched packages are kept; one file for each version. */
  cache: string;
  registry?: string | undefined;
  signal: AbortSignal;
}

/** `file:x.tgz`, `./x.tgz`, an absolute path: a package that is here already. */
export function isFile(spec: string): boolean {
  return /^file:/.test(spec) || /^\.{0,2}\//.test(spec) || /^[^:@]*\.(?:tgz|tar\.gz)$/.test(spec);
}

const fromRegistry = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:@[^\s/:]+)?$/i;
const fromAfar = /^(?:https:\/\/|git\+(?:https|ssh):\/\/)\S+$/;

/** True when there may be a newer one where it came from. */
export function isUpdatable(source: string): boolean {
  return !isFile(source) && fromRegistry.test(source);
}

/**
 * Gets a package without running anything of it, and reads what is in it.
 * @throws RequestError `PMX_INVALID_PLUGIN`, `PMX_PLUGIN_NOT_FOUND`; SurroundingsError `PMX_NPM_FAILED`
 */
export async function fetchPlugin(spec: string, options: FetchOptions): Promise<Fetched> {
  const path = isFile(spec) ? filePath(spec) : await download(spec, options);
  try {
    const source = isFile(spec) ? `file:${path}` : spec;
    return { ...(await readTarball(path)), path, source };
  } catch (error) {
    throw packageError(spec, error);
  }
}

function filePath(spec: string): string {
  const path = resolve(spec.replace(/^file:/, ''));
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return path;
  throw new RequestError({
    code: 'PMX_INVALID_PLUGIN',
    message: found
      ? `${path} is a folder; a plugin is installed from a package.`
      : `There is no file ${path}.`,
    hints: found
      ? [`To work on it where it is: pmx plugins link ${spec}`, 'To make a package of it: npm pack']
      : ['A package of a registry has no ./ in front: pmx plugins install NAME'],
  });
}

async function download(spec: string, { cache, registry, signal }: FetchOptions): Promise<string> {
  if (!fromRegistry.test(spec) && !fromAfar.test(spec)) {
    throw new RequestError({
      code: 'PMX_INVALID_PLUGIN',
      message: `'${spec}' is no package: it must be NAME, NAME@VERSION, a file (./NAME.tgz) or a URL (https://, git+https://).`,
      hints: ['For example: pmx plugins install ./pmx-plugin-hello-1.0.0.tgz'],
    });
  }
  const folder = join(cache, 'plugins');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const words = ['pack', '--json', `--pack-destination=${folder}`, '--', spec];
  const said = await npm(words, { cwd: folder, registry, signal });
  const packed = JSON.parse(said.slice(said.indexOf('['))) as Array<{ filename: string }>;
  return join(folder, packed[0]!.filename.replace(/^@/, '').replaceAll('/', '-'));
}
