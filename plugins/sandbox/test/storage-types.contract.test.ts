import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { withinRoom } from '../dist/server/storage/room.js';
import { Bench, GIB, SECRET, qcow2 } from './helper.ts';
import type { Json, Reply } from './helper.ts';

const QEMU = '/nodes/pve1/qemu';
const MIB = 1024 * 1024;

describe('storage types', function () {
  this.timeout(20_000);
  let bench: Bench;
  const made = (form: Record<string, unknown>): Promise<Reply> => bench.post('/storage', form);
  const config = (vmid: number): Promise<Json> => bench.read(`${QEMU}/${vmid}/config`);
  const content = (storage: string): Promise<Json[]> =>
    bench.read(`/nodes/pve1/storage/${storage}/content`);
  const volids = async (storage: string): Promise<string[]> =>
    (await content(storage)).map((row) => row.volid);

  before(async () => {
    bench = await Bench.start({ nodes: 2 });
    await made({ storage: 'local-lvm', type: 'lvmthin', vgname: 'pve', thinpool: 'data' });
    await made({ storage: 'local-zfs', type: 'zfspool', pool: 'rpool/data', sparse: 1 });
    await made({ storage: 'thick', type: 'lvm', vgname: 'slow' });
    await made({ storage: 'nas', type: 'nfs', server: '10.0.0.9', export: '/srv/pve' });
    await made({ storage: 'isos', type: 'dir', path: '/mnt/isos', content: 'iso' });
  });
  after(() => bench.stop());

  it('takes the properties of each type and refuses the others', async () => {
    expect(await bench.read('/storage/local-lvm')).to.deep.include({
      type: 'lvmthin',
      vgname: 'pve',
      thinpool: 'data',
      content: 'images,rootdir',
    });
    expect(await bench.read('/storage/local-lvm')).to.not.have.property('path');
    expect(await bench.read('/storage/nas')).to.deep.include({
      path: '/mnt/pve/nas',
      server: '10.0.0.9',
      export: '/srv/pve',
      content: 'images',
    });
    const reason = async (form: Record<string, unknown>): Promise<string> =>
      (await made({ storage: 'new', ...form })).reason;
    expect(await reason({ type: 'lvmthin', vgname: 'pve' })).to.equal(
      "missing value for required option 'thinpool'",
    );
    expect(await reason({ type: 'dir' })).to.equal("missing value for required option 'path'");
    expect(await reason({ type: 'zfspool', pool: 'a', vgname: 'pve' })).to.equal(
      "unexpected property 'vgname'",
    );
    expect(
      (await made({ storage: 'new', type: 'lvm', vgname: 'a b' })).body.errors,
    ).to.have.property('vgname');
    const change = async (form: Record<string, unknown>): Promise<string> =>
      (await bench.put('/storage/local-zfs', form)).reason;
    expect(await change({ pool: 'other' })).to.equal(
      "can't change value of fixed parameter 'pool'",
    );
    expect(await change({ delete: 'pool' })).to.equal(
      "update storage failed: unable to delete required option 'pool'",
    );
    expect(await change({ digest: '0'.repeat(40), sparse: 0 })).to.match(
      /^update storage failed: /,
    );
    expect(await change({ blocksize: '16k' })).to.equal('Parameter verification failed.');
    expect(await change({ blocksize: '16K' })).to.equal('OK');
    expect(await bench.read('/storage/local-zfs')).to.include({ blocksize: '16K', sparse: 1 });
    expect(await change({ delete: 'blocksize' })).to.equal('OK');
    // A type drops what it cannot hold.
    await made({ storage: 'dropped', type: 'lvm', vgname: 'xx', content: 'images,iso' });
    expect((await bench.read('/storage/dropped')).content).to.equal('images');
    const types = (await bench.read('/cluster/resources?type=storage')).map(
      (row: Json) => `${row.node} ${row.storage} ${row.plugintype} ${row.shared}`,
    );
    expect(types).to.include.members(['pve2 nas nfs 1', 'pve1 local-lvm lvmthin 0']);
    const { type, active } = await bench.read('/nodes/pve1/storage/local-zfs/status');
    expect({ type, active }).to.deep.equal({ type: 'zfspool', active: 1 });
  });

  it('names, sizes and shows volumes as their type does', async () => {
    await bench.ok(
      bench.post(QEMU, {
        vmid: 101,
        scsi0: 'local-lvm:1',
        scsi1: 'local-zfs:1',
        ide2: 'local-lvm:cloudinit',
      }),
    );
    expect(await config(101)).to.deep.include({
      scsi0: 'local-lvm:vm-101-disk-0,size=1G',
      scsi1: 'local-zfs:vm-101-disk-0,size=1G',
      ide2: 'local-lvm:vm-101-cloudinit,media=cdrom',
    });
    const rows = await content('local-lvm');
    expect(rows.map((row) => row.volid)).to.deep.equal([
      'local-lvm:vm-101-cloudinit',
      'local-lvm:vm-101-disk-0',
    ]);
    expect(rows[1]).to.include({ format: 'raw', size: GIB, vmid: 101, content: 'images' });
    expect(rows[1]).to.not.have.property('used');
    const info = (storage: string): Promise<Json> =>
      bench.read(`/nodes/pve1/storage/${storage}/content/${storage}:vm-101-disk-0`);
    expect(await info('local-lvm')).to.include({ path: '/dev/pve/vm-101-disk-0', size: GIB });
    expect((await info('local-zfs')).path).to.equal('/dev/zvol/rpool/data/vm-101-disk-0');
    await bench.ok(bench.put(`${QEMU}/101/resize`, { disk: 'scsi0', size: '+1G' }));
    expect((await info('local-lvm')).size).to.equal(2 * GIB);
    expect(
      await bench.run(bench.put(`${QEMU}/101/resize`, { disk: 'scsi0', size: '1G' })),
    ).to.equal('shrinking disks is not supported');
    // One volume has one name only.
    for (const [volid, text] of [
      ['local:vm-101-disk-0', "unable to parse directory volume name 'vm-101-disk-0'"],
      [
        'local-lvm:101/vm-101-disk-0.raw',
        "unable to parse lvm volume name '101/vm-101-disk-0.raw'",
      ],
      ['local-zfs:iso/a.iso', "unable to parse zfs volume name 'iso/a.iso'"],
    ]) {
      const path = `/nodes/pve1/storage/${volid!.split(':')[0]}/content/${encodeURIComponent(volid!)}`;
      expect((await bench.get(path)).reason).to.equal(text);
      expect((await bench.put(`${QEMU}/101/config`, { scsi5: volid })).reason).to.equal(text);
    }
    // Thin volumes take no room, thick ones all of it.
    const used = async (storage: string): Promise<number> =>
      (await bench.read(`/nodes/pve1/storage/${storage}/status`)).used;
    expect(await used('local-lvm')).to.be.below(MIB);
    await bench.ok(bench.post(QEMU, { vmid: 102, scsi0: 'thick:2' }));
    expect(await used('thick')).to.equal(2 * GIB);
    expect(await bench.run(bench.post(QEMU, { vmid: 103, scsi0: 'thick:63' }))).to.match(
      /^unable to create VM 103 - lvcreate 'slow\/vm-103-disk-0' error: .* insufficient free space$/,
    );
    expect(await volids('thick')).to.deep.equal(['thick:vm-102-disk-0']);
    await bench.ok(bench.del(`${QEMU}/102`));
    expect(await volids('thick')).to.deep.equal([]);
  });

  it('keeps to formats and contents', async () => {
    expect(
      await bench.run(bench.post(QEMU, { vmid: 104, scsi0: 'local-lvm:1,format=qcow2' })),
    ).to.equal("unable to create VM 104 - unsupported format 'qcow2'");
    expect((await bench.post(QEMU, { vmid: 104, scsi0: 'isos:1' })).text).to.include(
      "storage 'isos' does not support vm images",
    );
    const image = await qcow2(GIB);
    const sent = await bench.upload('local-lvm', { content: 'iso' }, 'a.iso', image);
    expect(sent.reason).to.equal(
      "can't upload to storage type 'lvmthin', not a file based storage!",
    );
    const fetched = await bench.post('/nodes/pve1/storage/local-zfs/download-url', {
      url: 'http://127.0.0.1:1/a.iso',
      content: 'iso',
      filename: 'a.iso',
    });
    expect(fetched.reason).to.match(/^can't upload to storage type 'zfspool'/);
    const upload = await bench.upload('local', { content: 'import' }, 'a.qcow2', image);
    expect(await bench.end(upload.data)).to.equal('OK');
    await bench.ok(
      bench.post(QEMU, { vmid: 104, scsi0: 'local-zfs:0,import-from=local:import/a.qcow2' }),
    );
    expect((await config(104)).scsi0).to.equal('local-zfs:vm-104-disk-0,size=1G');
    const alloc = (filename: string): Promise<Reply> =>
      bench.post('/nodes/pve1/storage/local-lvm/content', { filename, vmid: 104, size: '1G' });
    expect((await alloc('vm-104-data')).data).to.equal('local-lvm:vm-104-data');
    expect((await alloc('vm-104-data.qcow2')).reason).to.equal(
      "illegal name 'vm-104-data.qcow2' - should be 'vm-104-*'",
    );
    await bench.ok(bench.del('/nodes/pve1/storage/local-lvm/content/local-lvm:vm-104-data'));
    await bench.ok(bench.del(`${QEMU}/104`));
  });

  it('clones from templates as each type can', async () => {
    for (const [vmid, storage] of [
      [200, 'local-lvm'],
      [201, 'local-zfs'],
      [202, 'thick'],
      [203, 'local'],
    ] as const) {
      await bench.ok(bench.post(QEMU, { vmid, scsi0: `${storage}:1` }));
      await bench.ok(bench.post(`${QEMU}/${vmid}/template`, {}));
    }
    expect((await config(200)).scsi0).to.equal('local-lvm:base-200-disk-0,size=1G');
    const clone = (vmid: number, newid: number, more: object = {}): Promise<Reply> =>
      bench.post(`${QEMU}/${vmid}/clone`, { newid, ...more });
    for (const vmid of [200, 201, 203]) await bench.ok(clone(vmid, vmid + 10));
    expect((await config(210)).scsi0).to.equal('local-lvm:vm-210-disk-0,size=1G');
    expect((await config(211)).scsi0).to.equal('local-zfs:base-201-disk-0/vm-211-disk-0,size=1G');
    expect((await config(213)).scsi0).to.equal(
      'local:203/base-203-disk-0.raw/213/vm-213-disk-0.qcow2,size=1G',
    );
    expect((await clone(202, 212)).reason).to.equal(
      "Linked clone feature is not supported for 'thick:base-202-disk-0' (scsi0)",
    );
    expect((await clone(200, 214, { full: 0, storage: 'local-zfs' })).reason).to.equal(
      "parameter 'storage' not allowed for linked clones",
    );
    await bench.ok(clone(202, 212, { full: 1, storage: 'local-lvm', format: 'qcow2' }));
    expect((await config(212)).scsi0).to.equal('local-lvm:vm-212-disk-0,size=1G');
    const clones = (await content('local-zfs')).find((row) => row.vmid === 211);
    expect(clones).to.include({
      volid: 'local-zfs:base-201-disk-0/vm-211-disk-0',
      parent: 'base-201-disk-0@__base__',
    });
    expect(await bench.run(bench.del(`${QEMU}/201`))).to.match(/still in use by linked cloned$/);
    // A thin clone does not need its base.
    await bench.ok(bench.del(`${QEMU}/200`));
    expect((await config(210)).scsi0).to.equal('local-lvm:vm-210-disk-0,size=1G');
    for (const vmid of [211, 201]) await bench.ok(bench.del(`${QEMU}/${vmid}`));
    expect(await volids('local-zfs')).to.deep.equal(['local-zfs:vm-101-disk-0']);
  });

  it('takes snapshots where the type can, and on ZFS goes back to the last one only', async () => {
    await bench.ok(bench.post(QEMU, { vmid: 300, scsi0: 'local-zfs:1' }));
    await bench.ok(bench.post(QEMU, { vmid: 301, scsi0: 'local:1' }));
    await bench.ok(bench.post(QEMU, { vmid: 302, scsi0: 'local-lvm:1' }));
    const snap = (vmid: number, snapname: string): Promise<string> =>
      bench.run(bench.post(`${QEMU}/${vmid}/snapshot`, { snapname }));
    const back = (vmid: number, name: string): Promise<string> =>
      bench.run(bench.post(`${QEMU}/${vmid}/snapshot/${name}/rollback`, {}));
    expect(await snap(301, 'one')).to.equal('snapshot feature is not available');
    const feature = async (vmid: number): Promise<number> =>
      (await bench.read(`${QEMU}/${vmid}/feature?feature=snapshot`)).hasFeature;
    expect([await feature(300), await feature(301), await feature(302)]).to.deep.equal([1, 0, 1]);
    for (const vmid of [300, 302]) {
      expect(await snap(vmid, 'one')).to.equal('OK');
      await bench.ok(bench.put(`${QEMU}/${vmid}/resize`, { disk: 'scsi0', size: '2G' }));
      expect(await snap(vmid, 'two')).to.equal('OK');
    }
    const clone = (vmid: number): Promise<Reply> =>
      bench.post(`${QEMU}/${vmid}/clone`, { newid: 309, full: 1, snapname: 'one' });
    expect((await clone(300)).reason).to.equal(
      "Full clone feature is not supported for drive 'scsi0'",
    );
    await bench.ok(clone(302));
    await bench.ok(bench.del(`${QEMU}/309`));
    expect(await back(300, 'one')).to.equal(
      "can't rollback, 'one' is not most recent snapshot on 'local-zfs:vm-300-disk-0'",
    );
    expect(await back(300, 'two')).to.equal('OK');
    await bench.ok(bench.del(`${QEMU}/300/snapshot/two`));
    expect(await back(300, 'one')).to.equal('OK');
    expect(await back(302, 'one')).to.equal('OK');
    for (const storage of ['local-zfs', 'local-lvm'])
      expect((await content(storage)).find((row) => row.vmid >= 300).size).to.equal(GIB);
  });

  it('takes back what a crash left on any storage, also on a disabled one', async () => {
    await bench.ok(bench.post(QEMU, { vmid: 400, scsi0: 'local-zfs:1', scsi1: 'thick:1' }));
    const root = await bench.post('/access/ticket', { username: 'root@pam', password: SECRET });
    const auth = {
      Cookie: `PVEAuthCookie=${root.data.ticket}`,
      CSRFPreventionToken: root.data.CSRFPreventionToken,
    };
    expect((await bench.put(`${QEMU}/400/config`, { lock: 'clone' }, { auth })).status).to.equal(
      200,
    );
    expect((await bench.put('/storage/thick', { disable: 1 })).status).to.equal(200);
    await bench.restart();
    expect((await bench.get(`${QEMU}/400/config`)).status).to.equal(500);
    expect((await bench.put('/storage/thick', { delete: 'disable' })).status).to.equal(200);
    for (const storage of ['thick', 'local-zfs'])
      expect((await volids(storage)).filter((volid) => volid.includes('-400-'))).to.deep.equal([]);
  });

  it('stops whatever writes more than there is room for', async () => {
    const path = join(bench.dir, 'growing');
    const { signal } = new AbortController();
    let written = 0;
    const grow = async (stop: AbortSignal): Promise<void> => {
      for (; !stop.aborted; written += MIB) {
        await appendFile(path, Buffer.alloc(MIB, 'x'));
        await sleep(5);
      }
      throw new Error('stopped');
    };
    const outcome = withinRoom(path, 3 * MIB, signal, grow).then(
      () => 'written',
      (error: Error) => error.message,
    );
    expect(await outcome).to.equal('qemu-img: error while writing: No space left on device');
    expect(written).to.be.at.least(3 * MIB);
    await withinRoom(path, 2 * written, signal, () => Promise.resolve());
    await rm(path);
  });
});
