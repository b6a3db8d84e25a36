import type { TargetResult } from '@pmx-cli/kit';

import { junit } from '../junit.js';
import type { TemplateBuildResult } from './new-version.js';

export type BuildOutcome = TargetResult<TemplateBuildResult>;

export interface BuildReport {
  ok: boolean;
  built: number;
  unchanged: number;
  failed: number;
  templates: BuildOutcome[];
}

export function reportOf(outcomes: readonly BuildOutcome[]): BuildReport {
  const count = (action: TemplateBuildResult['action']): number =>
    outcomes.filter(({ result }) => result?.action === action).length;
  const failed = outcomes.filter(({ ok }) => !ok).length;
  return {
    ok: failed === 0,
    built: count('built'),
    unchanged: count('unchanged'),
    failed,
    templates: [...outcomes],
  };
}

/** One test case for each template. */
export function junitReport(title: string, outcomes: readonly BuildOutcome[]): string {
  return junit(
    title,
    outcomes.map(({ target, ok, error, result }) => ({
      suite: target.replace(/^template /, ''),
      name: result?.action ?? 'build',
      ...(!ok && { failure: error === undefined ? 'unknown' : `${error.code}: ${error.message}` }),
    })),
  );
}
