import type { PveConnection } from '../api/types.js';

const connectMillis = 10_000;

/**
 * `--request-timeout` → the client's limits. Connecting gives up a little before the whole call
 * does, for it can say more about what went wrong.
 */
export function timeoutsOf(seconds: number | undefined): NonNullable<PveConnection['timeouts']> {
  if (seconds === undefined) return {};
  const overall = seconds * 1000;
  return { connect: Math.min(connectMillis, overall * 0.95), response: overall, overall };
}
