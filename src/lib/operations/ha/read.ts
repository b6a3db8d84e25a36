import type { Guest, PveReader } from '@pmx-cli/kit';

import { haSid } from '../guest/delete/references.js';
import { tolerantReader } from '../shared/tolerant.js';

export interface HaRow {
  sid: string;
  state?: string;
  comment?: string;
  failback?: number;
  max_restart?: number;
  max_relocate?: number;
}

export interface HaView {
  /** The resource of a guest that HA decides about. */
  managing: (guest: Guest) => HaRow | undefined;
  /** When HA could not be looked at. */
  notes: string[];
}

/** One read for any number of guests. Without the right to look, guests count as not managed. */
export async function readHa(pve: PveReader): Promise<HaView> {
  const { look, unseen } = tolerantReader(pve);
  const rows = await look<HaRow>(
    '/cluster/ha/resources',
    'Whether HA manages a guest cannot be seen with these rights (Sys.Audit on /).',
  );
  const bySid = new Map(rows.map((row) => [row.sid, row]));
  return {
    managing: (guest) => {
      const row = bySid.get(haSid(guest));
      return row?.state === 'ignored' ? undefined : row;
    },
    notes: unseen,
  };
}

export interface HaResource {
  sid: string;
  vmid: number;
  name: string;
  node: string | undefined;
  /** What is asked for. */
  requested: string;
  /** What the manager says it is. */
  state: string | undefined;
  maxRestart: number;
  maxRelocate: number;
  failback: boolean;
  comment: string | undefined;
}

interface StatusRow {
  id: string;
  type: string;
  sid?: string;
  node?: string;
  state?: string;
  status?: string;
}

export async function listHa(
  pve: PveReader,
  guests: ReadonlyArray<Pick<Guest, 'vmid' | 'name'>>,
): Promise<HaResource[]> {
  const [rows, status] = await Promise.all([
    pve.get<HaRow[]>('/cluster/ha/resources'),
    pve.get<StatusRow[]>('/cluster/ha/status/current'),
  ]);
  const names = new Map(guests.map(({ vmid, name }) => [vmid, name]));
  return rows
    .map((row): HaResource => {
      const now = status.find(({ sid }) => sid === row.sid);
      const vmid = Number(row.sid.slice(row.sid.indexOf(':') + 1));
      return {
        sid: row.sid,
        vmid,
        name: names.get(vmid) ?? '',
        node: now?.node,
        requested: row.state ?? 'started',
        state: now?.state,
        maxRestart: Number(row.max_restart ?? 1),
        maxRelocate: Number(row.max_relocate ?? 1),
        failback: Number(row.failback ?? 1) === 1,
        comment: row.comment,
      };
    })
    .sort((a, b) => a.vmid - b.vmid);
}

export interface HaStatus {
  id: string;
  type: string;
  node: string | undefined;
  status: string;
}

export async function haStatus(pve: PveReader): Promise<HaStatus[]> {
  const rows = await pve.get<StatusRow[]>('/cluster/ha/status/current');
  return rows.map(({ id, type, node, status }) => ({ id, type, node, status: status ?? '' }));
}

export interface HaRule {
  rule: string;
  type: string;
  resources: string[];
  nodes: string | undefined;
  affinity: string | undefined;
  strict: boolean;
  enabled: boolean;
  comment: string | undefined;
}

export async function haRules(pve: PveReader): Promise<HaRule[]> {
  const rows =
    await pve.get<Array<Record<string, string | number | undefined>>>('/cluster/ha/rules');
  const text = (value: string | number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return rows.map((row) => ({
    rule: String(row['rule']),
    type: String(row['type']),
    resources: String(row['resources'] ?? '')
      .split(',')
      .filter((sid) => sid !== ''),
    nodes: text(row['nodes']),
    affinity: text(row['affinity']),
    strict: Number(row['strict'] ?? 0) === 1,
    enabled: Number(row['disable'] ?? 0) !== 1,
    comment: text(row['comment']),
  }));
}
