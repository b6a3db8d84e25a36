import type { PveReader, Session } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { type AccessReport, testAccess } from '../auth/test.js';
import { readResources } from '../cluster/resources.js';
import { levelOf } from '../cluster/overview.js';
import { readClusterStatus } from '../cluster/status.js';
import { inParallel } from '../shared/parallel.js';
import { type Check, failed, ok, warning } from './check.js';

const day = 24 * 60 * 60 * 1000;
const certificateDays = 30;
const tokenDays = 14;
/** Seconds: tickets and codes begin to fail, and what is written in logs no longer fits together. */
const oddSkew = 30;
/** Nodes beyond these are not asked one by one. */
const mostNodes = 32;

export async function checkAccess(session: Session): Promise<Check[]> {
  const report = await testAccess(session);
  const { identity, endpoint, version, latencyMillis, sees } = report;
  const found = [
    ok(
      'access',
      'Login',
      `${identity} at ${endpoint}, Proxmox VE ${version}, ${latencyMillis} ms.`,
    ),
    ok(
      'access',
      'Rights',
      `${sees.privileges} privileges; sees ${sees.nodes} nodes, ${sees.guests} guests, ${sees.storages} storages.`,
    ),
  ];
  const expires = report.token?.expires;
  if (expires) {
    const left = Math.floor((Date.parse(expires) - Date.now()) / day);
    if (left < tokenDays)
      found.push(
        warning(
          'access',
          'Token',
          `It expires in ${left} days.`,
          `Make another one: pmx login ${report.context ?? 'NAME'}`,
        ),
      );
  }
  return [...found, clockOf(report), certificateOf(report)];
}

function clockOf({ clockSkewSeconds: skew }: AccessReport): Check {
  if (Math.abs(skew) <= oddSkew)
    return ok('time', 'This machine', 'Its clock and that of the server agree.');
  const detail = `The server is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} this machine.`;
  return warning('time', 'This machine', detail, 'See who is wrong: chronyc tracking, on both');
}

function certificateOf({ certificate }: AccessReport): Check {
  const { daysLeft, problems } = certificate;
  const said = problems.length > 0 ? `; it ${problems.join('; it ')}` : '';
  if (daysLeft < 0)
    return failed(
      'certificates',
      'In use',
      2,
      `It has expired${said}.`,
      'On the node: pvecm updatecerts --force',
    );
  const detail = `Good for ${daysLeft} more days${said}.`;
  return daysLeft < certificateDays
    ? warning('certificates', 'In use', detail, 'On the node: pvecm updatecerts --force')
    : ok('certificates', 'In use', detail);
}

export async function checkCluster(session: Session): Promise<Check[]> {
  const [pve, inventory] = await Promise.all([session.pve(), session.inventory()]);
  const { name, quorate, nodes } = await readClusterStatus(pve, inventory);
  const away = nodes.filter(({ online }) => !online).map(({ node }) => node);
  const what = name === undefined ? 'A node by itself' : `Cluster ${name}`;
  return [
    quorate === false
      ? failed(
          'cluster',
          'Quorum',
          3,
          `${what} has no quorum: nothing can be changed.`,
          'On a node: pvecm status',
        )
      : ok('cluster', 'Quorum', `${what}${quorate === undefined ? '' : ' can be changed'}.`),
    away.length > 0
      ? warning(
          'cluster',
          'Nodes',
          `Offline: ${away.join(', ')}.`,
          `See why, or wake it: pmx node wake ${away[0]}`,
        )
      : ok('cluster', 'Nodes', `${nodes.length} of ${nodes.length} online.`),
  ];
}

export async function checkStorages(session: Session): Promise<Check[]> {
  const storages = await readResources(await session.pve(), ['storage']);
  const label = ({ name, node }: { name: string; node?: string }): string =>
    node === undefined ? name : `${name} on ${node}`;
  const away = storages.filter(({ status }) => status !== 'available');
  const full = storages.filter(
    ({ diskBytes = 0, diskUsedBytes = 0 }) =>
      diskBytes > 0 && levelOf(diskUsedBytes / diskBytes) === 'critical',
  );
  const found = [
    ...(away.length > 0
      ? [
          warning(
            'cluster',
            'Storages',
            `Not available: ${away.map(label).join(', ')}.`,
            `pmx storage show ${away[0]!.name}`,
          ),
        ]
      : []),
    ...(full.length > 0
      ? [
          warning(
            'cluster',
            'Space',
            `More than 85 % full: ${full.map(label).join(', ')}.`,
            `What could go: pmx storage orphans, pmx storage prune ${full[0]!.name}`,
          ),
        ]
      : []),
  ];
  return found.length > 0
    ? found
    : [ok('cluster', 'Storages', `${storages.length} of ${storages.length} available.`)];
}

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
