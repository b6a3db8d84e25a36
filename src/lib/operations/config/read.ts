import { existsSync } from 'node:fs';

import type { ContextRecord, SettingKey, SettingOrigin } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { ContextStore } from '../../config/contexts.js';
import { configJsonSchema } from '../../config/schema/json-schema.js';
import { settingKeys, settings } from '../../config/schema/settings.js';
import { contextFields } from '../../config/schema/context-fields.js';
import type { SettingValue } from '../../config/schema/spec.js';
import { Backups } from '../../config/write/backups.js';
import { resolveKey } from './keys.js';
import { type ConfigurationRequest, fileFor, fileLayers, openConfiguration } from './open.js';

export interface SettingRow extends SettingOrigin {
  key: string;
  value: SettingValue | null;
  /** Why the value cannot be used. */
  problem?: string;
  /** Who else said something, and lost. */
  overridden: SettingOrigin[];
}

/** Every setting with its value and who said so, then the fields of contexts. */
export async function viewConfig(
  request: ConfigurationRequest,
): Promise<{ rows: SettingRow[]; warnings: string[] }> {
  const configuration = openConfiguration(request);
  const rows: SettingRow[] = [];
  for (const key of settingKeys) {
    const [winner, ...rest] = await configuration.candidates(key);
    const overridden = rest.map(({ layer, source }) => ({ layer, source }));
    if (!winner) {
      rows.push({ key, value: null, layer: 'default', overridden });
      continue;
    }
    const { layer, source } = winner;
    try {
      rows.push({ key, value: configuration.valueOf(key, winner), layer, source, overridden });
    } catch (error) {
      const problem = isPmxError(error) ? error.message : String(error);
      rows.push({ key, value: null, layer, source, overridden, problem });
    }
  }
  const store = new ContextStore(request.paths.config, configuration);
  for (const [name, record] of Object.entries(await store.list())) {
    const source = await store.fileOf(name);
    const layer = source === configuration.path('system') ? 'system' : 'user';
    for (const [field, value] of Object.entries(record ?? {})) {
      const known = contextFields[field as keyof ContextRecord];
      if (!known) continue;
      const shown = known.sensitive ? '[hidden]' : (value as SettingValue);
      rows.push({ key: `contexts.${name}.${field}`, value: shown, layer, source, overridden: [] });
    }
  }
  return { rows, warnings: await configuration.warnings() };
}

export interface SettingAnswer extends SettingOrigin {
  key: string;
  value: SettingValue | null;
}

/** @throws RequestError `PMX_UNKNOWN_SETTING`, `PMX_INVALID_SETTING`, `PMX_CONTEXT_NOT_FOUND` */
export async function getSetting(
  request: ConfigurationRequest,
  given: string,
): Promise<{ answer: SettingAnswer; warnings: string[] }> {
  const configuration = openConfiguration(request);
  const answer = await answerFor(configuration, request, given);
  return { answer, warnings: await configuration.warnings() };
}

async function answerFor(
  configuration: ReturnType<typeof openConfiguration>,
  request: ConfigurationRequest,
  given: string,
): Promise<SettingAnswer> {
  const { key, setting, context, plugin, spec } = resolveKey(given);
  if (context) {
    const store = new ContextStore(request.paths.config, configuration);
    const value = (await store.get(context.name))[context.field] as SettingValue | undefined;
    const source = await store.fileOf(context.name);
    const layer = source === configuration.path('system') ? 'system' : 'user';
    return { key, value: spec.sensitive && value ? '[hidden]' : (value ?? null), layer, source };
  }
  if (plugin) {
    const found = await configuration.ofPlugin(plugin.name, plugin.field);
    const value = await configuration.ofPlugin(plugin.name, plugin.field, plugin.declared);
    return { key, value: value ?? null, layer: found === undefined ? 'default' : 'user' };
  }
  const origin = await configuration.origin(setting as SettingKey);
  return { key, value: (await configuration.get(setting as SettingKey)) ?? null, ...origin };
}

export interface FileRow {
  layer: string;
  path: string;
  exists: boolean;
}

export async function configFiles(request: ConfigurationRequest): Promise<FileRow[]> {
  const configuration = openConfiguration(request);
  const rows = fileLayers.map((layer) => {
    const path = fileFor(configuration, layer);
    return { layer, path, exists: existsSync(path) };
  });
  return rows;
}

export interface HistoryRow {
  id: string;
  time: string;
  bytes: number;
}

export function configHistory(
  request: ConfigurationRequest,
  layer: (typeof fileLayers)[number],
): HistoryRow[] {
  const path = fileFor(openConfiguration(request), layer);
  return new Backups(request.paths.config, path).list();
}

export function jsonSchema(): Record<string, unknown> {
  return configJsonSchema();
}

/** One line a setting: for help and completion. */
export function describeSettings(): Array<{ key: string; description: string }> {
  return settingKeys.map((key) => ({ key, description: settings[key].description }));
}
