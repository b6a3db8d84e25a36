import type { Guest, ImpactItem, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

export interface GuestReferences {
  /** Entries elsewhere that name the guest; `purge` removes them with it. */
  items: ImpactItem[];
  /** What this identity may not look at, in words. */
  unseen: string[];
}

/** Backup jobs, HA, replication and pool that name the guest. */
export async function findReferences(pve: PveReader, guest: Guest): Promise<GuestReferences> {
  const unseen: string[] = [];
  const look = async <T>(path: string, what: string): Promise<T[]> => {
    try {
      return await pve.get<T[]>(path);
    } catch (error) {
      if (!isPmxError(error) || error.code !== 'PMX_PERMISSION_DENIED') throw error;
      unseen.push(
        `${what} cannot be seen with these rights (${path}); entries there are removed all the same.`,
      );
      return [];
    }
  };
  const id = String(guest.vmid);
  const [jobs, resources, replications, rows] = await Promise.all([
    look<{ id: string; vmid?: string }>('/cluster/backup', 'Backup jobs'),
    look<{ sid: string; state?: string }>('/cluster/ha/resources', 'HA resources'),
    look<{ id: string; guest: number; target?: string }>(
      '/cluster/replication',
      'Replication jobs',
    ),
    // The lists of the nodes do not know pools; this one takes them from the configuration, unlagged.
    pve.get<Array<{ vmid: number; pool?: string }>>('/cluster/resources', { type: 'vm' }),
  ]);
  const items: ImpactItem[] = [
    ...jobs
      .filter((job) => job.vmid?.split(',').includes(id))
      .map((job) => ({ what: 'entry in backup job', name: job.id })),
    ...resources
      .filter((resource) => resource.sid === `vm:${id}`)
      .map((resource) => ({ what: 'HA resource', name: resource.sid })),
    ...replications
      .filter((job) => Number(job.guest) === guest.vmid)
      .map((job) => ({ what: 'replication job', name: job.id })),
  ];
  const pool = rows.find((row) => Number(row.vmid) === guest.vmid)?.pool;
  if (pool !== undefined) items.push({ what: 'membership in pool', name: pool });
  return { items, unseen };
}
