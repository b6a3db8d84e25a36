import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Bench, expectOk } from './helper.ts';
import type { Json, Reply } from './helper.ts';

const MIB = 1024 * 1024;

describe('migration', function () {
  this.timeout(20_000);
  let bench: Bench;
  const vm = (vmid: number, node = 'pve1'): string => `/nodes/${node}/qemu/${vmid}`;
  const config = (vmid: number, node = 'pve1'): Promise<Json> =>
    bench.read(`${vm(vmid, node)}/config`);
  const disks = async (node: string, storage = 'local'): Promise<string[]> =>
    (await bench.read(`/nodes/${node}/storage/${storage}/content?content=images`)).map(
      (row: Json) => row.volid,
    );
  const migrate = (vmid: number, form: Record<string, unknown>, node = 'pve1'): Promise<Reply> =>
    bench.post(`${vm(vmid, node)}/migrate`, form);
  const create = (vmid: number, form: Record<string, unknown>): Promise<void> =>
    bench.ok(bench.post('/nodes/pve1/qemu', { vmid, ...form }));
  /** The log without its moments. */
  const lines = async (upid: string): Promise<string[]> =>
    (await bench.log(upid)).map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, ''));

  before(async () => {
    bench = await Bench.start({ nodes: 3, capacityBytes: 64 * MIB });
    for (const form of [
      { storage: 'thin', type: 'lvmthin', vgname: 'pve', thinpool: 'data' },
      { storage: 'only1', type: 'dir', path: '/mnt/only1', content: 'images', nodes: 'pve1' },
      { storage: 'thick', type: 'lvm', vgname: 'slow' },
    ])
      expectOk(await bench.post('/storage', form));
  });
  after(() => bench.stop());

  it('tells what stands in the way', async () => {
    await create(100, { scsi0: 'local:1', scsi1: 'only1:1', scsi2: 'shared:1', memory: 512 });
    const told = await bench.read(`${vm(100)}/migrate`);
    expect(told).to.deep.include({
      running: 0,
      allowed_nodes: [],
      not_allowed_nodes: {
        pve2: { unavailable_storages: ['only1'] },
        pve3: { unavailable_storages: ['only1'] },
      },
      local_resources: [],
      'mapped-resources': [],
    });
    expect(
      told.local_disks.map((disk: Json) => [disk.volid, disk.drivename, disk.cdrom]),
    ).to.deep.equal([
      ['local:100/vm-100-disk-0.raw', 'scsi0', 0],
      ['only1:100/vm-100-disk-0.raw', 'scsi1', 0],
    ]);
    expect((await migrate(100, { target: 'pve2' })).reason).to.equal(
      "storage 'only1' is not available on node 'pve2'",
    );
    await bench.ok(migrate(100, { target: 'pve2', targetstorage: 'only1:local' }));
    expect(await config(100, 'pve2')).to.include({
      scsi0: 'local:100/vm-100-disk-0.raw,size=1G',
      scsi1: 'local:100/vm-100-disk-1.raw,size=1G',
      scsi2: 'shared:100/vm-100-disk-0.raw,size=1G',
    });
    expect(await disks('pve1', 'only1')).to.deep.equal([]);
    await bench.ok(bench.del(vm(100, 'pve2')));
  });

  it('moves a VM that is off, with its disks and snapshots', async () => {
    await create(101, { name: 'mover', scsi0: 'local:1,format=qcow2', ide2: 'local:cloudinit' });
    await bench.ok(bench.post(`${vm(101)}/snapshot`, { snapname: 'one' }));
    const reply = await migrate(101, { target: 'pve2' });
    expect(reply.data).to.match(/^UPID:pve1:.*:qmigrate:101:root@pam!pmx:$/);
    expect(await bench.end(reply.data)).to.equal('OK');
    const log = await lines(reply.data);
    expect(log[0]).to.equal("starting migration of VM 101 to node 'pve2' (10.99.0.2)");
    expect(log).to.include("found local disk 'local:101/vm-101-disk-0.qcow2' (attached)");
    expect(log).to.include('copying local disk images');
    expect(log.at(-2)).to.match(/^migration finished successfully \(duration \d\d:\d\d:\d\d\)$/);
    expect((await bench.get(`${vm(101)}/config`)).reason).to.equal(
      "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist",
    );
    expect(await config(101, 'pve2')).to.not.have.property('lock');
    expect(await disks('pve1')).to.deep.equal([]);
    expect(await disks('pve2')).to.deep.equal([
      'local:101/vm-101-cloudinit.qcow2',
      'local:101/vm-101-disk-0.qcow2',
    ]);
    await bench.ok(bench.post(`${vm(101, 'pve2')}/snapshot/one/rollback`, {}));
    const [row] = await bench.read('/cluster/resources?type=vm');
    expect(row).to.include({ vmid: 101, node: 'pve2', name: 'mover' });
    await bench.ok(bench.del(`${vm(101, 'pve2')}/snapshot/one`));
    await bench.ok(migrate(101, { target: 'pve1', targetstorage: 'thin' }, 'pve2'));
    expect((await config(101)).scsi0).to.equal('thin:vm-101-disk-0,size=1G');
    expect(await disks('pve2')).to.deep.equal([]);
    await bench.ok(bench.del(vm(101)));
  });

  it('moves a running VM, with local disks only when told to', async () => {
    await create(102, { scsi0: 'local:1', agent: 1 });
    await bench.ok(bench.post(`${vm(102)}/status/start`, {}));
    expect((await bench.read(`${vm(102)}/migrate`)).running).to.equal(1);
    expect((await migrate(102, { target: 'pve3' })).reason).to.equal(
      "can't migrate running VM without --online",
    );
    const refused = await migrate(102, { target: 'pve3', online: 1 });
    expect(await bench.end(refused.data)).to.equal('migration aborted');
    const why = "Problem found while scanning volumes - can't migrate VM - check log";
    expect((await lines(refused.data)).slice(-5, -2)).to.deep.equal([
      "can't migrate local disk 'local:102/vm-102-disk-0.raw': can't live migrate attached local disks without with-local-disks option",
      `ERROR: ${why}`,
      'aborting phase 1 - cleanup resources',
    ]);
    expect(await config(102)).to.not.have.property('lock');
    await bench.ok(migrate(102, { target: 'pve3', online: 1, 'with-local-disks': 1 }));
    expect((await bench.read(`${vm(102, 'pve3')}/status/current`)).status).to.equal('running');
    expectOk(await bench.post(`${vm(102, 'pve3')}/agent/ping`, {}));
    expect(await disks('pve1')).to.deep.equal([]);
    await bench.ok(bench.post(`${vm(102, 'pve3')}/status/stop`, {}));
    await bench.ok(bench.del(vm(102, 'pve3')));
  });

  it('refuses at once what PVE refuses at once', async () => {
    await create(103, { scsi0: 'local:1,format=qcow2' });
    const reason = async (form: Record<string, unknown>): Promise<string> =>
      (await migrate(103, form)).reason;
    expect((await migrate(103, { target: 'pve1' })).body.errors).to.deep.equal({
      target: 'target is local node.',
    });
    expect(await reason({ target: 'pve9' })).to.equal("no such cluster node 'pve9'");
    expect(await reason({ target: 'pve2', targetstorage: 'nosuch' })).to.equal(
      "storage 'nosuch' does not exist",
    );
    expect(await reason({ target: 'pve2', targetstorage: 'isoonly' })).to.equal(
      "storage 'isoonly' does not support vm images",
    );
    expect(
      (await migrate(103, { target: 'pve2', targetstorage: '1,local' })).body.errors,
    ).to.have.keys('targetstorage');
    expect((await migrate(103, { target: 'pve2', force: 1 })).body.errors).to.deep.equal({
      force: 'Only root may use this option.',
    });
    const auth = await bench.narrow('shifter', { '/vms/103': 'VM.Migrate' });
    const denied = await bench.post(
      `${vm(103)}/migrate`,
      { target: 'pve2', targetstorage: 'thin' },
      { auth },
    );
    expect(denied.reason).to.equal('Permission check failed (/vms/103, VM.Config.Disk)');
    expect((await bench.get(`${vm(999)}/migrate`)).status).to.equal(500);
  });

  it('leaves the VM and its disks where they were when it fails half way', async () => {
    await bench.ok(bench.put(`${vm(103)}/resize`, { disk: 'scsi0', size: '+1M' }));
    const before = await config(103);
    // It does not fit there.
    expect(await bench.run(migrate(103, { target: 'pve2', targetstorage: 'thick' }))).to.equal(
      'migration aborted',
    );
    const slow = await migrate(103, { target: 'pve2', bwlimit: 1 });
    await sleep(100);
    await bench.del(bench.taskPath(slow.data));
    expect(await bench.end(slow.data)).to.equal('migration aborted');
    expect((await lines(slow.data)).join('\n')).to.match(/interrupted by signal/);
    expect(await config(103)).to.deep.equal(before);
    expect(await disks('pve2', 'thick')).to.deep.equal([]);
    expect(await disks('pve2')).to.deep.equal([]);
    expect(await disks('pve1')).to.deep.equal(['local:103/vm-103-disk-0.qcow2']);
  });

  it('cannot take along discs, linked clones and devices of the node', async () => {
    const sent = await bench.upload('local', { content: 'iso' }, 'a.iso', Buffer.alloc(512));
    expect(await bench.end(sent.data)).to.equal('OK');
    expectOk(await bench.put(`${vm(103)}/config`, { ide2: 'local:iso/a.iso,media=cdrom' }));
    const reply = await migrate(103, { target: 'pve2' });
    expect(await bench.end(reply.data)).to.equal('migration aborted');
    expect(await lines(reply.data)).to.include(
      "can't migrate local disk 'local:iso/a.iso': local cdrom image",
    );
    expectOk(await bench.put(`${vm(103)}/config`, { delete: 'ide2' }));
    await bench.ok(bench.post(`${vm(103)}/template`, {}));
    await bench.ok(bench.post(`${vm(103)}/clone`, { newid: 104 }));
    const base = await migrate(103, { target: 'pve2' });
    expect(await bench.end(base.data)).to.equal('migration aborted');
    expect((await lines(base.data)).join('\n')).to.include('referenced by linked clone(s)');
    await bench.ok(migrate(104, { target: 'pve2' }));
    await bench.ok(migrate(103, { target: 'pve2' }));
    expect((await config(103, 'pve2')).scsi0).to.match(/^local:103\/base-103-disk-0\.qcow2/);
  });

  it('stays when the other node is down', async () => {
    await create(107, { scsi0: 'local:1' });
    expectOk(
      await bench.put('/sandbox/faults', {
        rules: JSON.stringify([{ id: 'f1', action: { type: 'node-down', node: 'pve3' } }]),
      }),
    );
    const reply = await migrate(107, { target: 'pve3' });
    expect(await bench.end(reply.data)).to.equal('migration aborted');
    expect((await lines(reply.data)).at(-2)).to.match(
      /^ERROR: migration aborted \(duration \S+\): Can't connect to destination address/,
    );
    expect(await config(107)).to.include({ scsi0: 'local:107/vm-107-disk-0.raw,size=1G' });
  });

  it('does not clone to a storage that only the other node could see', async () => {
    await create(105, { scsi0: 'shared:1' });
    const clone = (storage: string): Promise<Reply> =>
      bench.post(`${vm(105)}/clone`, { newid: 106, target: 'pve2', full: 1, storage });
    expect((await clone('local')).reason).to.equal("can't clone to non-shared storage 'local'");
    await bench.ok(clone('shared'));
    expect((await config(106, 'pve2')).scsi0).to.equal('shared:106/vm-106-disk-0.raw,size=1G');
  });
});
