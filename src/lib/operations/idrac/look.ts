import { SurroundingsError } from '@pmx-cli/kit';

import { type BmcTarget, defaultTimes, inLanes, type Probe, probe } from '../../bmc/index.js';
import { targetName } from './check.js';

export interface LookRequest {
  targets: readonly BmcTarget[];
  parallel?: number;
  identify?: boolean;
  deep?: boolean;
  signal: AbortSignal;
  times?: Partial<typeof defaultTimes>;
  /** How many are done. */
  progress?: (count: number) => void;
}

/** Addresses of a network are mostly empty: less patience, more at once. */
export const scanning = { parallel: 256, times: { connectMillis: 1500 } };

export async function look(request: LookRequest): Promise<Probe[]> {
  const { targets, parallel = 64, identify = true, deep = false, signal, progress } = request;
  const options = { ...defaultTimes, ...request.times, deep, identify, signal, now: Date.now };
  let count = 0;
  return inLanes(
    targets,
    parallel,
    (target) => probe(target, options),
    () => progress?.(++count),
  );
}

/** @throws SurroundingsError `PMX_BMC_UNREACHABLE` when not even its certificate was read */
export async function lookAtOne(
  target: BmcTarget,
  request: Omit<LookRequest, 'targets'>,
): Promise<Probe> {
  const [seen] = await look({ ...request, targets: [target] });
  if (seen!.chain.length > 0) return seen!;
  throw unreachable(seen!);
}

function unreachable(seen: Probe): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_BMC_UNREACHABLE',
    message: `${targetName(seen)} cannot be looked at: ${seen.failure?.message ?? 'it shows no certificate'}.`,
    hints: ['Check name, port (--port), VLAN and firewall.'],
    data: { failure: seen.failure },
  });
}

export interface FoundHost {
  host: string;
  port: number;
  vendor: string | null;
  generation: number | null;
  product: string | null;
  firmware: string | null;
  serviceTag: string | null;
  notAfter: string | null;
  tls: string | null;
}

/** Management controllers in networks; with `all` whatever speaks TLS there. */
export async function scan(request: LookRequest, all: boolean): Promise<FoundHost[]> {
  const seen = await look({ ...scanning, ...request });
  return seen
    .filter(({ tls, identity }) => (all ? tls !== null : identity.vendor !== null))
    .map(({ host, port, identity, chain, tls }) => ({
      host,
      port,
      vendor: identity.vendor,
      generation: identity.generation,
      product: identity.product,
      firmware: identity.firmware,
      serviceTag: identity.serviceTag,
      notAfter: chain[0]?.notAfter ?? null,
      tls: tls?.version ?? null,
    }));
}

export type { CertificateFacts, Probe } from '../../bmc/index.js';
