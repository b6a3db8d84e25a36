import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Bench, GIB, qcow2 } from './helper.ts';
import type { Json } from './helper.ts';

describe('contention: locks, staleness, aborted tasks', function () {
  this.timeout(15_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({
      nodes: 2,
      taskMillis: 900,
      staleMillis: 400,
      lockTimeoutMillis: 150,
      agentDelayMillis: 1500,
      agentTimeoutMillis: 60,
    });
    await bench.ok(bench.upload('shared', { content: 'import' }, 'test.qcow2', await qcow2(GIB)));
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 900,
        name: 'tpl',
        scsi0: 'shared:0,import-from=shared:import/test.qcow2',
        net0: 'virtio,bridge=vmbr0',
        agent: 1,
      }),
    );
  });
  after(() => bench.stop());

  const images = (): Promise<string[]> =>
    bench
      .read('/nodes/pve1/storage/shared/content?content=images')
      .then((rows: Json[]) => rows.map((row) => row.volid));
  const TIMEOUT = (vmid: number): string =>
    `can't lock file '/var/lock/qemu-server/lock-${vmid}.conf' - got timeout`;

  it('locks both sides of a clone, and an abort undoes it', async () => {
    const clone = await bench.post('/nodes/pve1/qemu/900/clone', { newid: 901, full: 1 });
    await sleep(60);
    const half = await bench.read('/nodes/pve1/qemu/901/config');
    expect(half)
      .to.include({ lock: 'clone', name: 'Copy-of-VM-tpl' })
      .and.not.have.property('scsi0');
    expect((await bench.read('/nodes/pve1/qemu/901/status/current')).lock).to.equal('clone');
    expect((await bench.put('/nodes/pve1/qemu/901/config', { memory: 600 })).reason).to.equal(
      'VM is locked (clone)',
    );
    expect(
      (await bench.post('/nodes/pve1/qemu/900/clone', { newid: 901, full: 1 })).reason,
    ).to.equal('unable to create VM 901: config file already exists');
    expect((await bench.post('/nodes/pve1/qemu', { vmid: 901 })).reason).to.equal(
      `unable to create VM 901 - ${TIMEOUT(901)}`,
    );
    const [put, start] = await Promise.all([
      bench.put('/nodes/pve1/qemu/900/config', { memory: 600 }),
      bench.post('/nodes/pve1/qemu/901/status/start'),
    ]);
    expect([put.status, put.reason]).to.deep.equal([500, TIMEOUT(900)]);
    expect(await bench.end(start.data)).to.equal(TIMEOUT(901));
    expect(await bench.log(start.data)).to.deep.equal([
      'trying to acquire lock...',
      `TASK ERROR: ${TIMEOUT(901)}`,
    ]);
    expect(await images()).to.have.length(2);
    expect((await bench.del(bench.taskPath(clone.data))).data).to.equal(null);
    expect(await bench.end(clone.data)).to.match(
      /^clone failed: copy failed: command '.*qemu-img convert .*' failed: interrupted by signal$/,
    );
    expect((await bench.get('/nodes/pve1/qemu/901/config')).reason).to.equal(
      "Configuration file 'nodes/pve1/qemu-server/901.conf' does not exist",
    );
    expect(await images()).to.have.length(1);
    // a finished task cannot be stopped, and that is no error
    expect((await bench.del(bench.taskPath(clone.data))).status).to.equal(200);
  });

  it('aborts a create as well', async () => {
    const create = await bench.post('/nodes/pve1/qemu', { vmid: 910, scsi0: 'shared:1' });
    await sleep(60);
    expect(Object.keys(await bench.read('/nodes/pve1/qemu/910/config')).sort()).to.deep.equal([
      'digest',
      'lock',
    ]);
    expect(
      (await bench.read('/nodes/pve1/tasks?source=active')).map((row: Json) => row.upid),
    ).to.deep.equal([create.data]);
    await bench.del(bench.taskPath(create.data));
    expect(await bench.end(create.data)).to.equal(
      'unable to create VM 910 - interrupted by signal',
    );
    expect(await images()).to.have.length(1);
  });

  it('lets linked clones of a template run side by side, also to another node', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu/900/template'));
    const begin = performance.now();
    const clones = await Promise.all(
      [920, 921, 922].map((newid) =>
        bench.post('/nodes/pve1/qemu/900/clone', {
          newid,
          name: `n${newid}`,
          ...(newid === 922 ? { target: 'pve2' } : {}),
        }),
      ),
    );
    for (const clone of clones) expect(await bench.end(clone.data)).to.equal('OK');
    expect(performance.now() - begin).to.be.lessThan(2500);
    expect((await bench.read('/nodes/pve2/qemu')).map((row: Json) => row.vmid)).to.deep.equal([
      922,
    ]);
    expect((await bench.get('/nodes/pve1/qemu/922/config')).status).to.equal(500);
    expect(await bench.read('/nodes/pve1/qemu/920/feature?feature=copy')).to.deep.equal({
      hasFeature: 1,
      nodes: ['pve1', 'pve2'],
    });
  });

  it('shows new VMs late in cluster/resources, and old ones after a change', async () => {
    const row = async (vmid: number): Promise<Json> =>
      (await bench.read('/cluster/resources?type=vm')).find((entry: Json) => entry.vmid === vmid);
    await sleep(450);
    expect(await row(920)).to.include({
      name: 'n920',
      status: 'stopped',
      node: 'pve1',
      template: 0,
      type: 'qemu',
      id: 'qemu/920',
    });
    await bench.put('/nodes/pve1/qemu/920/config', { name: 'new', tags: 'a' });
    expect(await row(920)).to.include({ name: 'n920', tags: 'a' });
    await sleep(450);
    expect(await row(920)).to.include({ name: 'new', tags: 'a' });
    const reply = await bench.post('/nodes/pve1/qemu', { vmid: 930, name: 'fresh' });
    expect(await row(930)).to.deep.equal({
      id: 'qemu/930',
      node: 'pve1',
      type: 'qemu',
      vmid: 930,
      status: 'unknown',
      lock: 'create',
    });
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(await row(930)).to.deep.equal({
      id: 'qemu/930',
      node: 'pve1',
      type: 'qemu',
      vmid: 930,
      status: 'unknown',
    });
    await sleep(450);
    expect(await row(930)).to.include({ name: 'fresh', status: 'stopped' });
  });

  it('lets the agent answer only after a while', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu/920/status/start'));
    const early = await bench.post('/nodes/pve1/qemu/920/agent/ping');
    expect(early.reason).to.equal('QEMU guest agent is not running');
    expect(early.millis).to.be.greaterThan(50);
    await sleep(1500);
    expect((await bench.post('/nodes/pve1/qemu/920/agent/ping')).status).to.equal(200);
    const [first, second] = await Promise.all([
      bench.post('/nodes/pve1/qemu/920/status/shutdown'),
      sleep(30).then(() =>
        bench.post('/nodes/pve1/qemu/920/status/stop', { 'overrule-shutdown': 1 }),
      ),
    ]);
    expect(await bench.end(first.data)).to.equal('interrupted by signal');
    expect(await bench.end(second!.data)).to.equal('OK');
  });

  it('deletes a VM once when asked twice', async () => {
    const results = await Promise.all(
      [1, 2].map(() => bench.post('/nodes/pve1/qemu/930/config', { name: 'x' })),
    );
    for (const reply of results) await bench.end(reply.data);
    await bench.restart({ lockTimeoutMillis: 3000 });
    const twice = await Promise.all([
      bench.del('/nodes/pve1/qemu/930'),
      bench.del('/nodes/pve1/qemu/930'),
    ]);
    const statuses = await Promise.all(twice.map((reply) => bench.end(reply.data)));
    expect(statuses.sort()).to.deep.equal([
      "Configuration file 'nodes/pve1/qemu-server/930.conf' does not exist",
      'OK',
    ]);
  });

  it('slows a copy down by bwlimit', async () => {
    const clone = await bench.post('/nodes/pve1/qemu/900/clone', {
      newid: 940,
      full: 1,
      bwlimit: 1,
    });
    await sleep(1400);
    expect((await bench.read(`${bench.taskPath(clone.data)}/status`)).status).to.equal('running');
    await bench.del(bench.taskPath(clone.data));
    expect(await bench.end(clone.data)).to.match(/interrupted by signal$/);
  });
});
