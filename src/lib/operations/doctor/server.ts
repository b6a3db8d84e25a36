import type { PveReader, Session } from '@pmx-cli/kit';
import { ExitCode, isPmxError } from '@pmx-cli/kit/errors';

import { type AccessReport, testAccess } from '../auth/test.js';
import { readClusterStatus } from '../cluster/status.js';
import { certificateDays, type Check, failed, oddSkew, ok, warning } from './check.js';

const day = 24 * 60 * 60 * 1000;
const tokenDays = 14;

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

interface CephStatus {
  health?: {
    status?: string;
    checks?: Record<string, { summary?: { message?: string } }>;
  };
}

/** No finding where Ceph is not installed, which the server calls an error. */
export async function checkCeph(session: Session): Promise<Check[]> {
  const { health } = await cephStatus(await session.pve());
  const status = health?.status;
  if (status === undefined) return [];
  if (status === 'HEALTH_OK') return [ok('cluster', 'Ceph', 'It is healthy.')];
  const why = Object.values(health?.checks ?? {}).flatMap(({ summary }) => summary?.message ?? []);
  const detail = `${[status, ...why].join('; ')}.`;
  const hint = 'On a node: ceph health detail';
  return [
    status === 'HEALTH_ERR'
      ? failed('cluster', 'Ceph', ExitCode.proxmox, detail, hint)
      : warning('cluster', 'Ceph', detail, hint),
  ];
}

async function cephStatus(pve: PveReader): Promise<CephStatus> {
  try {
    return await pve.get<CephStatus>('/cluster/ceph/status');
  } catch (error) {
    if (isPmxError(error) && error.exitCode === ExitCode.proxmox) return {};
    throw error;
  }
}
