import { failure } from '../errors.js';
import type { ConfigValue, StorageConfig } from '../state/model.js';
import { STORAGE_TYPES } from './types.js';
import type { StorageType } from './types.js';

type Settings = Readonly<Record<string, ConfigValue>>;

/** What has a place of its own in the configuration, or none. */
const NO_OPTION = new Set(['path', 'content', 'nodes', 'shared', 'disable']);

function checkProperties(type: StorageType, settings: Settings): void {
  for (const key of Object.keys(settings))
    if (!type.properties[key]) throw failure(`unexpected property '${key}'`);
}

/** The content types that a storage may hold; others are dropped with a warning that nobody sees. */
function contentOf(type: StorageType, text: string): string[] {
  const wanted = splitUnique(text).filter((item) => type.content.includes(item));
  if (wanted.includes('none') && wanted.length > 1)
    throw failure("unable to combine 'none' with other content types");
  return wanted;
}

function splitUnique(text: string): string[] {
  return [...new Set(text.split(/[,;\s\0]+/).filter((item) => item !== ''))];
}

function apply(config: StorageConfig, type: StorageType, settings: Settings): void {
  const { content, nodes, shared, disable } = settings;
  if (content !== undefined) config.content = contentOf(type, String(content));
  if (nodes !== undefined) config.nodes = splitUnique(String(nodes));
  if (shared === 1) config.shared = 1;
  else if (shared !== undefined) delete config.shared;
  if (disable === 1) config.disable = 1;
  else if (disable !== undefined) delete config.disable;
  // A password goes into a file that nobody can read over the API.
  const more = Object.entries(settings).filter(
    ([key]) => !NO_OPTION.has(key) && key !== 'password',
  );
  if (more.length > 0) config.options = { ...config.options, ...Object.fromEntries(more) };
}

/** Makes the configuration of a new storage. */
export function newStorage(id: string, typeName: string, settings: Settings): StorageConfig {
  const type = STORAGE_TYPES[typeName];
  if (!type)
    throw failure(
      `create storage failed: the sandbox has storages of type ${Object.keys(STORAGE_TYPES).join(', ')} only`,
    );
  checkProperties(type, settings);
  for (const [key, rule] of Object.entries(type.properties))
    if (rule === 'fixed' && settings[key] === undefined)
      throw failure(`missing value for required option '${key}'`);
  const config: StorageConfig = {
    type: typeName,
    path: String(settings['path'] ?? type.place(id, settings)),
    content: [...type.defaultContent],
  };
  apply(config, type, settings);
  return config;
}

/** Changes a storage's configuration. */
export function changeStorage(
  config: StorageConfig,
  settings: Settings,
  removed: readonly string[],
): void {
  const type = STORAGE_TYPES[config.type]!;
  checkProperties(type, settings);
  for (const key of Object.keys(settings))
    if (type.properties[key]?.startsWith('fixed'))
      throw failure(`can't change value of fixed parameter '${key}'`);
  for (const key of removed) {
    const rule = type.properties[key];
    if (!rule) throw failure(`update storage failed: no such option '${key}'`);
    if (rule === 'fixed')
      throw failure(`update storage failed: unable to delete required option '${key}'`);
    if (rule === 'fixed-optional')
      throw failure(`update storage failed: unable to delete fixed option '${key}'`);
    if (settings[key] !== undefined)
      throw failure(
        `update storage failed: cannot set and delete property '${key}' at the same time!`,
      );
  }
  apply(config, type, settings);
  for (const key of removed) {
    if (key === 'nodes') delete config.nodes;
    else if (key === 'disable') delete config.disable;
    else if (key === 'shared') delete config.shared;
    else if (key === 'content') config.content = [...type.defaultContent];
    else delete config.options?.[key];
  }
}
