import type { Session } from '@pmx-cli/kit';

import { type Resource, readResources } from '../cluster/resources.js';
import { type Check, ok, warning } from './check.js';

/** Percent from which on each is too much. */
interface Limits {
  cpu: number;
  memory: number;
  disk: number;
}

/** Whether the storages are there, and what of the cluster is nearly used up. */
export async function checkUse(session: Session): Promise<Check[]> {
  const { settings } = session;
  const [rows, cpu, memory, disk] = await Promise.all([
    session.pve().then((pve) => readResources(pve, ['node', 'storage'])),
    settings.get('cpuWarning'),
    settings.get('memoryWarning'),
    settings.get('diskWarning'),
  ]);
  const storages = rows.filter(({ type }) => type === 'storage');
  const nodes = rows.filter(({ type, status }) => type === 'node' && status === 'online');
  return [storagesThere(storages), space(storages, disk), load(nodes, { cpu, memory, disk })];
}

function storagesThere(storages: readonly Resource[]): Check {
  const away = storages.filter(({ status }) => status !== 'available');
  return away.length === 0
    ? ok('cluster', 'Storages', `${storages.length} of ${storages.length} available.`)
    : warning(
        'cluster',
        'Storages',
        `Not available: ${away.map(label).join(', ')}.`,
        `pmx storage show ${away[0]!.name}`,
      );
}

function space(storages: readonly Resource[], limit: number): Check {
  // A shared one is listed once for each node.
  const once = new Map(storages.map((row) => [row.shared ? row.name : row.id, row]));
  const full = [...once.values()].flatMap((row) => {
    const used = percentOf(row.diskUsedBytes, row.diskBytes);
    return used !== undefined && used >= limit ? [{ ...row, used }] : [];
  });
  return full.length === 0
    ? ok('cluster', 'Space', `No storage is ${limit} % full.`)
    : warning(
        'cluster',
        'Space',
        `Nearly full: ${full.map((row) => `${label(row)} ${row.used} %`).join(', ')}.`,
        `What could go: pmx storage orphans, pmx storage prune ${full[0]!.name}`,
      );
}

function load(nodes: readonly Resource[], { cpu, memory, disk }: Limits): Check {
  const busy = nodes.flatMap((row) => {
    const over = [
      ['CPU', percentOf(row.cpuUsage, 1), cpu],
      ['memory', percentOf(row.memoryUsedBytes, row.memoryBytes), memory],
      ['root file system', percentOf(row.diskUsedBytes, row.diskBytes), disk],
    ] as const;
    const words = over.flatMap(([what, used, limit]) =>
      used !== undefined && used >= limit ? [`${what} ${used} %`] : [],
    );
    return words.length > 0 ? [`${row.name}: ${words.join(', ')}`] : [];
  });
  return busy.length === 0
    ? ok('cluster', 'Load', `No node uses ${cpu} % of its CPUs or ${memory} % of its memory.`)
    : warning('cluster', 'Load', `${busy.join('; ')}.`, 'Who takes it: pmx top');
}

/** Undefined where these rights show no figures. */
function percentOf(used: number | undefined, total: number | undefined): number | undefined {
  return used === undefined || !total ? undefined : Math.floor((100 * used) / total);
}

function label({ name, node, shared }: Resource): string {
  return node === undefined || shared ? name : `${name} on ${node}`;
}
