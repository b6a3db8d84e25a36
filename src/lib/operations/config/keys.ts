import type { ContextRecord, PluginSetting, SettingKey } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { canonicalName } from '../../config/files/canonical.js';
import { offersFor } from '../../config/files/check-keys.js';
import { contextFields } from '../../config/schema/context-fields.js';
import { settings } from '../../config/schema/settings.js';
import { type FileLayer, type Spec, specOfPlugin } from '../../config/schema/spec.js';
import { resolvePaths } from '../../config/paths.js';
import { pathOf } from '../../config/write/backups.js';
import { declaredSettings } from '../../plugins/declared.js';
import { storeFolder } from '../../plugins/store.js';

export interface ResolvedKey {
  key: string;
  /** Where it stands in a file. */
  path: string[];
  spec: Spec;
  layers: readonly FileLayer[];
  setting?: SettingKey;
  context?: { name: string; field: keyof ContextRecord };
  plugin?: { name: string; field: string; declared: PluginSetting };
}

/** `request-timeout`, `defaults.node`, `contexts.lab.read-only`. @throws RequestError `PMX_UNKNOWN_SETTING` */
export function resolveKey(given: string): ResolvedKey {
  const inContext = /^contexts\.(.+)\.([^.]+)$/.exec(given);
  if (inContext) {
    const [, name, typed] = inContext as unknown as [string, string, string];
    const field = canonicalName(typed) as keyof ContextRecord;
    const key = `contexts.${name}.${field}`;
    if (!Object.hasOwn(contextFields, field)) throw unknownKey(key);
    return {
      key,
      path: ['contexts', name, field],
      spec: contextFields[field],
      layers: ['user', 'system'],
      context: { name, field },
    };
  }
  const ofPlugin = /^plugins\.([^.]+)\.([^.]+)$/.exec(given);
  if (ofPlugin) {
    const [key, name, field] = ofPlugin as unknown as [string, string, string];
    const declared = declaredSettings(storeFolder(resolvePaths().data), name);
    if (!declared || !Object.hasOwn(declared, field)) throw unknownOfPlugin(key, name, declared);
    return {
      key,
      path: ['plugins', name, field],
      spec: specOfPlugin(declared[field]),
      layers: ['user', 'system'],
      plugin: { name, field, declared: declared[field]! },
    };
  }
  const key = canonicalName(given);
  if (!Object.hasOwn(settings, key)) throw unknownKey(key);
  const setting = key as SettingKey;
  return {
    key,
    path: pathOf(key),
    spec: settings[setting],
    layers: settings[setting].layers,
    setting,
  };
}

function unknownOfPlugin(
  key: string,
  plugin: string,
  declared: Readonly<Record<string, PluginSetting>> | undefined,
): RequestError {
  const names = Object.keys(declared ?? {}).map((name) => `plugins.${plugin}.${name}`);
  return new RequestError({
    code: 'PMX_UNKNOWN_SETTING',
    message: declared
      ? `Plugin ${plugin} has no setting '${key}'.`
      : `There is no plugin '${plugin}', so it has no setting '${key}'.`,
    hints: [
      names.length > 0
        ? `It has: ${names.join(', ')}.`
        : 'pmx plugins list shows what is installed.',
    ],
  });
}

function unknownKey(key: string): RequestError {
  const offers = [
    ...(Object.hasOwn(settings, `defaults.${key}`) ? [`defaults.${key}`] : []),
    ...offersFor(key),
  ];
  return new RequestError({
    code: 'PMX_UNKNOWN_SETTING',
    message: `There is no setting '${key}'.`,
    hints: [
      ...offers.slice(0, 1).map((offer) => `Did you mean '${offer}'?`),
      'pmx config view shows all of them, pmx config schema says more.',
    ],
  });
}
