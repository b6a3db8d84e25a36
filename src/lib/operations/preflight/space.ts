import { allSteps, type Plan, type PveReader } from '@pmx-cli/kit';

import type { ApiCall } from '../permissions/calls.js';
import { GuestConfigs, newGuests } from '../permissions/guests.js';
import { drivesOf, sizeToBytes } from '../shared/guest-config.js';
import { sizeInWords as size } from '../shared/size.js';
import { readDrive, isDrive } from '../permissions/vm-options.js';
import { type Check, fail, ok, warn } from './check.js';
import { storagesOn } from './places.js';

interface Demand {
  node: string;
  storage: string;
  bytes: number;
  /** Bytes that are really sent; the rest a thin storage may never have to hold. */
  sure: boolean;
}

/** What a plan would put on each storage, against what is free there. */
export async function checkSpace(
  pve: PveReader,
  plans: readonly Plan[],
  calls: readonly ApiCall[],
): Promise<Check[]> {
  const demands = [...uploads(plans), ...(await disks(pve, calls))];
  const places = new Map(demands.map((demand) => [`${demand.node} ${demand.storage}`, demand]));
  const checks: Check[] = [];
  for (const { node, storage } of places.values()) {
    const rows = await storagesOn(pve, node);
    const free = rows?.find((row) => row.storage === storage)?.avail;
    if (free === undefined) continue;
    const here = demands.filter((demand) => demand.node === node && demand.storage === storage);
    const sum = (of: readonly Demand[]): number => of.reduce((all, { bytes }) => all + bytes, 0);
    const [sure, most] = [sum(here.filter((demand) => demand.sure)), sum(here)];
    const where = `storage ${storage} on node ${node}: ${size(free)} free`;
    if (sure > free) checks.push(fail('space', 'proxmox', `${where}, ${size(sure)} needed.`));
    else if (most > free)
      checks.push(warn('space', `${where}, up to ${size(most)} needed once the disks are full.`));
    else checks.push(ok('space', `${where}, at most ${size(most)} needed.`));
  }
  return checks;
}

function uploads(plans: readonly Plan[]): Demand[] {
  return plans.flatMap(({ steps }) =>
    allSteps(steps).flatMap((step): Demand[] => {
      if (step.kind !== 'pve.upload' || step.args.source.type !== 'file') return [];
      const { node, storage, source } = step.args;
      return [{ node, storage, bytes: source.length, sure: true }];
    }),
  );
}

async function disks(pve: PveReader, calls: readonly ApiCall[]): Promise<Demand[]> {
  const guests = new GuestConfigs(pve, newGuests(calls));
  const demands: Demand[] = [];
  for (const { method, path, params } of calls) {
    const [, node, vmid, verb] = /^\/nodes\/([^/]+)\/qemu(?:\/([^/]+)\/(\w+))?$/.exec(path) ?? [];
    if (node === undefined || method === 'GET') continue;
    if (verb === 'clone' && isOn(params['full'])) {
      const config = (await guests.config(node, vmid!)) ?? {};
      const target = params['storage'];
      for (const { kind, volid, size: written } of drivesOf(config))
        if (kind === 'disk')
          demands.push({
            node: typeof params['target'] === 'string' ? params['target'] : node,
            storage: typeof target === 'string' ? target : volid.slice(0, volid.indexOf(':')),
            bytes: sizeToBytes(written) ?? 0,
            sure: false,
          });
    } else if (verb === 'resize') {
      const slot = String(params['disk']);
      const [storage] = (await guests.storages(node, vmid!, slot)) ?? [];
      const config = (await guests.config(node, vmid!)) ?? {};
      const now = drivesOf(config).find((drive) => drive.slot === slot)?.size;
      const bytes = growth(String(params['size'] ?? ''), now);
      if (storage !== undefined) demands.push({ node, storage, bytes, sure: false });
    } else {
      for (const [name, value] of Object.entries(params)) {
        if (!isDrive(name)) continue;
        const { storage, allocates, file } = readDrive(String(value));
        // PVE takes GiB there.
        const gib = Number(file.slice(file.indexOf(':') + 1));
        if (storage !== undefined && allocates && gib > 0)
          demands.push({ node, storage, bytes: gib * 2 ** 30, sure: false });
      }
    }
  }
  return demands;
}

/** `+10G` adds, `10G` is the size afterwards. */
function growth(wanted: string, now: string | undefined): number {
  const bytes = sizeToBytes(wanted.replace(/^\+/, '')) ?? 0;
  return wanted.startsWith('+') ? bytes : Math.max(0, bytes - (sizeToBytes(now) ?? 0));
}

function isOn(value: unknown): boolean {
  return value === true || Number(value) === 1;
}
