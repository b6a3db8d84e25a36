import type { CheckReport } from './check.js';

export const failOnChoices = ['critical', 'warning', 'never'] as const;
export type FailOn = (typeof failOnChoices)[number];

/** pmx's own code: 3 when a host is as bad as asked about; what nobody could look at counts as bad. */
export function exitCodeOf({ summary }: CheckReport, failOn: FailOn): 0 | 3 {
  if (failOn === 'never') return 0;
  const bad = summary.critical + summary.unknown + (failOn === 'warning' ? summary.warning : 0);
  return bad > 0 ? 3 : 0;
}

/** As monitoring plugins have it: the worst host wins, critical before warning before unknown. */
export function nagiosCode({ summary }: CheckReport): 0 | 1 | 2 | 3 {
  if (summary.critical > 0) return 2;
  if (summary.warning > 0) return 1;
  return summary.unknown > 0 ? 3 : 0;
}
