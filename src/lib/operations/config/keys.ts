import type { ContextRecord, SettingKey } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { canonicalName } from '../../config/files/canonical.js';
import { offersFor } from '../../config/files/check-keys.js';
import { contextFields } from '../../config/schema/context-fields.js';
import { settings } from '../../config/schema/settings.js';
import type { FileLayer, Spec } from '../../config/schema/spec.js';
import { pathOf } from '../../config/write/backups.js';

export interface ResolvedKey {
  key: string;
  /** Where it stands in a file. */
  path: string[];
  spec: Spec;
  layers: readonly FileLayer[];
  setting?: SettingKey;
  context?: { name: string; field: keyof ContextRecord };
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
