import { RequestError } from '@pmx-cli/kit';

import type { Probe } from '../../bmc/index.js';
import { targetName, type WindowGroup, windowsOf } from './check.js';
import { weaknessOfLeaf } from './findings.js';
import { look, type LookRequest } from './look.js';

export interface WindowReport {
  now: string;
  /** The fewest shifts that open all of them. */
  shifts: WindowGroup[];
  /** Valid now: no shift needed. */
  valid: string[];
  /** No date opens these, or not for long enough. */
  never: string[];
  /** Something else than the date is in the way, or nothing was seen. */
  blocked: Array<{ host: string; reason: string }>;
}

export interface WindowRequest extends LookRequest {
  /** Milliseconds that the clock stays shifted. */
  stay?: number | undefined;
  /** Only management controllers count. */
  controllers?: boolean;
}

/** Dates at which the certificates of all are valid, and which hosts no date helps. */
export async function readWindow(request: WindowRequest): Promise<WindowReport> {
  const { stay, controllers = false } = request;
  const now = Date.now();
  const all = await look({ ...request, identify: controllers });
  const seen = controllers ? all.filter(({ identity }) => identity.vendor !== null) : all;
  const others = all.filter((one) => !seen.includes(one));
  const { groups, never, valid } = windowsOf(seen, now, stay);
  return {
    now: new Date(now).toISOString(),
    shifts: groups,
    valid,
    never,
    blocked: [
      ...seen.flatMap((one) => {
        const reason = obstacleOf(one);
        return reason === undefined ? [] : [{ host: targetName(one), reason }];
      }),
      ...others.map((one) => ({
        host: targetName(one),
        reason: one.failure?.message ?? 'it is no management controller',
      })),
    ],
  };
}

function obstacleOf({ failure, chain, tls }: Probe): string | undefined {
  if (tls === null || chain.length === 0) return failure?.message ?? 'it shows no certificate';
  if (tls.via === 'strict') {
    // The signature of a root is not checked, that of the leaf is.
    const weak = weaknessOfLeaf(chain);
    return weak && `its certificate ${weak}, which current clients refuse`;
  }
  return ['TLSv1.2', 'TLSv1.3'].includes(tls.version)
    ? `current clients end the handshake (${tls.refused})`
    : `${tls.version} is the best that it speaks, which no current client takes`;
}

/**
 * The one date for all of them.
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
      : report.valid.length > 0
        ? `The certificates are valid now, so there is nothing to shift for: ${report.valid.join(', ')}.`
        : 'There is no host to shift for.',
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
  ].map(({ host, reason }) => `${host}: ${reason.replace(/\.$/, '')}`);
  if (reasons.length === 0) return;
  throw new RequestError({
    code: 'PMX_SHIFT_USELESS',
    message: `Another date does not help. ${reasons.join('; ')}.`,
    hints: [
      'Leave these hosts out to see what a shift does for the others.',
      'The cure is a new certificate, and for old TLS a newer firmware: pmx idrac check HOST',
    ],
    data: { ...report },
  });
}
