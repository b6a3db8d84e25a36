import { RequestError } from '@pmx-cli/kit/errors';

import { isMapping, type Mapping } from '../../../config/files/canonical.js';
import { parseConf } from '../../../config/files/conf.js';
import { formatOf, parseJson, readRaw } from '../../../config/files/read-file.js';
import { parseYaml } from '../../../config/files/yaml.js';
import { type Meaning, type OlderTool, vocabulary } from './tools.js';

export interface OldConfiguration {
  found: Partial<Record<Meaning, string>>;
  /** Names that say nothing to pmx. */
  unknown: string[];
  /** Others could read it. */
  exposed: boolean;
}

/** @throws RequestError `PMX_FILE_NOT_FOUND`; SurroundingsError `PMX_CONFIG_UNREADABLE` */
export async function readOld(path: string, tool: OlderTool): Promise<OldConfiguration> {
  const raw = readRaw(path);
  if (!raw) {
    throw new RequestError({
      code: 'PMX_FILE_NOT_FOUND',
      message: `There is no file ${path}.`,
      hints: ['Give the configuration file of the older tool.'],
    });
  }
  const values = await valuesOf(path, raw.text);
  const found: OldConfiguration['found'] = {};
  const unknown: string[] = [];
  for (const [name, value] of values) {
    const names = vocabulary[tool];
    const meaning = Object.hasOwn(names, name) ? names[name] : undefined;
    if (meaning === undefined) unknown.push(name);
    else if (value !== '') found[meaning] ??= value;
  }
  return { found, unknown, exposed: (raw.mode & 0o077) !== 0 };
}

async function valuesOf(path: string, text: string): Promise<Array<[string, string]>> {
  // `.env` has no extension for node:path.
  if (formatOf(path) === 'conf' || /(^|\/)\.env[^/]*$/.test(path)) {
    return parseConf(path, text).map(({ name, value }) => [name.toUpperCase(), value]);
  }
  if (formatOf(path) === 'json') return flatten(parseJson(path, text));
  if (/\.ya?ml$/.test(path))
    return flatten(((await parseYaml(path, text)).toJS() ?? {}) as Mapping);
  return parseConf(path, text).map(({ name, value }) => [name.toUpperCase(), value]);
}

/** `proxmox: {tokenId: x}` → `PROXMOX_TOKEN_ID`. */
function flatten(data: Mapping, above = ''): Array<[string, string]> {
  return Object.entries(data).flatMap(([key, value]): Array<[string, string]> => {
    const own = key
      .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll('-', '_')
      .toUpperCase();
    const name = above === '' ? own : `${above}_${own}`;
    if (isMapping(value)) return flatten(value, name);
    return Array.isArray(value) || value === null ? [] : [[name, String(value)]];
  });
}
