import type { Guest, ImpactItem, PveReader } from '@pmx-cli/kit';

import { tolerantReader } from '../../shared/tolerant.js';

/** What elsewhere names guests: read once, for any number of them. */
export interface References {
  jobs: ReadonlyArray<{ id: string; vmid?: string }>;
  resources: ReadonlyArray<{ sid: string; state?: string }>;
  replications: ReadonlyArray<{ id: string; guest: number | string }>;
  pools: ReadonlyMap<number, string>;
  /** What this identity may not look at, in words. */
  unseen: readonly string[];
}

export async function readReferences(pve: PveReader): Promise<References> {
  const { look, unseen } = tolerantReader(pve);
  const missing = (what: string, path: string): string =>
    `${what} cannot be seen with these rights (${path}); entries there are removed all the same.`;
  const [jobs, resources, replications, rows] = await Promise.all([
    look<References['jobs'][number]>('/cluster/backup', missing('Backup jobs', '/cluster/backup')),
    look<References['resources'][number]>(
      '/cluster/ha/resources',
      missing('HA resources', '/cluster/ha/resources'),
    ),
    look<References['replications'][number]>(
      '/cluster/replication',
      missing('Replication jobs', '/cluster/replication'),
    ),
    // The lists of the nodes do not know pools; this one takes them from the configuration, unlagged.
    pve.get<Array<{ vmid: number; pool?: string }>>('/cluster/resources', { type: 'vm' }),
  ]);
  const pools = rows.flatMap(({ vmid, pool }): Array<[number, string]> =>
    pool === undefined ? [] : [[Number(vmid), pool]],
  );
  return { jobs, resources, replications, pools: new Map(pools), unseen };
}

/** Entries that a purge takes a guest out of. */
export function purgedItems(references: References, guest: Guest): ImpactItem[] {
  const id = String(guest.vmid);
  return [
    ...references.jobs
      .filter((job) => job.vmid?.split(',').includes(id))
      .map((job) => ({ what: 'entry in backup job', name: job.id })),
    ...references.resources
      .filter(({ sid }) => sid === haSid(guest))
      .map(({ sid }) => ({ what: 'HA resource', name: sid })),
    ...references.replications
      .filter((job) => Number(job.guest) === guest.vmid)
      .map((job) => ({ what: 'replication job', name: job.id })),
  ];
}

/** PVE's pools forget a guest that is gone, purged or not. */
export function poolItem({ pools }: References, { vmid }: Guest): ImpactItem[] {
  const pool = pools.get(vmid);
  return pool === undefined ? [] : [{ what: 'membership in pool', name: pool }];
}

/** How HA calls a guest: `vm:101`, `ct:102`. */
export function haSid({ type, vmid }: Pick<Guest, 'type' | 'vmid'>): string {
  return `${type === 'lxc' ? 'ct' : 'vm'}:${vmid}`;
}
