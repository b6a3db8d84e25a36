import type { Json, Plan } from '@pmx-cli/kit';
import { invalid } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { canonicalName, isMapping } from '../../config/files/canonical.js';
import { nameRule } from '../../config/schema/rules.js';
import { type FileLayer, parseValue } from '../../config/schema/spec.js';
import { dataOf, planEdits } from '../config/change.js';
import { type ConfigurationRequest, fileFor, openConfiguration } from '../config/open.js';
import { checkProfile, findProfile, specOf } from './read.js';

export interface ProfileChange extends ConfigurationRequest {
  name: string;
  layer: FileLayer;
}

export interface ProfileResult {
  name: string;
  file: string;
  values: Record<string, Json>;
}

/**
 * `memory=4G cores=2`; an empty value takes the field out.
 * @throws RequestError `PMX_INVALID_PROFILE`, `PMX_INVALID_SETTING`
 */
export async function planProfileSet(
  change: ProfileChange,
  words: readonly string[],
): Promise<Plan> {
  const { name, layer } = change;
  if (!nameRule.pattern.test(name)) {
    throw invalid(
      'PMX_INVALID_PROFILE',
      'Profile',
      name,
      nameRule.rule,
      'For example: pmx vm profile set db memory=8G',
    );
  }
  const configuration = openConfiguration(change);
  const file = fileFor(configuration, layer);
  const before = profileIn(await dataOf(file), name);
  const values: Record<string, Json> = { ...before };
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) {
      throw new RequestError({
        code: 'PMX_INVALID_PROFILE',
        message: `'${word}' is not FIELD=VALUE.`,
        hints: ['For example: pmx vm profile set db memory=8G net=vmbr0,tag=5'],
      });
    }
    const field = canonicalName(word.slice(0, at));
    const spec = specOf(name, field);
    const text = word.slice(at + 1);
    if (text === '') delete values[field];
    else
      values[field] = parseValue(`profiles.${name}.${field}`, spec, text, 'command line') as Json;
  }
  checkProfile(name, values, 'command line');
  return planEdits(configuration, change, {
    operation: 'vm.profile.set',
    title: `Set profile ${name}`,
    edits: [{ path: ['profiles', name], value: values }],
    result: { name, file, values },
  });
}

/** @throws RequestError `PMX_PROFILE_NOT_FOUND` */
export async function planProfileRemove(change: ProfileChange): Promise<Plan> {
  const { name, layer } = change;
  const configuration = openConfiguration(change);
  const file = fileFor(configuration, layer);
  const values = profileIn(await dataOf(file), name);
  if (Object.keys(values).length === 0) {
    const { source } = await findProfile(change.paths, name);
    throw new RequestError({
      code: 'PMX_PROFILE_NOT_FOUND',
      message: `The ${layer} file ${file} has no profile '${name}'; ${source} has.`,
      hints: ['Name the file that has it: --in project, --in user or --in system'],
    });
  }
  return planEdits(configuration, change, {
    operation: 'vm.profile.remove',
    title: `Remove profile ${name}`,
    edits: [{ path: ['profiles', name] }],
    result: { name, file, values },
  });
}

function profileIn(data: Record<string, unknown>, name: string): Record<string, Json> {
  const { profiles } = data;
  const own = isMapping(profiles) ? profiles[name] : undefined;
  if (!isMapping(own)) return {};
  return Object.fromEntries(
    Object.entries(own).map(([field, value]) => [canonicalName(field), value as Json]),
  );
}
