import type { Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { formatVersion } from '../../config/files/chain.js';
import { canonicalName, isMapping, type Mapping } from '../../config/files/canonical.js';
import { checkKeys, isSecretKey, leavesOf } from '../../config/files/check-keys.js';
import {
  formatOf,
  parseFile,
  parseJson,
  type RawFile,
  readRaw,
} from '../../config/files/read-file.js';
import { parseYaml } from '../../config/files/yaml.js';
import type { FileLayer } from '../../config/schema/spec.js';
import { Backups } from '../../config/write/backups.js';
import { type Edit, editText } from '../../config/write/edit.js';
import { digestOf } from '../../config/write/writer.js';
import { type ConfigurationRequest, fileFor, openConfiguration } from './open.js';

export interface FileChange extends ConfigurationRequest {
  layer: FileLayer;
}

/** A text in the place of the whole file. @throws RequestError, SurroundingsError when it cannot be a configuration */
export async function planReplace(
  file: string,
  layer: FileLayer,
  operation: string,
  title: string,
  content: string,
): Promise<Plan> {
  const before = readRaw(file);
  await checkText(file, layer, content);
  const changed = content !== (before?.text ?? '');
  return {
    operation,
    target: `configuration ${file}`,
    title: changed ? title : `${title}: nothing to change`,
    local: true,
    steps: changed
      ? [
          {
            id: 'replace',
            title: `Write ${file}`,
            kind: 'config.replace',
            args: { file, content, expected: digestOf(before?.text ?? '') },
          },
        ]
      : [],
    result: { file, changed },
  };
}

/** @throws RequestError `PMX_SECRET_IN_CONFIG`, `PMX_PROJECT_KEY_REFUSED`; SurroundingsError `PMX_CONFIG_UNREADABLE` */
export async function checkText(file: string, layer: FileLayer, text: string): Promise<string[]> {
  const raw: RawFile = { path: file, text, mode: 0o600, ours: true };
  const data = await parseFile(raw);
  const secret = leavesOf(data).find(isSecretKey);
  if (secret !== undefined) {
    throw new RequestError({
      code: 'PMX_SECRET_IN_CONFIG',
      message: `'${secret}' is a secret, which does not belong into ${file}.`,
      hints: ['Store it: pmx context add NAME --replace … --token-stdin'],
    });
  }
  return checkKeys(raw, data, layer);
}

/** @throws RequestError `PMX_BACKUP_NOT_FOUND` */
export async function planRestore(change: FileChange, id: string): Promise<Plan> {
  const file = fileFor(openConfiguration(change), change.layer);
  const content = new Backups(change.paths.config, file).read(id);
  return planReplace(file, change.layer, 'config.restore', `Restore ${file} as of ${id}`, content);
}

/** Rewrites older spellings, and says which version of the format it is. */
export async function planMigrate(change: FileChange): Promise<Plan> {
  const file = fileFor(openConfiguration(change), change.layer);
  const raw = readRaw(file);
  const title = `Bring ${file} to version ${formatVersion}`;
  if (!raw || formatOf(file) === 'conf') {
    return { ...nothingToDo(file, title), notes: [`${file} needs none.`] };
  }
  const edits: Edit[] = [];
  const data = await rawData(file, raw.text);
  collectSpellings(data, [], edits);
  if (data['version'] === undefined) edits.push({ path: ['version'], value: formatVersion });
  const content = edits.length === 0 ? raw.text : await editText(file, raw.text, edits);
  return planReplace(file, change.layer, 'config.migrate', title, content);
}

function nothingToDo(file: string, title: string): Plan {
  return {
    operation: 'config.migrate',
    target: `configuration ${file}`,
    title: `${title}: nothing to change`,
    local: true,
    steps: [],
    result: { file, changed: false },
  };
}

async function rawData(file: string, text: string): Promise<Mapping> {
  if (formatOf(file) === 'json') return parseJson(file, text);
  return ((await parseYaml(file, text)).toJS() ?? {}) as Mapping;
}

function collectSpellings(data: Mapping, path: string[], edits: Edit[]): void {
  const inNames = path.length === 1 && path[0] === 'contexts';
  for (const [name, value] of Object.entries(data)) {
    const key = inNames ? name : canonicalName(name);
    const here = [...path, name];
    const deeper = (here[0] === 'contexts' && here.length <= 2) || here[0] === 'defaults';
    if (isMapping(value) && deeper) collectSpellings(value, here, edits);
    if (key === name) continue;
    edits.push({ path: here, rename: key });
  }
}
