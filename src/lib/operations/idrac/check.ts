import {
  type BmcTarget,
  type CertificateFacts,
  defaultTimes,
  inLanes,
  type Probe,
  probe,
} from '../../bmc/index.js';
import { type HostInterval, intervalOf, planWindows } from '../time/window.js';
import { type Finding, findingsOf, type Status, statusOf, weaknessOfLeaf } from './findings.js';
import type { Thresholds } from './thresholds.js';

export interface CheckedCertificate extends CertificateFacts {
  /** The issuers that the server showed, nearest first. */
  chain: CertificateFacts[];
}

export interface HostReport {
  host: string;
  port: number;
  status: Status;
  address: string | null;
  vendor: string | null;
  generation: number | null;
  generationBy: Probe['identity']['generationBy'];
  product: string | null;
  model: string | null;
  firmware: string | null;
  serviceTag: string | null;
  redfish: string | null;
  tls: Probe['tls'];
  cert: CheckedCertificate | null;
  http: { status: number; hsts: boolean } | null;
  /** Seconds that its clock is ahead of this machine's. */
  clock: { source: 'date-header'; skewSeconds: number } | null;
  auth: 'none';
  findings: Finding[];
  failure: Probe['failure'];
  ms: { total: number };
}

export interface WindowGroup {
  to: string;
  offsetDays: number;
  from: string;
  until: string;
  hosts: string[];
  /** Valid now, and not then. */
  breaks: string[];
}

export interface CheckReport {
  schema: 'pmx.idrac.check/1';
  at: string;
  thresholds: Thresholds;
  summary: { total: number; ok: number; warning: number; critical: number; unknown: number };
  /** The fewest shifts of a clock that open what is expired or not yet valid. */
  window: { groups: WindowGroup[]; never: string[] };
  hosts: HostReport[];
}

export interface CheckRequest {
  targets: readonly BmcTarget[];
  thresholds: Thresholds;
  parallel: number;
  /** Rules and questions for management controllers, too. */
  bmc: boolean;
  deep: boolean;
  /** `host:port` → fingerprint. */
  pins: Readonly<Record<string, string>>;
  signal: AbortSignal;
  times?: Partial<typeof defaultTimes>;
  now?: () => number;
  /** Each as it comes; what only a comparison of all shows is in the report alone. */
  onHost?: (host: HostReport) => void;
}

export const targetName = ({ host, port }: BmcTarget): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === 443 ? name : `${name}:${port}`;
};

export const pinKey = ({ host, port }: BmcTarget): string => `${host}:${port}`;

/** Looks at all of them, without a login, and says what is wrong. */
export async function check(request: CheckRequest): Promise<CheckReport> {
  const { thresholds, parallel, bmc, deep, signal, pins, onHost } = request;
  const clock = request.now ?? Date.now;
  const options = {
    ...defaultTimes,
    ...request.times,
    deep,
    identify: bmc,
    pem: false,
    signal,
    now: clock,
  };
  const started = clock();
  const report = (seen: Probe, sharedWith: readonly string[]): HostReport =>
    hostReport(
      seen,
      findingsOf(
        { probe: seen, thresholds, now: clock(), pin: pins[pinKey(seen)], sharedWith },
        bmc,
      ),
    );
  const alone = new Map<Probe, HostReport>();
  const probes = await inLanes(
    request.targets,
    parallel,
    (target) => probe(target, options),
    (seen) => {
      const host = report(seen, []);
      alone.set(seen, host);
      onHost?.(host);
    },
  );
  const sharers = sharedKeys(probes);
  const hosts = probes.map((seen) => {
    const sharedWith = sharers.get(seen);
    return sharedWith ? report(seen, sharedWith) : alone.get(seen)!;
  });
  const count = (status: Status): number => hosts.filter((host) => host.status === status).length;
  return {
    schema: 'pmx.idrac.check/1',
    at: new Date(started).toISOString(),
    thresholds,
    summary: {
      total: hosts.length,
      ok: count('ok'),
      warning: count('warning'),
      critical: count('critical'),
      unknown: count('unknown'),
    },
    window: groupsAndNever(probes, started),
    hosts,
  };
}

function hostReport(seen: Probe, findings: Finding[]): HostReport {
  const { identity, http } = seen;
  const [leaf, ...chain] = seen.chain;
  return {
    host: seen.host,
    port: seen.port,
    status: statusOf(findings),
    address: seen.address,
    vendor: identity.vendor,
    generation: identity.generation,
    generationBy: identity.generationBy,
    product: identity.product,
    model: identity.model,
    firmware: identity.firmware,
    serviceTag: identity.serviceTag,
    redfish: identity.redfish,
    tls: seen.tls,
    cert: leaf ? { ...leaf, chain } : null,
    http: http && { status: http.status, hsts: http.hsts },
    clock:
      http?.skewSeconds == null ? null : { source: 'date-header', skewSeconds: http.skewSeconds },
    auth: 'none',
    findings,
    failure: seen.failure,
    ms: { total: seen.ms },
  };
}

/** More than these nobody reads: of a factory key all hosts are named with each other. */
const sharersNamed = 4;

/** One machine under several names or ports shares its key with nobody. */
function sharedKeys(probes: readonly Probe[]): Map<Probe, string[]> {
  const byKey = new Map<string, Probe[]>();
  for (const seen of probes) {
    const key = seen.chain[0]?.keySha256;
    if (key === undefined) continue;
    const group = byKey.get(key);
    if (group) group.push(seen);
    else byKey.set(key, [seen]);
  }
  const machine = ({ address, host, identity }: Probe): string =>
    identity.serviceTag ?? address ?? host;
  const shared = new Map<Probe, string[]>();
  for (const group of byKey.values()) {
    // One of each machine is enough to find others than oneself.
    const machines = new Map(group.map((seen) => [machine(seen), seen]));
    const few = [...machines].slice(0, sharersNamed + 1);
    for (const seen of group) {
      const others = few.filter(([name]) => name !== machine(seen)).slice(0, sharersNamed);
      if (others.length > 0)
        shared.set(
          seen,
          others.map(([, other]) => targetName(other)),
        );
    }
  }
  return shared;
}

/** Is something else than the date in the way of today's clients? */
function openedByDate({ tls, chain }: Probe): boolean {
  return tls?.via === 'strict' && chain.length > 0 && weaknessOfLeaf(chain) === undefined;
}

export function windowsOf(
  probes: readonly Probe[],
  now: number,
  stay?: number,
): { groups: WindowGroup[]; never: string[]; valid: string[] } {
  const intervals: HostInterval[] = probes.filter(openedByDate).map((seen) => ({
    host: targetName(seen),
    ...intervalOf(
      seen.chain.map(({ notBefore, notAfter }) => ({
        from: Date.parse(notBefore),
        to: Date.parse(notAfter),
      })),
    ),
  }));
  const { shifts, never, valid } = planWindows(intervals, now, stay === undefined ? {} : { stay });
  const iso = (millis: number): string => new Date(millis).toISOString();
  return {
    groups: shifts.map(({ to, window, hosts, breaks }) => ({
      to: iso(to),
      offsetDays: Math.round((to - now) / 86_400_000),
      from: iso(window.from),
      until: iso(window.to),
      hosts,
      breaks,
    })),
    never,
    valid,
  };
}

function groupsAndNever(probes: readonly Probe[], now: number): CheckReport['window'] {
  const { groups, never } = windowsOf(probes, now);
  return { groups, never };
}
