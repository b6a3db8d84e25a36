import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Config } from '@oclif/core/config';
import { type PmxCommand, registerHost } from '@pmx-cli/kit';
import { expect } from 'chai';
import nock from 'nock';

import NodeList from '#dist/commands/node/list.js';
import VmList from '#dist/commands/vm/list.js';
import VmShow from '#dist/commands/vm/show.js';
import { createHost } from '#dist/lib/host.js';

// From its import on nock replaces the TLS sockets of every test in the process; only on when wanted.
nock.restore();

const endpoint = 'https://pve.test:8006';
const resources = [
  {
    type: 'qemu',
    vmid: 101,
    name: 'web-01',
    node: 'pve1',
    status: 'running',
    maxcpu: 2,
    maxmem: 2 ** 31,
    maxdisk: 2 ** 34,
    uptime: 3661,
    tags: 'prod;web',
  },
  { type: 'qemu', vmid: 9000, name: 'debian-12', node: 'pve1', status: 'stopped', template: 1 },
  { type: 'lxc', vmid: 200, name: 'dns', node: 'pve1', status: 'running' },
];

interface Outcome {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** The commands with the real host, client and output; only the wire is made up. */
describe('commands over a mocked wire', () => {
  let home: string;
  let pve: nock.Scope;
  let config: Config;

  before(async () => {
    config = await Config.load(fileURLToPath(new URL('../..', import.meta.url)));
    home = mkdtempSync(join(tmpdir(), 'pmx-command-'));
    mkdirSync(join(home, 'config'));
    // nock's sockets have no certificate to verify.
    const context = { endpoint, tokenId: 'ci@pve!pmx', insecure: true };
    writeFileSync(
      join(home, 'config/config.yaml'),
      JSON.stringify({ currentContext: 'lab', contexts: { lab: context } }),
    );
    writeFileSync(
      join(home, 'config/secrets.json'),
      JSON.stringify({ lab: { endpoint, secret: 'a-long-token-secret' } }),
      { mode: 0o600 },
    );
    nock.activate();
    nock.disableNetConnect();
  });

  beforeEach(() => {
    pve = nock(endpoint, {
      reqheaders: { authorization: 'PVEAPIToken=ci@pve!pmx=a-long-token-secret' },
    });
  });

  afterEach(() => {
    // A stub that nobody asked is a test that says too much.
    expect(nock.pendingMocks()).to.deep.equal([]);
    nock.cleanAll();
  });

  after(() => {
    nock.enableNetConnect();
    nock.restore();
    rmSync(home, { recursive: true });
  });

  async function run(
    command: { run(argv: string[], config: Config): ReturnType<PmxCommand<unknown>['run']> },
    ...argv: string[]
  ): Promise<Outcome> {
    const earlier = { host: registerHost(createHost()), home: process.env['PMX_HOME'] };
    Object.assign(process.env, { PMX_HOME: home, NO_COLOR: '1' });
    try {
      const streams = await captured(() => command.run(argv, config));
      return { ...streams, exitCode: Number(process.exitCode ?? 0) };
    } finally {
      process.exitCode = undefined;
      delete process.env['NO_COLOR'];
      if (earlier.home === undefined) delete process.env['PMX_HOME'];
      else process.env['PMX_HOME'] = earlier.home;
      registerHost(earlier.host);
    }
  }

  async function captured(
    work: () => Promise<unknown>,
  ): Promise<{ stdout: string; stderr: string }> {
    const seen = { stdout: '', stderr: '' };
    const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
    for (const name of ['stdout', 'stderr'] as const) {
      process[name].write = ((text: string) => {
        seen[name] += text;
        return true;
      }) as typeof process.stdout.write;
    }
    try {
      await work();
    } finally {
      process.stdout.write = originals.stdout;
      process.stderr.write = originals.stderr;
    }
    return seen;
  }

  it('vm list: one request, a table of the VMs only', async () => {
    pve.get('/api2/json/cluster/resources').query({ type: 'vm' }).reply(200, { data: resources });
    const { stdout, stderr } = await run(VmList);
    expect(stdout).to.equal(
      'VMID   NAME     STATUS    NODE   CPUS   MEMORY     DISK   UPTIME   TAGS\n' +
        ' 101   web-01   running   pve1      2    2 GiB   16 GiB    1h 1m   prod,web\n',
    );
    expect(stderr).to.include('not verified');
  });

  it('node list --json: one document, figures as numbers', async () => {
    pve.get('/api2/json/nodes').reply(200, {
      data: [
        { node: 'pve1', status: 'online', maxcpu: 8, cpu: 0.25, maxmem: 100, mem: 50, uptime: 9 },
      ],
    });
    const { stdout } = await run(NodeList, '--json');
    expect(JSON.parse(stdout)).to.deep.equal([
      {
        node: 'pve1',
        status: 'online',
        cpus: 8,
        cpuUsage: 0.25,
        memoryBytes: 100,
        memoryUsedBytes: 50,
        uptimeSeconds: 9,
      },
    ]);
  });

  it('vm show: a refusal of PVE is exit 3, with its words and the privilege, and no secret', async () => {
    pve.get('/api2/json/nodes').reply(200, { data: [{ node: 'pve1', status: 'online' }] });
    pve
      .get('/api2/json/nodes/pve1/qemu')
      .reply(200, { data: [{ vmid: 101, name: 'web-01', status: 'stopped' }] });
    pve.get('/api2/json/nodes/pve1/lxc').reply(200, { data: [] });
    pve
      .get('/api2/json/nodes/pve1/qemu/101/config')
      .reply(403, { data: null, message: 'Permission check failed (/vms/101, VM.Audit)\n' });
    const { stdout, exitCode } = await run(VmShow, 'web-01', '--json');
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(exitCode).to.equal(3);
    expect(error.code).to.equal('PMX_PERMISSION_DENIED');
    expect(error.message).to.include('VM.Audit');
    expect(stdout).to.not.include('a-long-token-secret');
  });
});
