import type { PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { inParallel } from '../shared/parallel.js';
import {
  type CountedResource,
  type Counters,
  readResources,
  type ResourceType,
} from './resources.js';

/** Who uses how much, now. Rates are bytes a second. */
export interface TopRow {
  type: ResourceType;
  name: string;
  vmid?: number;
  node?: string;
  cpus?: number;
  /** 0…1 of its processors. */
  cpuUsage?: number;
  memoryBytes?: number;
  memoryUsedBytes?: number;
  /** 0…1 */
  memoryUsage?: number;
  diskBytes?: number;
  diskUsedBytes?: number;
  /** 0…1 */
  diskUsage?: number;
  rates?: Counters;
}

interface Measured {
  at: number;
  counters: Counters;
  rates?: Counters;
}

/**
 * Reads again and again. Rates come from the difference to the round before; in the first one from
 * what the server has recorded (rrddata), which is asked for those that are shown only.
 */
export class Top {
  readonly #pve: PveReader;
  readonly #types: readonly ResourceType[];
  readonly #limit: number;
  readonly #now: () => number;
  readonly #before = new Map<string, Measured>();

  constructor(
    pve: PveReader,
    options: { types: readonly ResourceType[]; limit: number; now?: () => number },
  ) {
    this.#pve = pve;
    this.#types = options.types;
    this.#limit = options.limit;
    this.#now = options.now ?? Date.now;
  }

  async round(): Promise<TopRow[]> {
    const first = this.#before.size === 0;
    const all = await readResources(this.#pve, this.#types);
    const awake = all.filter(({ status }) => ['running', 'online', 'available'].includes(status!));
    const shown = awake.sort(byUse).slice(0, this.#limit);
    // Counters of all: who is not shown now may be in the next round.
    const measured = new Map(awake.map((resource) => [resource.id, this.#measure(resource)]));
    const recorded = first ? await this.#recorded(shown) : new Map<string, Counters>();
    return shown.map((resource) =>
      rowOf(resource, measured.get(resource.id) ?? recorded.get(resource.id)),
    );
  }

  #measure({ id, counters }: CountedResource): Counters | undefined {
    if (!counters) return undefined;
    const before = this.#before.get(id);
    const now = this.#now();
    if (before && sameCounters(before.counters, counters)) return before.rates;
    const rates = before && ratesBetween(before, counters, now);
    this.#before.set(id, { at: now, counters, ...(rates && { rates }) });
    return rates;
  }

  async #recorded(shown: readonly CountedResource[]): Promise<Map<string, Counters>> {
    const found = new Map<string, Counters>();
    await inParallel(shown, async (resource) => {
      const rates = await lastRecorded(this.#pve, resource);
      if (!rates) return;
      found.set(resource.id, rates);
      const before = this.#before.get(resource.id);
      if (before) before.rates = rates;
    });
    return found;
  }
}

/** The busiest first; a storage has no processor, there it is how full it is. */
function byUse(a: CountedResource, b: CountedResource): number {
  return useOf(b) - useOf(a) || a.name.localeCompare(b.name);
}

function useOf({ type, cpuUsage, diskUsedBytes, diskBytes }: CountedResource): number {
  return type === 'storage' ? (ratio(diskUsedBytes, diskBytes) ?? 0) : (cpuUsage ?? 0);
}

function rowOf(resource: CountedResource, rates: Counters | undefined): TopRow {
  const { type, name, vmid, node, cpus, cpuUsage } = resource;
  const { memoryBytes, memoryUsedBytes, diskBytes, diskUsedBytes } = resource;
  const row = {
    type,
    name,
    vmid,
    node,
    cpus,
    cpuUsage,
    memoryBytes,
    memoryUsedBytes,
    memoryUsage: ratio(memoryUsedBytes, memoryBytes),
    diskBytes,
    diskUsedBytes,
    diskUsage: ratio(diskUsedBytes, diskBytes),
    rates,
  };
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined),
  ) as unknown as TopRow;
}

function ratio(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || !total ? undefined : used / total;
}

function sameCounters(a: Counters, b: Counters): boolean {
  return (Object.keys(a) as Array<keyof Counters>).every((key) => a[key] === b[key]);
}

/** @returns undefined when the guest was started anew: its counters began at zero again */
function ratesBetween(before: Measured, now: Counters, at: number): Counters | undefined {
  const seconds = (at - before.at) / 1000;
  const keys = Object.keys(now) as Array<keyof Counters>;
  if (seconds <= 0 || keys.some((key) => now[key] < before.counters[key])) return undefined;
  return Object.fromEntries(
    keys.map((key) => [key, Math.round((now[key] - before.counters[key]) / seconds)]),
  ) as unknown as Counters;
}

interface Sample {
  netin?: number;
  netout?: number;
  diskread?: number;
  diskwrite?: number;
}

async function lastRecorded(
  pve: PveReader,
  { type, node, vmid }: CountedResource,
): Promise<Counters | undefined> {
  const path = { vm: `/qemu/${vmid}`, ct: `/lxc/${vmid}`, node: '' }[type as 'vm'];
  if (path === undefined || node === undefined) return undefined;
  try {
    const samples = await pve.get<Sample[]>(`/nodes/${node}${path}/rrddata`, {
      timeframe: 'hour',
    });
    // The newest one is often not complete yet.
    const last = samples.findLast(({ netin }) => netin !== undefined && netin !== null);
    return (
      last && {
        netIn: Math.round(Number(last.netin)),
        netOut: Math.round(Number(last.netout ?? 0)),
        diskRead: Math.round(Number(last.diskread ?? 0)),
        diskWrite: Math.round(Number(last.diskwrite ?? 0)),
      }
    );
  } catch (error) {
    // Without it there is one column less.
    if (isPmxError(error) && error.exitCode !== 130) return undefined;
    throw error;
  }
}
