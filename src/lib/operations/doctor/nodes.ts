import type { PveReader, Session } from '@pmx-cli/kit';
import { ExitCode, isPmxError } from '@pmx-cli/kit/errors';

import { inParallel } from '../shared/parallel.js';
import { certificateDays, type Check, failed, oddSkew, ok, warning } from './check.js';

const day = 24 * 60 * 60 * 1000;
/** Nodes beyond these are not asked one by one. */
const mostNodes = 32;

interface NodeCertificate {
  filename?: string;
  notafter?: number;
}

/** Of every node, not only of the one that answers. */
export async function checkNodeCertificates(session: Session): Promise<Check> {
  const found = await ofEachNode<{ node: string; left: number }>(session, async (pve, node) => {
    const list = await pve.get<NodeCertificate[]>(`/nodes/${node}/certificates/info`);
    const ends = list
      .filter(({ filename }) => filename !== 'pve-root-ca.pem')
      .map(({ notafter }) => Number(notafter) * 1000)
      .filter((end) => end > 0);
    return { node, left: Math.floor((Math.min(...ends) - Date.now()) / day) };
  });
  const soon = found.filter(({ left }) => left < certificateDays);
  if (soon.length === 0)
    return ok('certificates', 'Of nodes', `Looked at ${found.length}: none ends soon.`);
  const detail = soon
    .map(({ node, left }) => (left < 0 ? `${node}: has expired` : `${node}: ${left} days left`))
    .join(', ');
  return warning('certificates', 'Of nodes', `${detail}.`, 'On each: pvecm updatecerts --force');
}

/** Nodes of a cluster have to agree on the time, or its file system and its backups suffer. */
export async function checkNodeClocks(session: Session): Promise<Check> {
  const found = await ofEachNode<{ node: string; skew: number }>(session, async (pve, node) => {
    const asked = Date.now();
    const { time } = await pve.get<{ time: number }>(`/nodes/${node}/time`);
    return { node, skew: Math.round(Number(time) - (asked + Date.now()) / 2000) };
  });
  const odd = found.filter(({ skew }) => Math.abs(skew) > oddSkew);
  if (odd.length === 0) return ok('time', 'Nodes', `Looked at ${found.length}: none is wrong.`);
  const detail = odd
    .map(({ node, skew }) => `${node} is ${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`)
    .join(', ');
  return warning(
    'time',
    'Nodes',
    `${detail}.`,
    'On each: chronyc tracking, systemctl status chrony',
  );
}

interface Service {
  name: string;
  'active-state'?: string;
  'unit-state'?: string;
}

/** Without these a node is no part of Proxmox VE: its API, its figures, its cluster file system, its jobs. */
const essential = ['pve-cluster', 'pvedaemon', 'pveproxy', 'pvescheduler', 'pvestatd'];

/** Others may be off on purpose: corosync is, on a node by itself. */
export async function checkNodeServices(session: Session): Promise<Check> {
  const found = await ofEachNode(session, async (pve, node) => {
    const services = await pve.get<Service[]>(`/nodes/${node}/services`);
    return services
      .filter((service) => !runs(service))
      .map(({ name, 'active-state': state }) => ({ node, name, state }));
  });
  const down = found.flat();
  if (down.length === 0)
    return ok(
      'cluster',
      'Services',
      `None has failed on the nodes that were looked at: ${found.length}.`,
    );
  const [{ node, name }] = down as [(typeof down)[number]];
  const detail = `${down.map((one) => `${one.node}: ${one.name} is ${one.state}`).join(', ')}.`;
  const hint = `See why, on ${node}: journalctl -u ${name} -n 50`;
  return down.some((one) => essential.includes(one.name))
    ? failed('cluster', 'Services', ExitCode.proxmox, detail, hint)
    : warning('cluster', 'Services', detail, hint);
}

function runs({ name, 'active-state': state, 'unit-state': unit }: Service): boolean {
  if (state === 'failed') return false;
  return !essential.includes(name) || unit !== 'enabled' || state !== 'inactive';
}

interface Disk {
  devpath: string;
  model?: string;
  /** What SMART says: PASSED, OK, UNKNOWN, or one of the words for failure. */
  health?: string;
}

interface Zpool {
  name: string;
  health?: string;
}

export async function checkNodeDisks(session: Session): Promise<Check> {
  const found = await ofEachNode(session, async (pve, node) => {
    const [disks, pools] = await Promise.all([
      pve.get<Disk[]>(`/nodes/${node}/disks/list`),
      zpools(pve, node),
    ]);
    return [
      ...disks
        .filter(({ health }) => /^fail/i.test(health ?? ''))
        .map(({ devpath, model = 'disk' }) => `${node}: SMART fails ${devpath} (${model})`),
      ...pools
        .filter(({ health = 'ONLINE' }) => health !== 'ONLINE')
        .map(({ name, health }) => `${node}: ZFS pool ${name} is ${health}`),
    ];
  });
  const bad = found.flat();
  return bad.length === 0
    ? ok('cluster', 'Disks', `None has failed on the nodes that were looked at: ${found.length}.`)
    : failed(
        'cluster',
        'Disks',
        ExitCode.proxmox,
        `${bad.join(', ')}.`,
        'Save what is on it, then see on the node: smartctl -a DEVICE, zpool status',
      );
}

/** None where ZFS is not installed, which the server calls an error, or where only a part may be seen. */
async function zpools(pve: PveReader, node: string): Promise<Zpool[]> {
  try {
    return await pve.get<Zpool[]>(`/nodes/${node}/disks/zfs`);
  } catch (error) {
    if (isPmxError(error) && error.exitCode === ExitCode.proxmox) return [];
    throw error;
  }
}

interface ReplicationJob {
  id: string;
  guest?: number | string;
  fail_count?: number;
  error?: string;
}

export async function checkReplication(session: Session): Promise<Check> {
  const found = await ofEachNode(session, async (pve, node) => {
    const jobs = await pve.get<ReplicationJob[]>(`/nodes/${node}/replication`);
    return jobs.map((job) => ({ ...job, node }));
  });
  const jobs = found.flat();
  const failing = jobs.filter(({ fail_count: count, error }) => Number(count ?? 0) > 0 || error);
  return failing.length === 0
    ? ok('cluster', 'Replication', `None of ${jobs.length} jobs fails.`)
    : warning(
        'cluster',
        'Replication',
        `${failing.map(({ id, error }) => `${id}: ${error?.trim() ?? 'has failed'}`).join(', ')}.`,
        `pmx api get /nodes/${failing[0]!.node}/replication/${failing[0]!.id}/log`,
      );
}

/** What the rights do not show, and nodes that just went away, are left out. */
async function ofEachNode<T>(
  session: Session,
  ask: (pve: PveReader, node: string) => Promise<T>,
): Promise<T[]> {
  const [pve, inventory] = await Promise.all([session.pve(), session.inventory()]);
  const online = (await inventory.nodes()).filter(({ status }) => status !== 'offline');
  let refused: unknown;
  const answers = await inParallel(online.slice(0, mostNodes), async ({ node }) => {
    try {
      return [await ask(pve, node)];
    } catch (error) {
      if (!isPmxError(error) || error.exitCode === 130) throw error;
      refused = error;
      return [];
    }
  });
  const found = answers.flat();
  if (found.length === 0 && refused !== undefined) throw refused;
  return found;
}
