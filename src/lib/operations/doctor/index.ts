import type { Session } from '@pmx-cli/kit';
import { ExitCode } from '@pmx-cli/kit/errors';

import { type Area, bounded, type Check, type Look, ok } from './check.js';
import { checkConfiguration, checkContext } from './configuration.js';
import {
  checkNodeCertificates,
  checkNodeClocks,
  checkNodeDisks,
  checkNodeServices,
  checkReplication,
} from './nodes.js';
import { checkAccess, checkCeph, checkCluster } from './server.js';
import { checkFolders, checkNode, checkOperations, checkPrograms } from './tool.js';
import { checkUse } from './use.js';

export type { Area, Check, Light } from './check.js';

export interface Examination {
  /** The worst of all. */
  status: 'ok' | 'warning' | 'error';
  exitCode: ExitCode;
  checks: Check[];
}

/** In the order in which one mends them: each needs the ones before it. */
const order: readonly Area[] = [
  'tool',
  'configuration',
  'access',
  'cluster',
  'certificates',
  'time',
  'plugins',
];

type Row = readonly [area: Area, title: string, look: Look];

/**
 * Looks at everything that pmx needs, all at the same time; a look that takes too long is an error.
 * @param plugins what the hooks of plugins look at
 */
export async function examine(
  session: Session,
  { timeout, plugins }: { timeout: number; plugins: () => Promise<Check[]> },
): Promise<Examination> {
  const look = async (rows: readonly Row[]): Promise<Check[]> => {
    const found = rows.map(([area, title, run]) =>
      bounded(area, title, timeout, session.signal, run),
    );
    return (await Promise.all(found)).flat();
  };
  const [local, server] = await Promise.all([
    look([
      ['tool', 'Node', async () => checkNode()],
      ['tool', 'Folders', async () => checkFolders(session.paths)],
      ['tool', 'Operations', () => checkOperations(session)],
      ['tool', 'Programs', async () => checkPrograms()],
      ['configuration', 'Files', () => checkConfiguration(session)],
      ['plugins', 'Plugins', plugins],
    ]),
    examineServer(session, look),
  ]);
  const checks = order.flatMap((area) =>
    [...local, ...server].filter((check) => check.area === area),
  );
  const worst = checks.find(({ status }) => status === 'error');
  const warns = checks.some(({ status }) => status === 'warning');
  return {
    status: worst ? 'error' : warns ? 'warning' : 'ok',
    exitCode: worst ? (worst.exitCode ?? ExitCode.surroundings) : ExitCode.ok,
    checks,
  };
}

/** Where there is no way to the server, that is said once. */
async function examineServer(
  session: Session,
  look: (rows: readonly Row[]) => Promise<Check[]>,
): Promise<Check[]> {
  const context = await look([['configuration', 'Context', () => checkContext(session)]]);
  if (!good(context)) return [...context, ...notLookedAt(['access'])];
  const reached = await look([
    [
      'access',
      'Server',
      async () => {
        const { version } = await (await session.pve()).get<{ version: string }>('/version');
        return ok('access', 'Server', `It answers: Proxmox VE ${version}.`);
      },
    ],
  ]);
  if (!good(reached)) return [...context, ...reached, ...notLookedAt([])];
  const rest = await look([
    ['access', 'Login', () => checkAccess(session)],
    ['cluster', 'Cluster', () => checkCluster(session)],
    ['cluster', 'Use', () => checkUse(session)],
    ['cluster', 'Services', () => checkNodeServices(session)],
    ['cluster', 'Disks', () => checkNodeDisks(session)],
    ['cluster', 'Ceph', () => checkCeph(session)],
    ['cluster', 'Replication', () => checkReplication(session)],
    ['certificates', 'Of nodes', () => checkNodeCertificates(session)],
    ['time', 'Nodes', () => checkNodeClocks(session)],
  ]);
  return [...context, ...reached, ...rest];
}

function good(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== 'error');
}

function notLookedAt(more: readonly Area[]): Check[] {
  return [...more, 'cluster' as const, 'certificates' as const, 'time' as const].map((area) => ({
    area,
    title: 'Server',
    status: 'skipped',
    detail: 'Not looked at, for there is no way to the server.',
  }));
}
