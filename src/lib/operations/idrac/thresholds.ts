import { parseAge, RequestError } from '@pmx-cli/kit';

const day = 86_400_000;

export interface Thresholds {
  warnDays: number;
  critDays: number;
}

/** `30d` and `14d` → days; the warning has to come first. */
export function thresholdsFrom(warn: string, crit: string): Thresholds {
  const [warnDays, critDays] = [warn, crit].map((age) => parseAge(age) / day) as [number, number];
  if (warnDays < critDays) {
    throw new RequestError({
      code: 'PMX_THRESHOLDS',
      message: `--warn ${warn} is nearer than --crit ${crit}, so nothing would ever be a warning.`,
      hints: [`For example: --warn ${crit} --crit ${warn}`],
    });
  }
  return { warnDays, critDays };
}
