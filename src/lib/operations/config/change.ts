import type { Json, Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { Configuration } from '../../config/configuration.js';
import { ContextStore } from '../../config/contexts.js';
import { isMapping, type Mapping } from '../../config/files/canonical.js';
import { parseFile, readRaw } from '../../config/files/read-file.js';
import { isSecretHeader } from '../../config/write/backups.js';
import { type FileLayer, parseValue } from '../../config/schema/spec.js';
import type { Edit } from '../../config/write/edit.js';
import { type ResolvedKey, resolveKey } from './keys.js';
import { type ConfigurationRequest, fileFor, openConfiguration, refuseLayer } from './open.js';

export interface SettingChange extends ConfigurationRequest {
  key: string;
  layer: FileLayer;
}

/** @throws RequestError `PMX_UNKNOWN_SETTING`, `PMX_INVALID_SETTING`, `PMX_CONTEXT_NOT_FOUND` */
export async function planConfigSet(change: SettingChange, text: string): Promise<Plan> {
  const resolved = resolveKey(change.key);
  const { key, spec, path } = resolved;
  const configuration = openConfiguration(change);
  requireLayer(resolved, change.layer);
  // `${…}` is kept as it is and checked with the value it has now.
  const typed = parseValue(
    key,
    spec,
    configuration.expand(text, `value of ${key}`),
    'command line',
  );
  const kept = spec.type === 'map' ? parseValue(key, spec, text, 'command line') : text;
  const value = (text.includes('${') ? kept : typed) as Json;
  await requireContexts(configuration, change, resolved, text);
  refuseSecretHeaders(resolved, value);
  const shown = spec.sensitive ? '[hidden]' : text;
  return planEdits(configuration, change, {
    operation: 'config.set',
    title: `Set ${key} to ${shown}`,
    edits: [{ path, value }],
    result: { key, value: spec.sensitive ? '[hidden]' : value },
    notes:
      resolved.context?.field === 'endpoint'
        ? ['The stored secret belongs to the endpoint before: store it anew for this one.']
        : [],
  });
}

/** @throws RequestError `PMX_UNKNOWN_SETTING`, `PMX_SETTING_NOT_SET` */
export async function planConfigUnset(change: SettingChange): Promise<Plan> {
  const resolved = resolveKey(change.key);
  const { key, path } = resolved;
  const configuration = openConfiguration(change);
  const file = fileFor(configuration, change.layer);
  if (valueAt(await dataOf(file), path) === undefined) {
    throw new RequestError({
      code: 'PMX_SETTING_NOT_SET',
      message: `The ${change.layer} file ${file} does not set '${key}'.`,
      hints: ['pmx config view --origins shows who sets what.'],
    });
  }
  if (resolved.context?.field === 'endpoint') {
    throw new RequestError({
      code: 'PMX_INVALID_SETTING',
      message: `Context '${resolved.context.name}' cannot be without an endpoint.`,
      hints: [`Remove it: pmx context remove ${resolved.context.name}`],
    });
  }
  return planEdits(configuration, change, {
    operation: 'config.unset',
    title: `Unset ${key}`,
    edits: [{ path }],
    result: { key },
  });
}

/** Back to the defaults; contexts stay unless `all`. */
export async function planConfigReset(
  change: Omit<SettingChange, 'key'>,
  all: boolean,
): Promise<Plan> {
  const configuration = openConfiguration(change);
  const file = fileFor(configuration, change.layer);
  const kept = all ? ['version'] : ['version', 'contexts', 'currentContext', 'previousContext'];
  const keys = Object.keys(await dataOf(file)).filter((key) => !kept.includes(key));
  const plan = await planEdits(configuration, change, {
    operation: 'config.reset',
    title: `Reset ${file}`,
    edits: keys.map((key) => ({ path: [key] })),
    result: { file, removed: keys },
    destructive: true,
  });
  return {
    ...plan,
    impact: {
      removes: keys.map((name) => ({ what: 'setting', name })),
      keeps: [
        ...(all ? [] : [{ what: 'contexts', name: 'all of them' }]),
        { what: 'version before', name: 'pmx config history' },
      ],
    },
  };
}

export interface EditsRequest {
  operation: string;
  title: string;
  edits: Edit[];
  result: Json;
  notes?: string[];
  destructive?: boolean;
}

/** A file of the configuration with values set or taken out; undo puts back what it said. */
export async function planEdits(
  configuration: Configuration,
  { layer }: { layer: FileLayer },
  request: EditsRequest,
): Promise<Plan> {
  const file = fileFor(configuration, layer);
  const data = await dataOf(file);
  const undo = request.edits.map(({ path }) => {
    const value = valueAt(data, path);
    return { path, ...(value !== undefined && { value: value as Json }) };
  });
  return {
    operation: request.operation,
    target: `configuration ${file}`,
    title: request.title,
    local: true,
    notes: request.notes ?? [],
    steps: [
      {
        id: 'write',
        title: `Write ${file}`,
        kind: 'config.write',
        args: { file, edits: request.edits },
        ...(request.destructive
          ? { destructive: true }
          : {
              undo: [
                {
                  title: `Put back what ${file} said`,
                  kind: 'config.write',
                  args: { file, edits: undo },
                },
              ],
            }),
      },
    ],
    result: request.result,
  };
}

function requireLayer({ key, layers }: ResolvedKey, layer: FileLayer): void {
  if (!layers.includes(layer)) throw refuseLayer(key, layer);
}

async function requireContexts(
  configuration: Configuration,
  { paths }: SettingChange,
  { context, setting }: ResolvedKey,
  text: string,
): Promise<void> {
  const store = new ContextStore(paths.config, configuration);
  if (context && !Object.hasOwn(await store.list(), context.name)) await store.get(context.name);
  if (setting === 'currentContext' && !text.includes('${')) await store.get(text);
}

/** A header that opens a gateway is a secret: the file gets its variable, not its value. */
function refuseSecretHeaders({ key, context }: ResolvedKey, value: Json): void {
  if (context?.field !== 'headers' || !isMapping(value)) return;
  for (const [name, text] of Object.entries(value)) refuseSecretHeader(key, name, String(text));
}

/** @throws RequestError `PMX_SECRET_IN_FLAG` */
export function refuseSecretHeader(key: string, name: string, text: string): void {
  if (!isSecretHeader(name) || text.includes('${')) return;
  throw new RequestError({
    code: 'PMX_SECRET_IN_FLAG',
    message: `Header '${name}' (${key}) looks like a secret, which belongs neither on a command line nor into a configuration.`,
    hints: [`Name a variable that holds it: '${name}=\${GATEWAY_SECRET}'`],
  });
}

export async function dataOf(file: string): Promise<Mapping> {
  const raw = readRaw(file);
  return raw ? parseFile(raw) : {};
}

function valueAt(data: Mapping, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}
