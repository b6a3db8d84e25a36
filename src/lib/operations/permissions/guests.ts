import type { PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { drivesOf, type GuestConfig } from '../shared/guest-config.js';
import type { ApiCall } from './calls.js';

/** A guest that one of the calls makes. */
export interface NewGuest {
  pool: string | undefined;
  /** What it is cloned from. */
  source?: { node: string; vmid: string };
  /** Where a clone's disks go; those of the source when left out. */
  storage?: string;
  config?: GuestConfig;
}

const clonePath = /^\/nodes\/([^/]+)\/qemu\/([^/]+)\/clone$/;
const createPath = /^\/nodes\/[^/]+\/qemu$/;

export function newGuests(calls: readonly ApiCall[]): Map<string, NewGuest> {
  const made = new Map<string, NewGuest>();
  for (const { method, path, params } of calls) {
    if (method !== 'POST') continue;
    const pool = textOf(params['pool']);
    const clone = clonePath.exec(path);
    if (clone) {
      const storage = textOf(params['storage']);
      made.set(String(params['newid']), {
        pool,
        source: { node: clone[1]!, vmid: clone[2]! },
        ...(storage !== undefined && { storage }),
      });
    } else if (createPath.test(path)) {
      made.set(String(params['vmid']), { pool, config: params as GuestConfig });
    }
  }
  return made;
}

/** Configurations of the guests in question, also of those that are still to be made. */
export class GuestConfigs {
  readonly #pve: PveReader;
  readonly #made: ReadonlyMap<string, NewGuest>;
  readonly #read = new Map<string, Promise<GuestConfig | undefined>>();

  constructor(pve: PveReader, made: ReadonlyMap<string, NewGuest>) {
    this.#pve = pve;
    this.#made = made;
  }

  isNew(vmid: string): boolean {
    return this.#made.has(vmid);
  }

  poolOf(vmid: string): string | undefined {
    return this.#made.get(vmid)?.pool;
  }

  /** @returns undefined when this identity may not see it */
  async config(node: string, vmid: string): Promise<GuestConfig | undefined> {
    const made = this.#made.get(vmid);
    if (made?.config) return made.config;
    const from = made?.source ?? { node, vmid };
    const path = `/nodes/${from.node}/qemu/${from.vmid}/config`;
    const known = this.#read.get(path) ?? this.#ask(path);
    this.#read.set(path, known);
    return known;
  }

  /** Storages that the disks of a guest lie on, or will. */
  async storages(node: string, vmid: string, slot?: string): Promise<string[] | undefined> {
    const config = await this.config(node, vmid);
    if (!config) return undefined;
    const instead = this.#made.get(vmid)?.storage;
    const drives = drivesOf(config).filter(
      (drive) => drive.kind !== 'cdrom' && (slot === undefined || drive.slot === slot),
    );
    return [...new Set(drives.map(({ volid }) => instead ?? volid.slice(0, volid.indexOf(':'))))];
  }

  async #ask(path: string): Promise<GuestConfig | undefined> {
    try {
      return await this.#pve.get<GuestConfig>(path);
    } catch (error) {
      if (isPmxError(error) && error.exitCode === 3) return undefined;
      throw error;
    }
  }
}

export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
