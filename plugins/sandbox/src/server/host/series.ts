/** Measured figures over time, as RRD files keep them. */

/** How many seconds a point stands for, by time frame; there are always as many points. */
const STEPS: Readonly<Record<string, number>> = {
  hour: 60,
  day: 1800,
  week: 10_800,
  month: 43_200,
  year: 604_800,
  decade: 6_048_000,
};
const POINTS = 70;

/** A number between 0 and 1 that is always the same for the same moment. */
export function wobble(time: number, seed: number): number {
  const mixed = Math.sin(time * 12.9898 + seed * 78.233) * 43_758.5453;
  return mixed - Math.floor(mixed);
}

/** The rows of a time frame: only the time where nothing was measured yet. */
export function series(
  timeframe: string,
  now: number,
  since: number,
  sample: (time: number) => Readonly<Record<string, number>>,
): Record<string, number>[] {
  const step = STEPS[timeframe] ?? STEPS['hour']!;
  const last = Math.floor(now / step) * step;
  return Array.from({ length: POINTS }, (_, index) => {
    const time = last - (POINTS - 1 - index) * step;
    return time < since ? { time } : { time, ...sample(time) };
  });
}
