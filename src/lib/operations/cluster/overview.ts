import type { PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { type Resource, readResources } from './resources.js';

export type Level = 'ok' | 'moderate' | 'critical';

export interface Use {
  used: number;
  total: number;
  /** 0…1 */
  ratio: number;
  /** `moderate` from 70 %, `critical` from 85 %. */
  level: Level;
}

export interface Load {
  node: string;
  /** Of the last 1, 5 and 15 minutes, as the node itself says. */
  average: [number, number, number];
  cpus: number;
  level: Level;
}

export interface Overview {
  endpoint: string;
  user: string;
  version: string;
  context?: string;
  nodes: { online: number; total: number };
  vms: { running: number; total: number };
  containers: { running: number; total: number };
  templates: number;
  storages: { available: number; total: number };
  /** Left out where these rights show no figures. */
  cpu?: Use;
  memory?: Use;
  /** All storages together, shared ones counted once. */
  storage?: Use;
  load: Load[];
}

const moderate = 0.7;
const critical = 0.85;
/** Beyond that a look at each node is too much for an overview. */
const mostNodes = 32;

export async function readOverview(pve: PveReader, context: string | undefined): Promise<Overview> {
  const [rows, { version }, { host, port }] = await Promise.all([
    readResources(pve),
    pve.get<{ version: string }>('/version'),
    pve.identity(),
  ]);
  const ofType = (type: Resource['type']): Resource[] => rows.filter((row) => row.type === type);
  const nodes = ofType('node');
  const online = nodes.filter(({ status }) => status === 'online');
  const storages = ofType('storage');
  const available = storages.filter(({ status }) => status === 'available');
  const guests = (type: 'vm' | 'ct'): { running: number; total: number } => {
    const all = ofType(type).filter(({ template }) => template !== true);
    return {
      running: all.filter(({ status }) => status === 'running').length,
      total: all.length,
    };
  };
  const cpus = sum(online, ({ cpus: count }) => count);
  const cpu = useOf(
    sum(online, ({ cpuUsage, cpus: count }) => (cpuUsage ?? 0) * (count ?? 0)),
    cpus,
  );
  const memory = useOf(
    sum(online, ({ memoryUsedBytes }) => memoryUsedBytes),
    sum(online, ({ memoryBytes }) => memoryBytes),
  );
  const once = [...new Map(available.map((row) => [row.shared ? row.name : row.id, row])).values()];
  const storage = useOf(
    sum(once, ({ diskUsedBytes }) => diskUsedBytes),
    sum(once, ({ diskBytes }) => diskBytes),
  );
  return {
    endpoint: `${host}:${port}`,
    user: pve.user,
    version,
    ...(context !== undefined && { context }),
    nodes: { online: online.length, total: nodes.length },
    vms: guests('vm'),
    containers: guests('ct'),
    templates: rows.filter(({ template }) => template === true).length,
    storages: { available: available.length, total: storages.length },
    ...(cpu && { cpu }),
    ...(memory && { memory }),
    ...(storage && { storage }),
    load: online.length > mostNodes ? [] : await loads(pve, online),
  };
}

function sum<T>(rows: readonly T[], of: (row: T) => number | undefined): number {
  return rows.reduce((total, row) => total + (of(row) ?? 0), 0);
}

export function levelOf(ratio: number): Level {
  return ratio >= critical ? 'critical' : ratio >= moderate ? 'moderate' : 'ok';
}

function useOf(used: number, total: number): Use | undefined {
  if (total === 0) return undefined;
  return { used, total, ratio: used / total, level: levelOf(used / total) };
}

async function loads(pve: PveReader, nodes: readonly Resource[]): Promise<Load[]> {
  const found = await Promise.all(nodes.map(({ name }) => loadOf(pve, name)));
  return found.flatMap((load) => load ?? []);
}

interface NodeStatus {
  loadavg?: Array<string | number>;
  cpuinfo?: { cpus?: number };
}

async function loadOf(pve: PveReader, node: string): Promise<Load | undefined> {
  try {
    const { loadavg, cpuinfo } = await pve.get<NodeStatus>(`/nodes/${node}/status`);
    const average = (loadavg ?? []).map(Number) as Load['average'];
    const cpus = Number(cpuinfo?.cpus ?? 0);
    if (average.length !== 3 || cpus === 0) return undefined;
    return { node, average, cpus, level: levelOf(average[0] / cpus) };
  } catch (error) {
    // Without Sys.Audit on it, or it just went away: an overview does without.
    if (isPmxError(error) && error.exitCode !== 130) return undefined;
    throw error;
  }
}
