import type { Guest, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { drivesOf, type GuestConfig } from '../shared/guest-config.js';

/** A guest that is to leave its node: what it needs elsewhere, and what holds it. */
export interface Candidate {
  guest: Guest;
  running: boolean;
  /** Storages that its volumes lie on. */
  storages: string[];
  /** Nodes that the server itself rules out, and why. */
  ruledOut: Map<string, string>;
  localDisks: boolean;
  obstacles: string[];
}

export interface SurveyOptions {
  /** Whether disks that only this node has may be copied. */
  withLocalDisks: boolean;
  /** Ids of HA: `vm:101`. */
  managed: ReadonlySet<string>;
  isShared(storage: string): boolean;
}

interface LocalDisk {
  volid: string;
  drivename?: string;
  cdrom?: number;
}

/** GET …/migrate; VMs and containers name things differently. */
interface Preconditions {
  local_disks?: LocalDisk[];
  local_resources?: string[];
  'mapped-resources'?: string[];
  'mapped-resource-info'?: Record<string, { 'live-migration'?: number }>;
  not_allowed_nodes?: Record<string, { unavailable_storages?: string[] }>;
  'not-allowed-nodes'?: Record<string, unknown>;
}

/** Asks the server what stands in the way of a guest, and looks at what it does not tell. */
export async function surveyGuest(
  pve: PveReader,
  guest: Guest,
  options: SurveyOptions,
): Promise<Candidate> {
  const path = `/nodes/${guest.node}/${guest.type}/${guest.vmid}`;
  const running = guest.status !== 'stopped';
  const candidate: Candidate = {
    guest,
    running,
    storages: [],
    ruledOut: new Map(),
    localDisks: false,
    obstacles: [],
  };
  const { obstacles } = candidate;
  if (guest.lock !== undefined) obstacles.push(`it is locked (${guest.lock})`);
  if (options.managed.has(`${guest.type === 'lxc' ? 'ct' : 'vm'}:${guest.vmid}`))
    obstacles.push('HA manages it, and moves it itself (ha-manager crm-command node-maintenance)');
  try {
    const [conditions, config, snapshots] = await Promise.all([
      pve.get<Preconditions>(`${path}/migrate`),
      pve.get<GuestConfig>(`${path}/config`),
      pve.get<Array<{ name: string }>>(`${path}/snapshot`),
    ]);
    const local =
      guest.type === 'qemu'
        ? surveyVm(candidate, conditions, config)
        : surveyContainer(candidate, config, options);
    ruleOut(candidate, conditions);
    candidate.localDisks = local.length > 0;
    if (local.length > 0 && !options.withLocalDisks)
      obstacles.push(`disks that only ${guest.node} has: ${local.join(', ')}`);
    if (
      local.length > 0 &&
      options.withLocalDisks &&
      snapshots.some(({ name }) => name !== 'current')
    )
      obstacles.push(`snapshots, with disks that only ${guest.node} has: ${local.join(', ')}`);
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    obstacles.push(error.message);
  }
  return candidate;
}

/** @returns its local disks */
function surveyVm(candidate: Candidate, conditions: Preconditions, config: GuestConfig): string[] {
  const { obstacles, running } = candidate;
  const disks = (conditions.local_disks ?? []).map((disk) => ({
    ...disk,
    called: disk.drivename ?? disk.volid,
  }));
  candidate.storages = storagesIn(
    drivesOf(config)
      .filter(({ kind }) => kind !== 'cdrom')
      .map(({ volid }) => volid),
  );
  const devices = conditions.local_resources ?? [];
  if (devices.length > 0) obstacles.push(`it uses devices of the node: ${devices.join(', ')}`);
  const mapped = (conditions['mapped-resources'] ?? []).filter(
    (key) => Number(conditions['mapped-resource-info']?.[key]?.['live-migration'] ?? 0) !== 1,
  );
  if (running && mapped.length > 0)
    obstacles.push(`devices that cannot be moved while it runs: ${mapped.join(', ')}`);
  // Made anew from the configuration on the other node.
  const generated = new Set(
    drivesOf(config)
      .filter(({ kind }) => kind === 'cloudinit')
      .map(({ volid }) => volid),
  );
  const own = disks.filter(({ volid }) => !generated.has(volid));
  const isDisc = ({ cdrom }: LocalDisk): boolean => Number(cdrom ?? 0) === 1;
  for (const { called, volid } of own.filter(isDisc))
    obstacles.push(`a disc in ${called} that only this node has (${volid})`);
  return own
    .filter((disk) => !isDisc(disk))
    .map(({ called, volid }) => (called === volid ? volid : `${called} (${volid})`));
}

/** @returns its local volumes */
function surveyContainer(
  candidate: Candidate,
  config: GuestConfig,
  { isShared }: SurveyOptions,
): string[] {
  const points = Object.entries(config)
    .filter(([key]) => /^(?:rootfs|mp\d+|unused\d+)$/.test(key))
    .map(([key, value]) => ({ key, options: String(value).split(',') }));
  const bound = points.filter(
    ({ options }) => options[0]!.startsWith('/') && !options.includes('shared=1'),
  );
  if (bound.length > 0) {
    const names = bound.map(({ key, options }) => `${key} (${options[0]})`).join(', ');
    candidate.obstacles.push(`folders or devices of the node: ${names}`);
  }
  const volids = points
    .map(({ key, options }) => ({ key, volid: options[0]! }))
    .filter(({ volid }) => !volid.startsWith('/'));
  candidate.storages = storagesIn(volids.map(({ volid }) => volid));
  return volids
    .filter(({ volid }) => !isShared(volid.split(':')[0]!))
    .map(({ key, volid }) => `${key} (${volid})`);
}

function storagesIn(volids: readonly string[]): string[] {
  return [...new Set(volids.map((volid) => volid.split(':')[0]!))];
}

function ruleOut({ ruledOut }: Candidate, conditions: Preconditions): void {
  for (const [node, why] of Object.entries(conditions.not_allowed_nodes ?? {})) {
    const missing = why.unavailable_storages ?? [];
    ruledOut.set(node, missing.length > 0 ? `lacks storage ${missing.join(', ')}` : 'is ruled out');
  }
  for (const node of Object.keys(conditions['not-allowed-nodes'] ?? {}))
    ruledOut.set(node, 'is ruled out');
}
