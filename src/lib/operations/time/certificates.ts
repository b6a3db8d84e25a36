import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { readChain, type ServerChain } from '../../auth/chain.js';
import type { Address } from '../../auth/trust.js';
import { type HostInterval, intervalOf, planWindows, usualStay } from './window.js';

export interface WindowRequest {
  /** `host`, `host:port`, `[::1]:port`, `https://host`. */
  hosts: readonly string[];
  now: number;
  /** Milliseconds that the shift lasts. */
  stay?: number;
  /** Milliseconds for one host. */
  timeout?: number;
}

export interface WindowReport {
  now: string;
  shifts: Array<{
    to: string;
    offsetDays: number;
    /** Begin and end of what opens all of them. */
    from: string;
    until: string;
    hosts: string[];
    breaks: string[];
  }>;
  /** Valid now. */
  valid: string[];
  /** No date opens these. */
  never: string[];
  /** Something else than the date is in the way. */
  blocked: Array<{ host: string; reason: string }>;
  failed: Array<{ host: string; code: string; reason: string }>;
}

const usualTimeout = 5000;
const atOnce = 32;
const httpsPort = 443;

/** Reads the certificates of all hosts and tells the fewest shifts that open them. */
export async function readWindows(request: WindowRequest): Promise<WindowReport> {
  const { now, stay = usualStay, timeout = usualTimeout } = request;
  const addresses = [...new Set(request.hosts)].map((word) => ({ word, address: parseHost(word) }));
  const report: WindowReport = {
    now: new Date(now).toISOString(),
    shifts: [],
    valid: [],
    never: [],
    blocked: [],
    failed: [],
  };
  const intervals: HostInterval[] = [];
  const queue = addresses.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { word, address }] of queue) {
      try {
        const seen = await readChain(address, timeout);
        const reason = obstacleOf(seen);
        if (reason === undefined) intervals[index] = { host: word, ...intervalOf(seen.chain) };
        else report.blocked.push({ host: word, reason });
      } catch (error) {
        if (!isPmxError(error)) throw error;
        report.failed.push({ host: word, code: error.code, reason: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, addresses.length) }, worker));
  const windows = planWindows(Object.values(intervals), now, { stay });
  const iso = (millis: number): string => new Date(millis).toISOString();
  return {
    ...report,
    valid: windows.valid,
    never: windows.never,
    shifts: windows.shifts.map(({ to, window, hosts, breaks }) => ({
      to: iso(to),
      offsetDays: Math.round((to - now) / 86_400_000),
      from: iso(window.from),
      until: iso(window.to),
      hosts,
      breaks,
    })),
  };
}

function obstacleOf({ obstacle, chain }: ServerChain): string | undefined {
  if (obstacle !== undefined) return obstacle;
  // The signature of a root is not checked, that of the leaf is.
  const weak = chain[0]?.weaknesses ?? [];
  return weak.length > 0 ? `its certificate ${weak.join(' and ')}` : undefined;
}

/** @throws RequestError `PMX_INVALID_HOST` */
export function parseHost(word: string): Address {
  const bare = word.replace(/^https:\/\//i, '').replace(/\/$/, '');
  const [, six, name, port] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(bare) ?? [];
  const number = port === undefined ? httpsPort : Number(port);
  const host = six ?? name;
  if (host !== undefined && number >= 1 && number <= 65_535) return { host, port: number };
  throw new RequestError({
    code: 'PMX_INVALID_HOST',
    message: `'${word}' is no host to look at: it must be HOST, HOST:PORT or [IPv6]:PORT.`,
    hints: ['For example: idrac-07.example.org or 10.0.0.7:443'],
  });
}

/**
 * The one date for `--for-cert`.
 * @throws RequestError `PMX_SHIFT_USELESS` when no single shift opens all of them, with why
 */
export function dateForAll(report: WindowReport): number {
  refuseUseless(report);
  const [shift, ...others] = report.shifts;
  if (shift && others.length === 0) return Date.parse(shift.to);
  const apart = report.shifts.map(({ to, hosts }) => `${hosts.join(', ')}: ${to}`);
  throw new RequestError({
    code: 'PMX_SHIFT_USELESS',
    message: shift
      ? `No date is right for all of them: ${apart.join('; ')}.`
      : `The certificates are valid now, so there is nothing to shift for: ${report.valid.join(', ')}.`,
    hints: shift ? ['Shift once for each group, with --to and the date of the group.'] : [],
    data: { ...report },
  });
}

/** @throws RequestError `PMX_SHIFT_USELESS` when there is a host that no shift opens */
export function refuseUseless(report: WindowReport): void {
  const reasons = [
    ...report.blocked,
    ...report.never.map((host) => ({
      host,
      reason: 'there is no date at which its whole chain is valid for long enough',
    })),
    ...report.failed,
  ].map(({ host, reason }) => `${host}: ${reason.replace(/\.$/, '')}`);
  if (reasons.length === 0) return;
  throw new RequestError({
    code: 'PMX_SHIFT_USELESS',
    message: `Another date does not help. ${reasons.join('; ')}.`,
    hints: [
      'Leave these hosts out to see what a shift does for the others.',
      'The cure is a new certificate, and for old TLS a newer firmware.',
    ],
    data: { ...report },
  });
}
