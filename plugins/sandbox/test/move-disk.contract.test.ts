import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench, expectOk } from './helper.ts';
import type { Json, Reply } from './helper.ts';

const QEMU = '/nodes/pve1/qemu';
const MIB = 1024 * 1024;

describe('moving disks', function () {
  this.timeout(20_000);
  let bench: Bench;
  const config = (vmid: number): Promise<Json> => bench.read(`${QEMU}/${vmid}/config`);
  const volids = async (storage: string): Promise<string[]> =>
    (await bench.read(`/nodes/pve1/storage/${storage}/content?content=images`)).map(
      (row: Json) => row.volid,
    );
  const move = (vmid: number, form: Record<string, unknown>): Promise<Reply> =>
    bench.post(`${QEMU}/${vmid}/move_disk`, form);

  before(async () => {
    bench = await Bench.start({ capacityBytes: 64 * MIB });
    for (const form of [
      { storage: 'second', type: 'dir', path: '/mnt/second', content: 'images' },
      { storage: 'thin', type: 'lvmthin', vgname: 'pve', thinpool: 'data' },
      { storage: 'thick', type: 'lvm', vgname: 'slow' },
    ])
      expectOk(await bench.post('/storage', form));
  });
  after(() => bench.stop());

  it('moves to another storage, and keeps the old disk unless told otherwise', async () => {
    await bench.ok(
      bench.post(QEMU, {
        vmid: 101,
        scsi0: 'local:1,format=qcow2,discard=on',
        ide2: 'local:cloudinit',
      }),
    );
    const reply = await move(101, { disk: 'scsi0', storage: 'second' });
    expect(reply.data).to.match(/:qmmove:101:root@pam!pmx:$/);
    expect(await bench.end(reply.data)).to.equal('OK');
    expect((await bench.log(reply.data))[0]).to.equal(
      'create full clone of drive scsi0 (local:101/vm-101-disk-0.qcow2)',
    );
    expect(await config(101)).to.deep.include({
      scsi0: 'second:101/vm-101-disk-0.qcow2,discard=on,size=1G',
      unused0: 'local:101/vm-101-disk-0.qcow2',
    });
    await bench.ok(move(101, { disk: 'scsi0', storage: 'thin', format: 'qcow2', delete: 1 }));
    expect((await config(101)).scsi0).to.equal('thin:vm-101-disk-0,discard=on,size=1G');
    expect(await volids('second')).to.deep.equal([]);
    await bench.ok(move(101, { disk: 'ide2', storage: 'second', delete: 1 }));
    expect((await config(101)).ide2).to.match(/^second:101\/vm-101-cloudinit\.qcow2,media=cdrom/);
    // Into another format on the same storage, while the VM runs.
    await bench.ok(move(101, { disk: 'scsi0', storage: 'local', delete: 1 }));
    await bench.ok(bench.post(`${QEMU}/101/status/start`, {}));
    await bench.ok(move(101, { disk: 'scsi0', storage: 'local', format: 'qcow2', delete: 1 }));
    expect((await config(101)).scsi0).to.equal('local:101/vm-101-disk-2.qcow2,discard=on,size=1G');
    await bench.ok(bench.post(`${QEMU}/101/status/stop`, {}));
  });

  it('refuses at once what PVE refuses at once', async () => {
    const reason = async (form: Record<string, unknown>): Promise<string> =>
      (await move(101, { disk: 'scsi0', storage: 'second', ...form })).reason;
    expect(await reason({ storage: 'local' })).to.equal(
      "you can't move to the same storage with same format",
    );
    expect(await reason({ disk: 'scsi5' })).to.equal("disk 'scsi5' does not exist");
    expect(await reason({ storage: 'isoonly' })).to.equal(
      "storage 'isoonly' does not support content-type 'images'",
    );
    expect(await reason({ storage: 'nosuch' })).to.equal("storage 'nosuch' does not exist");
    expect(await reason({ digest: '0'.repeat(40) })).to.equal(
      'checksum mismatch (file change by other user?)',
    );
    const neither = await bench.post(`${QEMU}/101/move_disk`, { disk: 'scsi0' });
    expect(neither.body.errors).to.have.keys('storage', 'target-vmid');
    expect(
      (await move(101, { disk: 'scsi0', storage: 'thin', 'target-vmid': 102 })).body.errors,
    ).to.have.keys('storage', 'target-vmid');
    await bench.ok(bench.post(`${QEMU}/101/snapshot`, { snapname: 'one' }));
    expect(await reason({ delete: 1 })).to.equal(
      "you can't move a disk with snapshots and delete the source",
    );
    await bench.ok(bench.del(`${QEMU}/101/snapshot/one`));
    const auth = await bench.narrow('mover', { '/vms/101': 'VM.Config.Disk' });
    expect(
      (await bench.post(`${QEMU}/101/move_disk`, { disk: 'scsi0', storage: 'second' }, { auth }))
        .reason,
    ).to.equal('Permission check failed (/storage/second, Datastore.AllocateSpace)');
  });

  it('leaves everything as it was when the copy fails or is stopped', async () => {
    const before = await config(101);
    expect(await bench.run(move(101, { disk: 'scsi0', storage: 'thick' }))).to.match(
      /^storage migration failed: copy failed: /,
    );
    const slow = await move(101, { disk: 'scsi0', storage: 'second', bwlimit: 1 });
    await sleep(100);
    await bench.del(bench.taskPath(slow.data));
    expect(await bench.end(slow.data)).to.match(
      /^storage migration failed: .*interrupted by signal$/,
    );
    expect(await config(101)).to.deep.equal(before);
    expect(await volids('thick')).to.deep.equal([]);
    expect(await volids('second')).to.deep.equal(['second:101/vm-101-cloudinit.qcow2']);
  });

  it('gives a disk to another VM', async () => {
    await bench.ok(bench.post(QEMU, { vmid: 102, scsi0: 'local:1' }));
    const give = (form: Record<string, unknown>): Promise<Reply> =>
      move(101, { disk: 'unused0', 'target-vmid': 102, ...form });
    expect((await give({ 'target-disk': 'scsi0' })).reason).to.equal(
      "Target disk key 'scsi0' is already in use for guest '102'",
    );
    expect((await give({ 'target-vmid': 101 })).body.errors).to.have.property('target-vmid');
    expect((await give({ 'target-vmid': 999 })).reason).to.equal('target VM 999 does not exist');
    await bench.ok(give({ 'target-disk': 'scsi1' }));
    expect(await config(101)).to.not.have.property('unused0');
    expect((await config(102)).scsi1).to.match(/^local:102\/vm-102-disk-1\.qcow2/);
    expect(await volids('local')).to.deep.equal([
      'local:101/vm-101-disk-2.qcow2',
      'local:102/vm-102-disk-0.raw',
      'local:102/vm-102-disk-1.qcow2',
    ]);
  });

  it('unlinks disks, and removes them when forced', async () => {
    const unlink = (form: Record<string, unknown>): Promise<Reply> =>
      bench.put(`${QEMU}/102/unlink`, form);
    expect((await unlink({ idlist: 'scsi0' })).data).to.equal(null);
    expect((await config(102)).unused0).to.equal('local:102/vm-102-disk-0.raw');
    expectOk(await unlink({ idlist: 'unused0,scsi1', force: 1 }));
    expect(await config(102)).to.not.have.any.keys('unused0', 'scsi1');
    expect(await volids('local')).to.deep.equal(['local:101/vm-101-disk-2.qcow2']);
    expect((await unlink({})).body.errors).to.have.keys('idlist');
  });
});
