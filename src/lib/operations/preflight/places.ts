import type { PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { isNotFound } from '../../api/index.js';
import type { ApiCall } from '../permissions/calls.js';
import { newGuests } from '../permissions/guests.js';
import { type Check, fail, ok, warn } from './check.js';
import { bridgesIn, storageUses } from './uses.js';

export interface StorageRow {
  storage: string;
  content?: string;
  active?: number;
  avail?: number;
}

export async function storagesOn(pve: PveReader, node: string): Promise<StorageRow[] | undefined> {
  return visible(() => pve.get<StorageRow[]>(`/nodes/${node}/storage`));
}

/** @returns undefined when the server refuses the look */
async function visible<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return undefined;
    throw error;
  }
}

export async function checkStorages(pve: PveReader, calls: readonly ApiCall[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { node, storage, content } of storageUses(calls)) {
    const rows = await storagesOn(pve, node);
    const row = rows?.find((known) => known.storage === storage);
    const name = `Storage ${storage} on node ${node}`;
    if (!row) checks.push(warn('storage', `${name} is not there, or may not be seen.`));
    else if (row.active === 0) checks.push(fail('storage', 'proxmox', `${name} is not active.`));
    else if (content !== undefined && !(row.content ?? '').split(',').includes(content))
      checks.push(
        fail('storage', 'request', `${name} takes ${row.content || 'nothing'}, not ${content}.`),
      );
    else
      checks.push(
        ok('storage', `${name} ${content === undefined ? 'is there' : `takes ${content}`}.`),
      );
  }
  return checks;
}

export async function checkNodes(pve: PveReader, calls: readonly ApiCall[]): Promise<Check[]> {
  const names = new Set(
    calls.flatMap(({ path, params }) => [
      ...(/^\/nodes\/([^/]+)/.exec(path)?.slice(1) ?? []),
      ...(typeof params['target'] === 'string' ? [params['target']] : []),
    ]),
  );
  if (names.size === 0) return [];
  const rows = await pve.get<Array<{ node: string; status: string }>>('/nodes');
  return [...names].map((name) => {
    const row = rows.find(({ node }) => node === name);
    if (!row) return fail('node', 'request', `There is no node ${name}.`);
    return row.status === 'offline'
      ? fail('node', 'proxmox', `Node ${name} is offline.`)
      : ok('node', `Node ${name} is ${row.status}.`);
  });
}

export async function checkBridges(pve: PveReader, calls: readonly ApiCall[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { node, bridge } of bridgesIn(calls)) {
    const rows =
      (await visible(() =>
        pve.get<Array<{ iface: string }>>(`/nodes/${node}/network`, { type: 'any_bridge' }),
      )) ?? [];
    if (rows.some(({ iface }) => iface === bridge))
      checks.push(ok('bridge', `Bridge ${bridge} is on node ${node}.`));
    else if (rows.length === 0)
      checks.push(warn('bridge', `No bridge of node ${node} may be seen, so ${bridge} is unsure.`));
    else checks.push(fail('bridge', 'request', `There is no bridge ${bridge} on node ${node}.`));
  }
  return checks;
}

/** Ids that are to be free, and guests that are to be there. */
export async function checkGuests(pve: PveReader, calls: readonly ApiCall[]): Promise<Check[]> {
  const made = newGuests(calls);
  const checks: Check[] = [];
  for (const vmid of made.keys()) {
    if (!/^\d+$/.test(vmid)) continue;
    const free = await visible(() => pve.get('/cluster/nextid', { vmid }));
    checks.push(
      free === undefined
        ? fail('vmid', 'request', `VMID ${vmid} is taken.`)
        : ok('vmid', `VMID ${vmid} is free.`),
    );
  }
  const there = new Map(
    calls.flatMap(({ path }) => {
      const [, guest, vmid] = /^(\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+))(?:\/|$)/.exec(path) ?? [];
      return guest === undefined || made.has(vmid!) ? [] : [[guest, vmid!] as const];
    }),
  );
  for (const [path, vmid] of there) checks.push(await checkGuest(pve, path, vmid));
  return checks;
}

async function checkGuest(pve: PveReader, path: string, vmid: string): Promise<Check> {
  try {
    const { lock } = await pve.get<{ lock?: string }>(`${path}/status/current`);
    return lock === undefined
      ? ok('guest', `Guest ${vmid} is there.`)
      : warn('guest', `Guest ${vmid} is locked (${lock}); what changes it has to wait, or fails.`);
  } catch (error) {
    if (isNotFound(error)) return fail('guest', 'request', `There is no guest ${vmid} at ${path}.`);
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    return warn('guest', `Guest ${vmid} may not be seen: VM.Audit on /vms/${vmid} is missing.`);
  }
}

export async function checkPools(pve: PveReader, calls: readonly ApiCall[]): Promise<Check[]> {
  const names = new Set(
    calls.flatMap(({ params }) => (typeof params['pool'] === 'string' ? [params['pool']] : [])),
  );
  if (names.size === 0) return [];
  const rows = await pve.get<Array<{ poolid: string }>>('/pools');
  return [...names].map((name) =>
    rows.some(({ poolid }) => poolid === name)
      ? ok('pool', `Pool ${name} is there.`)
      : warn('pool', `Pool ${name} is not there, or may not be seen.`),
  );
}
