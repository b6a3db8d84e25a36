import type { Config } from '@oclif/core';
import { callHooks, type DoctorCheck, type Session } from '@pmx-cli/kit';

import type { Check } from '../operations/doctor/index.js';

const statuses: ReadonlyArray<DoctorCheck['status']> = ['ok', 'warning', 'error'];

/** What the hooks `pmx:doctor` of plugins found; one that fails is a finding about its plugin. */
export async function checksOfPlugins(
  config: Pick<Config, 'runHook'>,
  session: Session,
): Promise<Check[]> {
  const answers = await callHooks(config, 'pmx:doctor', { session });
  return answers.flatMap(({ plugin, result, error }) =>
    error ? [broken(plugin, error.message)] : checksOf(plugin, result),
  );
}

/** Somebody else wrote it: what has another shape is told, and never breaks the other checks. */
function checksOf(plugin: string, result: unknown): Check[] {
  if (!Array.isArray(result) || !result.every(isCheck))
    return [broken(plugin, 'its answer is no list of checks')];
  return result.map(({ title, status, detail, hint }) => ({
    area: 'plugins',
    title,
    status,
    detail,
    ...(hint !== undefined && { hint }),
    ...(status === 'error' && { exitCode: 2 }),
  }));
}

function isCheck(value: unknown): value is DoctorCheck {
  const { title, status, detail, hint } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof title === 'string' &&
    typeof detail === 'string' &&
    statuses.some((known) => known === status) &&
    (hint === undefined || typeof hint === 'string')
  );
}

function broken(plugin: string, why: string): Check {
  return {
    area: 'plugins',
    title: plugin,
    status: 'warning',
    detail: `It could not be asked: ${why.split('\n')[0]!.replace(/\.$/, '')}.`,
    hint: `Without it: pmx plugins uninstall ${plugin}`,
  };
}
