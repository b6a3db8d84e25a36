import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Session } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import { createFakeHost, type FakeHostOptions } from '@pmx-cli/kit/testing';
import { expect } from 'chai';

import { checksOfPlugins } from '#dist/lib/commands/doctor-hooks.js';
import { bounded, ok } from '#dist/lib/operations/doctor/check.js';
import { type Check, examine, type Examination } from '#dist/lib/operations/doctor/index.js';
import { checkFolders, checkNode, checkPrograms } from '#dist/lib/operations/doctor/tool.js';

const endpoint = 'https://pve1:8006';
const soon = (): number => Math.floor(Date.now() / 1000);

const routes = {
  '/version': { version: '9.2.11' },
  '/cluster/resources': [
    { type: 'node', node: 'pve1', status: 'online' },
    {
      type: 'storage',
      storage: 'local',
      node: 'pve1',
      status: 'available',
      maxdisk: 100,
      disk: 10,
    },
  ],
  '/access/permissions': { '/': { 'VM.Audit': 1 } },
  '/access/users/root%40pam/token/t': { privsep: 0 },
  '/cluster/status': [
    { type: 'cluster', name: 'lab', quorate: 1 },
    { type: 'node', name: 'pve1', online: 1 },
  ],
  '/nodes/pve1/version': { version: '9.2.11' },
  '/nodes/pve1/services': [
    { name: 'pvestatd', 'active-state': 'active', 'unit-state': 'enabled' },
    { name: 'corosync', 'active-state': 'inactive', 'unit-state': 'enabled' },
    { name: 'chrony', 'active-state': 'inactive', 'unit-state': 'not-found' },
  ],
  '/nodes/pve1/disks/list': [{ devpath: '/dev/sda', model: 'X', health: 'PASSED' }],
  '/nodes/pve1/disks/zfs': [{ name: 'rpool', health: 'ONLINE' }],
  '/nodes/pve1/replication': [{ id: '100-0', guest: 100, fail_count: 0 }],
  '/cluster/ceph/status': { health: { status: 'HEALTH_OK' } },
  '/nodes/pve1/certificates/info': [{ filename: 'pve-ssl.pem', notafter: soon() + 300 * 86_400 }],
  // Of the moment: a whole run of tests is minutes older than the file.
  get '/nodes/pve1/time'() {
    return { time: soon() };
  },
};

const sessionOf = (over: Partial<FakeHostOptions> = {}): Session =>
  createFakeHost({
    pve: routes,
    contexts: { lab: { endpoint, tokenId: 'root@pam!t', fingerprint: 'AA' } },
    servers: { [endpoint]: {} },
    nodes: [{ node: 'pve1', status: 'online' }],
    settings: { cpuWarning: 80, memoryWarning: 85, diskWarning: 90 },
    ...over,
  }).open({ format: { type: 'json' }, log: {}, 'no-color': true });

const examined = (
  over: Partial<FakeHostOptions> = {},
  plugins: () => Promise<Check[]> = async () => [],
): Promise<Examination> => examine(sessionOf(over), { timeout: 2000, plugins });

const found = ({ checks }: Examination, status: Check['status']): string[] =>
  checks.filter((check) => check.status === status).map(({ area, title }) => `${area}: ${title}`);

describe('pmx doctor', () => {
  it('finds nothing where nothing is wrong', async () => {
    const result = await examined();
    expect(found(result, 'error')).to.deep.equal([]);
    expect(found(result, 'skipped')).to.deep.equal([]);
    expect(result).to.include({ exitCode: 0 });
    expect(found(result, 'ok')).to.include.members([
      'access: Login',
      'cluster: Quorum',
      'cluster: Storages',
      'cluster: Space',
      'cluster: Load',
      'cluster: Services',
      'cluster: Disks',
      'cluster: Ceph',
      'cluster: Replication',
      'certificates: Of nodes',
      'time: Nodes',
    ]);
  });

  const certificate = (days: number): object => ({
    validTo: new Date(Date.now() + days * 86_400_000 + 60_000).toISOString(),
  });
  const rows: ReadonlyArray<
    [
      what: string,
      over: Partial<FakeHostOptions>,
      status: Check['status'],
      check: string,
      exit: number,
    ]
  > = [
    ['no context', { contexts: {} }, 'error', 'configuration: Context', 1],
    [
      'nothing listens',
      { servers: {}, pve: { ...routes, '/version': undefined } as never },
      'error',
      'access: Server',
      2,
    ],
    [
      'no quorum',
      { pve: { ...routes, '/cluster/status': [{ type: 'cluster', name: 'lab', quorate: 0 }] } },
      'error',
      'cluster: Quorum',
      3,
    ],
    ['no rights', { pve: { ...routes, '/access/permissions': {} } }, 'error', 'access: Login', 3],
    [
      'a node is away',
      { pve: { ...routes, '/cluster/status': [{ type: 'node', name: 'pve2', online: 0 }] } },
      'warning',
      'cluster: Nodes',
      0,
    ],
    [
      'a storage is full',
      {
        pve: {
          ...routes,
          '/cluster/resources': [
            {
              type: 'storage',
              storage: 'a',
              node: 'pve1',
              status: 'available',
              maxdisk: 100,
              disk: 90,
            },
          ],
        },
      },
      'warning',
      'cluster: Space',
      0,
    ],
    [
      'a storage is away',
      {
        pve: {
          ...routes,
          '/cluster/resources': [
            { type: 'storage', storage: 'a', node: 'pve1', status: 'unknown' },
          ],
        },
      },
      'warning',
      'cluster: Storages',
      0,
    ],
    [
      'a node has hardly any memory left',
      {
        pve: {
          ...routes,
          '/cluster/resources': [
            { type: 'node', node: 'pve1', status: 'online', maxmem: 100, mem: 85 },
          ],
        },
      },
      'warning',
      'cluster: Load',
      0,
    ],
    [
      'a daemon that Proxmox VE lives by is dead',
      {
        pve: {
          ...routes,
          '/nodes/pve1/services': [
            { name: 'pvestatd', 'active-state': 'inactive', 'unit-state': 'enabled' },
          ],
        },
      },
      'error',
      'cluster: Services',
      3,
    ],
    [
      'another service has failed',
      {
        pve: {
          ...routes,
          '/nodes/pve1/services': [
            { name: 'postfix', 'active-state': 'failed', 'unit-state': 'enabled' },
          ],
        },
      },
      'warning',
      'cluster: Services',
      0,
    ],
    [
      'SMART fails a disk',
      {
        pve: {
          ...routes,
          '/nodes/pve1/disks/list': [{ devpath: '/dev/sda', model: 'X', health: 'FAILED!' }],
        },
      },
      'error',
      'cluster: Disks',
      3,
    ],
    [
      'a ZFS pool has lost a disk',
      {
        pve: { ...routes, '/nodes/pve1/disks/zfs': [{ name: 'rpool', health: 'DEGRADED' }] },
      },
      'error',
      'cluster: Disks',
      3,
    ],
    [
      'a replication fails',
      {
        pve: {
          ...routes,
          '/nodes/pve1/replication': [{ id: '100-0', fail_count: 2, error: 'no tunnel' }],
        },
      },
      'warning',
      'cluster: Replication',
      0,
    ],
    [
      'Ceph is not healthy',
      {
        pve: {
          ...routes,
          '/cluster/ceph/status': {
            health: {
              status: 'HEALTH_WARN',
              checks: { OSD_DOWN: { summary: { message: '1 osds down' } } },
            },
          },
        },
      },
      'warning',
      'cluster: Ceph',
      0,
    ],
    [
      'Ceph has lost data',
      { pve: { ...routes, '/cluster/ceph/status': { health: { status: 'HEALTH_ERR' } } } },
      'error',
      'cluster: Ceph',
      3,
    ],
    [
      'the certificate ends soon',
      { servers: { [endpoint]: { certificate: certificate(5) } } },
      'warning',
      'certificates: In use',
      0,
    ],
    [
      'the certificate has expired',
      { servers: { [endpoint]: { certificate: certificate(-5) } } },
      'error',
      'certificates: In use',
      2,
    ],
    [
      'that of a node ends soon',
      { pve: { ...routes, '/nodes/pve1/certificates/info': [{ notafter: soon() + 86_400 }] } },
      'warning',
      'certificates: Of nodes',
      0,
    ],
    [
      'the server is ahead',
      { servers: { [endpoint]: { clockOffset: 90_000 } } },
      'warning',
      'time: This machine',
      0,
    ],
    [
      'the clock of a node is wrong',
      { pve: { ...routes, '/nodes/pve1/time': { time: soon() - 90 } } },
      'warning',
      'time: Nodes',
      0,
    ],
    [
      'the token expires',
      {
        pve: {
          ...routes,
          '/access/users/root%40pam/token/t': { privsep: 0, expire: soon() + 86_400 },
        },
      },
      'warning',
      'access: Token',
      0,
    ],
  ];
  for (const [what, over, status, check, exit] of rows) {
    it(`${what}: ${status}, exit code ${exit}`, async () => {
      const result = await examined(over);
      expect(found(result, status)).to.include(check);
      expect(result.exitCode).to.equal(exit);
      for (const { status: light, hint, title } of result.checks)
        if (light === 'error' || light === 'warning') expect(hint, title).to.be.a('string');
    });
  }

  it('asks nothing more of a server that does not answer', async () => {
    const result = await examined({ contexts: {} });
    expect(found(result, 'skipped')).to.deep.equal([
      'access: Server',
      'cluster: Server',
      'certificates: Server',
      'time: Server',
    ]);
  });

  it('has what plugins find beside its own, and a failing one breaks nothing', async () => {
    const plugin = { name: 'pmx-plugin-x' };
    const runHook = (async () => ({
      successes: [
        {
          plugin,
          result: [
            { title: 'Licence', status: 'error', detail: 'It has ended.', hint: 'Buy one.' },
          ],
        },
        { plugin, result: 'nonsense' },
      ],
      failures: [{ plugin, error: new Error('boom\n at …') }],
    })) as never;
    const session = sessionOf();
    const result = await examined({}, () => checksOfPlugins({ runHook }, session));
    expect(result.exitCode).to.equal(2);
    expect(found(result, 'error')).to.deep.equal(['plugins: Licence']);
    expect(
      result.checks.filter(({ title }) => title === 'pmx-plugin-x').map(({ detail }) => detail),
    ).to.deep.equal([
      'It could not be asked: boom.',
      'It could not be asked: its answer is no list of checks.',
    ]);
  });

  it('ends a look that takes too long, and only that', async () => {
    const { signal } = new AbortController();
    const [late] = await bounded('access', 'Login', 10, signal, () => new Promise(() => undefined));
    expect(late).to.include({ status: 'error', exitCode: 2 });
    expect(late!.hint).to.include('--request-timeout');
    expect(
      await bounded('access', 'Login', 1000, signal, async () => ok('access', 'x', 'y')),
    ).to.have.length(1);
  });

  it('a right that is missing is no error, Ctrl-C ends all', async () => {
    const denied = (): Promise<never> =>
      Promise.reject(new RequestError({ code: 'PMX_PERMISSION_DENIED', message: 'no Sys.Audit' }));
    const [hidden] = await bounded('time', 'Nodes', 1000, new AbortController().signal, denied);
    expect(hidden).to.include({ status: 'skipped' });
    const thrown = await bounded('time', 'Nodes', 1000, AbortSignal.abort(), denied).catch(
      (error: Error) => error.name,
    );
    expect(thrown).to.equal('AbortError');
  });
});

describe('pmx doctor: this machine', () => {
  for (const [version, status] of [
    ['24.21.0', 'ok'],
    ['22.20.0', 'ok'],
    ['22.19.9', 'error'],
    ['20.20.2', 'error'],
  ] as const)
    it(`Node ${version}: ${status}`, () => {
      expect(checkNode(version).status).to.equal(status);
    });

  it('journals and cache have to be writable', function () {
    if (process.getuid?.() === 0) {
      // root may write anywhere, but not below a file.
      const folder = mkdtempSync(join(tmpdir(), 'pmx-doctor-'));
      writeFileSync(join(folder, 'file'), '');
      const inFile = join(folder, 'file', 'below');
      const [state, cache] = checkFolders({ state: inFile, cache: folder, config: '', data: '' });
      expect([state!.status, cache!.status]).to.deep.equal(['error', 'ok']);
      rmSync(folder, { recursive: true });
      return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'pmx-doctor-'));
    mkdirSync(join(folder, 'closed'));
    chmodSync(join(folder, 'closed'), 0o500);
    const at = { state: join(folder, 'closed', 'pmx'), cache: join(folder, 'closed') };
    const checks = checkFolders({ ...at, config: '', data: '' });
    expect(checks.map(({ status }) => status)).to.deep.equal(['error', 'warning']);
    rmSync(folder, { recursive: true });
  });

  it('a missing ssh is told', () => {
    expect(checkPrograms('/nonexistent').status).to.equal('warning');
  });
});
