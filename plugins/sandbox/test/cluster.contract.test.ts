import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startSandbox } from '../dist/server/index.js';
import { Bench, expectOk, savedState, SECRET } from './helper.ts';
import type { Json } from './helper.ts';

describe('cluster, nodes, tasks', function () {
  this.timeout(10_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ nodes: 3 });
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 100, name: 'a', tags: 'x;y' }));
    await bench.ok(bench.post('/nodes/pve2/qemu', { vmid: 101 }));
  });
  after(() => bench.stop());

  it('knows its nodes', async () => {
    expect(
      (await bench.read('/nodes')).map((row: Json) => `${row.node} ${row.status}`),
    ).to.deep.equal(['pve1 online', 'pve2 online', 'pve3 online']);
    expect((await bench.read('/cluster/status'))[0]).to.include({
      type: 'cluster',
      nodes: 3,
      quorate: 1,
    });
    expect((await bench.read('/nodes/pve2/status')).pveversion).to.match(
      /^pve-manager\/9\.2\.11\//,
    );
    expect((await bench.read('/nodes/pve2/version')).release).to.equal('9.2');
    expect((await bench.read('/nodes/pve2/time')).time).to.be.closeTo(Date.now() / 1000, 5);
    expect((await bench.read('/nodes/pve1/network'))[0]).to.include({
      iface: 'vmbr0',
      type: 'bridge',
      active: 1,
    });
    expect(await bench.read('/nodes/pve1/network?type=bond')).to.deep.equal([]);
    expect(await bench.read('/nodes/pve1/network/vmbr0')).to.include({ type: 'bridge' });
    expect((await bench.get('/nodes/pve1/network/eth9')).reason).to.equal(
      'interface does not exist',
    );
    expect(await bench.read('/nodes/pve1/dns')).to.have.property('dns1');
    expect((await bench.read('/nodes/pve1/hosts')).data).to.include('pve3');
    expect(await bench.read('/nodes/pve1/lxc')).to.deep.equal([]);
    expect((await bench.read('/nodes/pve1/subscription')).status).to.equal('notfound');
    for (const path of ['', '/access', '/cluster', '/nodes/pve1'])
      expect((await bench.read(path || '/')).length).to.be.greaterThan(4);
    expect((await bench.get('/nodes/nosuch/qemu')).reason).to.match(
      /^hostname lookup 'nosuch' failed - failed to get address info for: nosuch: /,
    );
  });

  it('lists resources and free numbers', async () => {
    const rows = await bench.read('/cluster/resources');
    expect(rows.map((row: Json) => row.type)).to.include.members([
      'qemu',
      'node',
      'storage',
      'network',
    ]);
    expect(
      (await bench.read('/cluster/resources?type=storage')).filter(
        (row: Json) => row.storage === 'shared',
      ),
    ).to.have.length(3);
    expect((await bench.get('/cluster/resources?type=bogus')).body.errors).to.deep.equal({
      type: "value 'bogus' does not have a value in the enumeration 'vm, storage, node, sdn'",
    });
    expect(await bench.read('/cluster/nextid')).to.equal('102');
    expect(await bench.read('/cluster/nextid?vmid=500')).to.equal('500');
    expect((await bench.get('/cluster/nextid?vmid=100')).body.errors).to.deep.equal({
      vmid: 'VM 100 already exists',
    });
    expect(await bench.read('/cluster/options')).to.include({ mac_prefix: 'BC:24:11' });
    expectOk(await bench.put('/cluster/options', { mac_prefix: 'AA:BB:CC', description: 'd' }));
    await bench.put('/nodes/pve1/qemu/100/config', { net0: 'virtio' });
    expect((await bench.read('/nodes/pve1/qemu/100/config')).net0).to.match(/^virtio=AA:BB:CC/);
    expectOk(await bench.put('/cluster/options', { delete: 'description' }));
    expect((await bench.read('/cluster/options'))['allowed-tags']).to.deep.equal(['x', 'y']);
    expect((await bench.read('/cluster/log?max=1'))[0].msg).to.match(
      /^(?:starting|end) task UPID:/,
    );
  });

  it('lists tasks with all filters', async () => {
    await bench.run(bench.post('/nodes/pve1/qemu/999/status/start'));
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/start'));
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/stop'));
    const list = async (query: string): Promise<{ rows: string[]; total: number }> => {
      const { body } = await bench.get(`/nodes/pve1/tasks?${query}`);
      return {
        rows: body.data.map((row: Json) => `${row.type} ${row.id} ${row.status}`),
        total: body.total,
      };
    };
    const failed =
      "qmstart 999 Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist";
    expect(await list('')).to.deep.equal({
      rows: ['qmstop 100 OK', 'qmstart 100 OK', failed, 'qmcreate 100 OK'],
      total: 4,
    });
    expect(await list('limit=1&start=1')).to.deep.equal({ rows: ['qmstart 100 OK'], total: 4 });
    expect(await list('limit=0')).to.deep.equal({ rows: [], total: 4 });
    expect(await list('errors=1')).to.deep.equal({ rows: [failed], total: 1 });
    expect(await list('statusfilter=error,warning')).to.deep.equal({ rows: [failed], total: 1 });
    expect((await list('typefilter=qmcreate')).total).to.equal(1);
    expect((await list('vmid=999')).total).to.equal(1);
    expect(await list('userfilter=lab')).to.deep.equal({ rows: [], total: undefined });
    expect((await list('since=2000000000')).rows).to.deep.equal([]);
    expect((await list('until=1000')).rows).to.deep.equal([]);
    expect((await list('source=active')).rows).to.deep.equal([]);
    expect((await list('source=all')).total).to.equal(4);
    expect((await bench.read('/cluster/tasks')).length).to.equal(5);
    expect((await bench.read('/cluster/tasks'))[0])
      .to.include({ saved: '1', status: 'OK' })
      .and.not.have.property('pid');
  });

  it('answers questions about a task', async () => {
    const { upid } = (await bench.read('/nodes/pve1/tasks?typefilter=qmcreate'))[0];
    expect(await bench.read(bench.taskPath(upid))).to.deep.equal([
      { name: 'log' },
      { name: 'status' },
    ]);
    expect((await bench.get(`/nodes/pve1/tasks/${upid}/status`)).data).to.include({
      status: 'stopped',
      exitstatus: 'OK',
      type: 'qmcreate',
      id: '100',
      user: 'root@pam!pmx',
    });
    expect((await bench.get(`${bench.taskPath(upid)}/log?start=5000`)).body).to.deep.equal({
      data: [],
      total: 1,
    });
    expect((await bench.get(`${bench.taskPath(upid)}/log?start=0&limit=1`)).body).to.deep.equal({
      data: [{ n: 1, t: 'TASK OK' }],
      total: 1,
    });
    expect((await bench.get(`${bench.taskPath(upid)}/log?download=1`)).text).to.equal('TASK OK\n');
    const unknown = upid.replace(/:[0-9A-F]{8}:/, ':0009030F:');
    expect((await bench.get(`${bench.taskPath(unknown)}/status`)).body.errors).to.deep.equal({
      upid: 'no such task',
    });
    expect((await bench.get(`${bench.taskPath(unknown)}/log`)).body).to.deep.equal({
      data: [{ n: 1, t: 'unable to open file - No such file or directory' }],
      total: 1,
    });
    expect((await bench.get('/nodes/pve1/tasks/garbage/status')).body.errors).to.deep.equal({
      upid: 'unable to parse worker upid',
    });
  });

  it('keeps backup jobs, HA resources and replication, and a purge takes the VM out of all', async () => {
    expectOk(
      await bench.post('/cluster/backup', {
        id: 'nightly',
        vmid: '100,101',
        storage: 'local',
        schedule: '02:00',
      }),
    );
    expectOk(
      await bench.post('/cluster/backup', { vmid: '101', storage: 'local', schedule: 'sat 03:00' }),
    );
    expect((await bench.post('/cluster/backup', { id: 'nightly', all: 1 })).reason).to.equal(
      "Job 'nightly' already exists",
    );
    expectOk(await bench.put('/cluster/backup/nightly', { comment: 'c', enabled: 0 }));
    expect(await bench.read('/cluster/backup/nightly')).to.include({
      id: 'nightly',
      vmid: '100,101',
      comment: 'c',
      enabled: 0,
      type: 'vzdump',
    });
    expectOk(await bench.post('/cluster/ha/resources', { sid: 'vm:101', state: 'stopped' }));
    expect((await bench.post('/cluster/ha/resources', { sid: '999' })).reason).to.equal(
      "unable to find VM ID '999'",
    );
    expect((await bench.post('/cluster/ha/resources', { sid: '101' })).reason).to.equal(
      "resource ID 'vm:101' already defined",
    );
    expectOk(await bench.put('/cluster/ha/resources/vm:101', { comment: 'c' }));
    expect(await bench.read('/cluster/ha/resources')).to.deep.equal([
      { sid: 'vm:101', type: 'vm', state: 'stopped', comment: 'c' },
    ]);
    expect((await bench.read('/nodes/pve2/qemu/101/status/current')).ha).to.deep.equal({
      managed: 1,
    });
    expect((await bench.del('/nodes/pve2/qemu/101')).reason).to.equal(
      'unable to remove VM 101 - used in HA resources and purge parameter not set.',
    );
    expectOk(
      await bench.post('/cluster/replication', { id: '101-0', type: 'local', target: 'pve3' }),
    );
    expect((await bench.read('/cluster/replication'))[0]).to.include({
      id: '101-0',
      guest: 101,
      source: 'pve2',
      target: 'pve3',
    });
    const del = await bench.del('/nodes/pve2/qemu/101?purge=1&destroy-unreferenced-disks=1');
    expect(await bench.end(del.data)).to.equal('OK');
    expect(await bench.log(del.data)).to.include('purging VM 101 from related configurations..');
    expect(
      (await bench.read('/cluster/backup')).map((job: Json) => `${job.id} ${job.vmid}`),
    ).to.deep.equal(['nightly 100']);
    expect(await bench.read('/cluster/ha/resources')).to.deep.equal([]);
    expect(await bench.read('/cluster/replication')).to.deep.equal([]);
    expectOk(await bench.post('/cluster/ha/resources', { sid: '100' }));
    expect(await bench.read('/cluster/ha/resources/100')).to.include({ sid: 'vm:100' });
    expectOk(await bench.del('/cluster/ha/resources/vm:100'));
    expect((await bench.del('/cluster/ha/resources/vm:100')).status).to.equal(500);
    expectOk(await bench.del('/cluster/backup/nightly'));
    expect((await bench.get('/cluster/backup/nightly')).reason).to.equal("no such job 'nightly'");
  });
});

describe('a sandbox as a process', function () {
  this.timeout(15_000);
  const MAIN = new URL('../dist/server/main.js', import.meta.url).pathname;
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pmx-sandbox-main-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const launch = (
    more: Record<string, unknown> = {},
  ): {
    exit: Promise<number | null>;
    stderr: () => string;
    kill: (signal: NodeJS.Signals) => void;
  } => {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        ...process.env,
        PMX_SANDBOX_OPTIONS: JSON.stringify({
          dataDir: dir,
          port: 0,
          nodes: 1,
          taskMillis: 60_000,
          ...more,
        }),
        PMX_SANDBOX_TOKEN: SECRET,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return {
      exit: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
      stderr: () => stderr,
      kill: (signal) => child.kill(signal),
    };
  };
  const ready = async (): Promise<Json> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      const text = await readFile(join(dir, 'ready.json'), 'utf8').catch(() => undefined);
      if (text !== undefined) return JSON.parse(text);
      await sleep(25);
    }
    throw new Error('never ready');
  };

  it('says when it is ready, stops on SIGTERM and fails what still runs', async () => {
    const child = launch();
    const told = await ready();
    expect(told).to.include({ nodes: 1, url: `https://127.0.0.1:${told.port}` });
    expect(told.fingerprint).to.match(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    for (const file of [
      'ready.json',
      'state.json',
      'ticket.key',
      'pve-ssl.key',
      'requests.jsonl',
      'sandbox.log',
    ]) {
      // The log's first line follows the ready file.
      await sleep(20);
      expect((await stat(join(dir, file))).mode & 0o077, file).to.equal(0);
    }
    const second = launch();
    expect(await second.exit).to.equal(2);
    expect(second.stderr()).to.equal(`sandbox: ${dir} is already used by process ${told.pid}\n`);
    const bench = new Bench(
      dir,
      { url: told.url, port: told.port, fingerprint: '', close: async () => undefined },
      { dataDir: dir, port: 0, nodes: 1, tokenSecret: SECRET },
    );
    const task = await bench.post('/nodes/pve1/qemu', { vmid: 100, scsi0: 'local:1' });
    expect(task.status).to.equal(200);
    await sleep(100);
    const begin = performance.now();
    child.kill('SIGTERM');
    expect(await child.exit).to.equal(0);
    expect(performance.now() - begin).to.be.lessThan(2000);
    bench.agent.destroy();
    expect(await readdir(dir))
      .to.not.include('ready.json')
      .and.not.include('sandbox.pid');
    const state = JSON.parse(await readFile(join(dir, 'state.json'), 'utf8'));
    expect(state.tasks[0].exitstatus).to.equal('unable to create VM 100 - interrupted by signal');
    expect(state.vms).to.deep.equal({});
    expect(JSON.stringify(state)).to.not.contain(SECRET);
    expect(await readFile(join(dir, 'sandbox.log'), 'utf8')).to.match(
      /listening on https:[\s\S]*SIGTERM: stopping/,
    );
  });

  it('survives kill -9: tasks fail, half-made VMs go, the directory is free again', async () => {
    const child = launch();
    const told = await ready();
    const bench = new Bench(
      dir,
      { url: told.url, port: told.port, fingerprint: '', close: async () => undefined },
      { dataDir: dir, port: 0, nodes: 1, tokenSecret: SECRET },
    );
    const task = await bench.post('/nodes/pve1/qemu', { vmid: 100, scsi0: 'local:1' });
    await sleep(300);
    // A busy machine saves later.
    while (!(await savedState(dir)).includes(task.data)) await sleep(20);
    child.kill('SIGKILL');
    await child.exit;
    bench.agent.destroy();
    const again = await startSandbox({
      dataDir: dir,
      port: 0,
      nodes: 1,
      tokenSecret: SECRET,
      taskMillis: 0,
    });
    const after = new Bench(dir, again, bench.options);
    expect((await after.read(`${after.taskPath(task.data)}/status`)).exitstatus).to.equal(
      'unexpected status',
    );
    expect((await after.get('/nodes/pve1/qemu/100/config')).status).to.equal(500);
    expect(await after.read('/nodes/pve1/storage/local/content')).to.deep.equal([]);
    expect(again.fingerprint).to.equal(told.fingerprint);
    await after.stop();
  });

  it('refuses a port in use, data of a newer version, damaged data and missing options', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const busy = launch({ port });
    expect(await busy.exit).to.equal(2);
    expect(busy.stderr()).to.equal(
      `sandbox: port ${port} on 127.0.0.1 is already in use: take another one, or 0 for any that is free\n`,
    );
    server.close();
    await writeFile(join(dir, 'state.json'), '{"format": 99}');
    const newer = launch();
    expect(await newer.exit).to.equal(2);
    expect(newer.stderr()).to.match(
      /^sandbox: .*state\.json was written by a newer version \(data format 99, this one knows 2\): take that version, or another data directory\n$/,
    );
    expect(await readFile(join(dir, 'state.json'), 'utf8')).to.equal('{"format": 99}');
    await writeFile(join(dir, 'state.json'), '{');
    const damaged = launch();
    expect(await damaged.exit).to.equal(2);
    expect(damaged.stderr()).to.match(/is damaged: it is not JSON\n$/);
    const nodes = launch({ nodes: 0 });
    expect(await nodes.exit).to.equal(2);
  });

  it('keeps everything across a restart', async () => {
    const bench = await Bench.start({ nodes: 2 });
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 100,
        name: 'keep',
        scsi0: 'local:1',
        agent: 1,
        net0: 'virtio,bridge=vmbr0',
      }),
    );
    await bench.ok(bench.post('/nodes/pve1/qemu/100/status/start'));
    await bench.post('/access/users', { userid: 'u@pve', password: 'password-1' });
    const { ticket } = (
      await bench.post(
        '/access/ticket',
        { username: 'u@pve', password: 'password-1' },
        { auth: {} },
      )
    ).data;
    const before = {
      config: await bench.read('/nodes/pve1/qemu/100/config'),
      content: await bench.read('/nodes/pve1/storage/local/content'),
      tasks: await bench.read('/nodes/pve1/tasks'),
    };
    const { fingerprint } = bench.sandbox;
    await bench.restart({ nodes: 1, tokenSecret: 'another-secret' });
    expect((await bench.get('/version')).status).to.equal(401);
    await bench.restart();
    expect(bench.sandbox.fingerprint).to.equal(fingerprint);
    expect({
      config: await bench.read('/nodes/pve1/qemu/100/config'),
      content: await bench.read('/nodes/pve1/storage/local/content'),
      tasks: await bench.read('/nodes/pve1/tasks'),
    }).to.deep.equal(before);
    expect((await bench.read('/nodes/pve1/qemu/100/status/current')).status).to.equal('running');
    expect(
      (await bench.get('/version', { auth: { Cookie: `PVEAuthCookie=${ticket}` } })).status,
    ).to.equal(200);
    expect((await bench.read('/nodes')).length).to.equal(2);
    await bench.stop();
  });
});
