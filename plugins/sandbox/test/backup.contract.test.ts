import { existsSync } from 'node:fs';
import { open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { markGroup, parseKeep } from '../dist/server/backup/prune.js';
import { Bench } from './helper.ts';
import type { Json } from './helper.ts';

const MIB = 1024 ** 2;

async function mark(path: string, text: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(text, offset);
  await file.close();
}

async function marked(path: string, length: number, offset: number): Promise<string> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  await file.close();
  return buffer.toString();
}

describe('backups: vzdump, restore, prune', function () {
  this.timeout(30_000);
  let bench: Bench;
  const root = (path: string): string => join(bench.dir, 'storages/pve1/local', path);
  const backups = (query = ''): Promise<Json[]> =>
    bench.read(`/nodes/pve1/storage/local/content?content=backup${query}`);
  const newest = async (vmid: number): Promise<Json> => (await backups(`&vmid=${vmid}`)).at(-1);
  const dump = (form: Record<string, unknown>): Promise<Json> =>
    bench.post('/nodes/pve1/vzdump', { storage: 'local', ...form });
  const attribute = (volid: string): string =>
    `/nodes/pve1/storage/local/content/${encodeURIComponent(volid)}`;

  before(async () => {
    bench = await Bench.start();
    await bench.ok(
      bench.upload('local', { content: 'vztmpl' }, 'alpine-3.20.tar.xz', Buffer.from('tar')),
    );
    await bench.ok(
      bench.post('/nodes/pve1/qemu', {
        vmid: 101,
        name: 'web',
        memory: 700,
        description: 'two\nlines',
        scsi0: 'local:1',
        scsi1: 'local:1,backup=0',
        ide2: 'local:cloudinit',
        net0: 'virtio,bridge=vmbr0',
        agent: 1,
      }),
    );
    await mark(root('images/101/vm-101-disk-0.raw'), 'inside the disk', 300 * MIB);
    await bench.ok(
      bench.post('/nodes/pve1/lxc', {
        vmid: 200,
        hostname: 'box',
        ostemplate: 'local:vztmpl/alpine-3.20.tar.xz',
        rootfs: 'local:1',
        mp0: 'local:0,mp=/data,backup=1',
        mp1: 'local:1,mp=/scratch',
        net0: 'name=eth0,bridge=vmbr0,ip=dhcp',
      }),
    );
    await mark(root('images/200/vm-200-disk-0.raw'), 'rootfs', 12_345);
    await writeFile(root('images/200/subvol-200-disk-1.subvol/file.txt'), 'a file');
  });
  after(() => bench.stop());

  it('saves a VM in a real archive, with log, notes and protection', async () => {
    const reply = await dump({
      vmid: 101,
      compress: 'zstd',
      'notes-template': '{{guestname}} of {{node}}, {{vmid}}\\n{{cluster}}',
      protected: 1,
    });
    expect(reply.data).to.match(/:vzdump:101:root@pam!pmx:$/);
    expect(await bench.end(reply.data)).to.equal('OK');
    const row = await newest(101);
    expect(row.volid).to.match(
      /^local:backup\/vzdump-qemu-101-\d{4}_\d\d_\d\d-\d\d_\d\d_\d\d\.vma\.zst$/,
    );
    expect(row).to.include({
      content: 'backup',
      format: 'vma.zst',
      subtype: 'qemu',
      vmid: 101,
      protected: 1,
      notes: 'web of pve1, 101\nstandalone node',
    });
    expect(row).to.not.have.property('verification');
    const file = root(`dump/${row.volid.split('/')[1]}`);
    const content = await readFile(file);
    expect(content.length).to.equal(row.size).and.to.be.lessThan(MIB);
    expect(content.readUInt32LE(0), 'zstd').to.equal(0xfd2fb528);
    const log = await bench.log(reply.data);
    expect(log.join('\n')).to.match(/INFO: starting new backup job: vzdump 101 --/);
    expect(log).to.include.members([
      'INFO: Starting Backup of VM 101 (qemu)',
      'INFO: status = stopped',
      "INFO: include disk 'scsi0' 'local:101/vm-101-disk-0.raw' 1G",
      "INFO: exclude disk 'scsi1' 'local:101/vm-101-disk-1.raw' (backup=no)",
      'INFO: backup mode: stop',
      'INFO: marking backup as protected',
      'INFO: Backup job finished successfully',
      'TASK OK',
    ]);
    expect(await readFile(file.replace('.vma.zst', '.log'), 'utf8')).to.include(
      'Finished Backup of VM 101',
    );
    expect((await bench.read('/nodes/pve1/qemu/101/config')).lock).to.equal(undefined);
    const info = await bench.read(attribute(row.volid));
    expect(info).to.include({ protected: 1, notes: row.notes });
  });

  it('restores a VM: configuration, disks, new addresses on request', async () => {
    const { volid } = await newest(101);
    const before = await bench.read('/nodes/pve1/qemu/101/config');
    const restore = (form: Record<string, unknown>): Promise<Json> =>
      bench.post('/nodes/pve1/qemu', { archive: volid, ...form });
    const reply = await restore({ vmid: 110 });
    expect(reply.data).to.include(':qmrestore:110:');
    expect(await bench.end(reply.data)).to.equal('OK');
    const same = await bench.read('/nodes/pve1/qemu/110/config');
    for (const key of ['name', 'memory', 'description', 'net0', 'agent', 'boot', 'smbios1'])
      expect(same[key], key).to.equal(before[key]);
    expect(same.scsi0).to.equal('local:110/vm-110-disk-0.raw,size=1G');
    expect(same).to.not.have.any.keys('scsi1', 'lock');
    expect(same.ide2).to.match(/^local:110\/vm-110-cloudinit\.qcow2,media=cdrom/);
    const disk = root('images/110/vm-110-disk-0.raw');
    expect(await marked(disk, 15, 300 * MIB)).to.equal('inside the disk');
    const found = await stat(disk);
    expect(found.size).to.equal(1024 * MIB);
    expect(found.blocks * 512, 'holes stay holes').to.be.lessThan(64 * MIB);
    await bench.ok(restore({ vmid: 111, unique: 1, name: 'other', start: 1 }));
    const other = await bench.read('/nodes/pve1/qemu/111/config');
    expect(other.name).to.equal('other');
    expect(other.net0).to.not.equal(before.net0);
    expect(other.smbios1).to.not.equal(before.smbios1);
    expect((await bench.read('/nodes/pve1/qemu/111/status/current')).status).to.equal('running');
    expect((await restore({ vmid: 110 })).reason).to.equal(
      "unable to restore VM 110 - VM 110 already exists on node 'pve1'",
    );
    expect((await restore({ vmid: 111, force: 1 })).reason).to.equal(
      'unable to restore VM 111 - vm is running',
    );
    await mark(disk, 'something', 300 * MIB);
    await bench.ok(restore({ vmid: 110, force: 1 }));
    const again = (await bench.read('/nodes/pve1/qemu/110/config')).scsi0.split(/[:,]/)[1];
    expect(await marked(root(`images/${again}`), 15, 300 * MIB)).to.equal('inside the disk');
    const left = await bench.read('/nodes/pve1/storage/local/content?content=images&vmid=110');
    expect(left.length, 'the old disks are gone').to.equal(2);
  });

  it('refuses a restore that cannot be', async () => {
    const { volid } = await newest(101);
    const refuse = async (form: Record<string, unknown>): Promise<Json> =>
      bench.post('/nodes/pve1/qemu', { vmid: 120, archive: volid, ...form });
    expect(
      (await refuse({ archive: 'local:backup/vzdump-qemu-101-2020_01_01-00_00_00.vma' })).reason,
    ).to.equal("volume 'local:backup/vzdump-qemu-101-2020_01_01-00_00_00.vma' does not exist");
    expect((await refuse({ scsi0: 'local:1' })).body.errors).to.deep.equal({
      scsi0: "option conflicts with option 'archive'",
    });
    expect((await refuse({ storage: 'isoonly' })).reason).to.equal(
      "storage 'isoonly' does not support vm images",
    );
    expect((await refuse({ 'live-restore': 1 })).status).to.equal(400);
    expect(
      (await bench.post('/nodes/pve1/qemu', { vmid: 120, force: 1 })).body.errors,
    ).to.deep.equal({
      archive: "missing property required by 'force'",
    });
    expect(
      (await bench.post('/nodes/pve1/lxc', { vmid: 120, ostemplate: volid, restore: 1 })).status,
    ).to.equal(500);
    expect((await bench.get('/nodes/pve1/qemu/120/config')).status).to.equal(500);
  });

  it('leaves nothing of a restore from a damaged archive', async () => {
    await bench.ok(dump({ vmid: 101 }));
    const { volid, size } = await newest(101);
    await truncate(root(`dump/${volid.split('/')[1]}`), size - 100);
    expect(await bench.run(bench.post('/nodes/pve1/qemu', { vmid: 121, archive: volid }))).to.equal(
      'unable to restore VM 121 - unexpected end of the archive',
    );
    expect((await bench.get('/nodes/pve1/qemu/121/config')).status).to.equal(500);
    expect(existsSync(root('images/121'))).to.equal(false);
    const foreign = 'vzdump-qemu-101-2021_01_01-00_00_00.vma.gz';
    await writeFile(root(`dump/${foreign}`), 'no archive');
    expect(
      await bench.run(
        bench.post('/nodes/pve1/qemu', { vmid: 121, archive: `local:backup/${foreign}` }),
      ),
    ).to.match(/^unable to restore VM 121 - this archive was not made by a sandbox/);
    for (const one of [volid, `local:backup/${foreign}`]) await bench.ok(bench.del(attribute(one)));
  });

  it('saves and restores a container with the mount points that are wanted', async () => {
    const reply = await dump({ vmid: 200, compress: 'gzip' });
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(await bench.log(reply.data)).to.include.members([
      'INFO: CT Name: box',
      "INFO: including mount point rootfs ('/') in backup",
      "INFO: excluding volume mount point mp1 ('/scratch') from backup (disabled)",
    ]);
    const row = await newest(200);
    expect(row).to.include({ format: 'tar.gz', subtype: 'lxc', vmid: 200 });
    const task = await bench.post('/nodes/pve1/lxc', {
      vmid: 210,
      ostemplate: row.volid,
      restore: 1,
      unique: 1,
      hostname: 'again',
    });
    expect(task.data).to.include(':vzrestore:210:');
    expect(await bench.end(task.data)).to.equal('OK');
    const now = await bench.read('/nodes/pve1/lxc/210/config');
    expect(now).to.include({
      hostname: 'again',
      ostype: 'alpine',
      rootfs: 'local:210/vm-210-disk-0.raw,size=1G',
      mp0: 'local:210/subvol-210-disk-1.subvol,mp=/data,backup=1,size=0',
    });
    expect(now).to.not.have.any.keys('mp1', 'lock');
    expect(now.net0).to.not.equal((await bench.read('/nodes/pve1/lxc/200/config')).net0);
    expect(await marked(root('images/210/vm-210-disk-0.raw'), 6, 12_345)).to.equal('rootfs');
    const file = root('images/210/subvol-210-disk-1.subvol/file.txt');
    expect(await readFile(file, 'utf8')).to.equal('a file');
    expect(
      (await bench.post('/nodes/pve1/lxc', { vmid: 200, ostemplate: row.volid, restore: 1 }))
        .reason,
    ).to.equal("unable to restore CT 200 - CT 200 already exists on node 'pve1'");
    await bench.ok(
      bench.post('/nodes/pve1/lxc', { vmid: 210, ostemplate: row.volid, restore: 1, force: 1 }),
    );
    expect((await bench.read('/nodes/pve1/lxc/210/config')).hostname).to.equal('box');
  });

  it('keeps a running guest running, and locks it meanwhile', async () => {
    const slow = await Bench.start({ taskMillis: 700 });
    await slow.ok(slow.post('/nodes/pve1/qemu', { vmid: 100, scsi0: 'local:1' }));
    await slow.ok(slow.post('/nodes/pve1/qemu/100/status/start'));
    const save = (mode: string): Promise<Json> =>
      slow.post('/nodes/pve1/vzdump', { vmid: 100, storage: 'local', mode });
    const current = (): Promise<Json> => slow.read('/nodes/pve1/qemu/100/status/current');
    const live = await save('snapshot');
    await sleep(250);
    expect(await current()).to.include({ status: 'running', lock: 'backup', qmpstatus: 'running' });
    expect((await slow.put('/nodes/pve1/qemu/100/config', { memory: 600 })).reason).to.equal(
      'VM is locked (backup)',
    );
    expect(await slow.end(live.data)).to.equal('OK');
    const { pid } = await current();
    const paused = await save('suspend');
    await sleep(250);
    expect((await current()).qmpstatus).to.equal('paused');
    expect(await slow.end(paused.data)).to.equal('OK');
    expect(await current()).to.include({ qmpstatus: 'running', pid });
    const stopped = await save('stop');
    await sleep(250);
    expect((await current()).status).to.equal('stopped');
    expect(await slow.end(stopped.data)).to.equal('OK');
    const after = await current();
    expect(after.status).to.equal('running');
    expect(after.pid).to.not.equal(pid);
    const aborted = await save('suspend');
    await sleep(250);
    await slow.del(slow.taskPath(aborted.data));
    expect(await slow.end(aborted.data)).to.equal('interrupted by signal');
    expect(await current())
      .to.include({ qmpstatus: 'running' })
      .and.not.have.property('lock');
    const names = await readdir(join(slow.dir, 'storages/pve1/local/dump'));
    expect(names.filter((name) => name.endsWith('.vma')).length).to.equal(3);
    expect(names.filter((name) => name.endsWith('.dat'))).to.deep.equal([]);
    await slow.stop();
  });

  it('goes on with the next guest when one fails', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 130 }));
    const reply = await dump({ vmid: '999,130' });
    expect(reply.data).to.include(':vzdump::');
    expect(await bench.end(reply.data)).to.equal('job errors');
    const log = (await bench.log(reply.data)).join('\n');
    expect(log).to.include("ERROR: Backup of VM 999 failed - unable to find VM '999'");
    expect(log).to.include('INFO: Finished Backup of VM 130');
    expect(log).to.match(/Backup job finished with errors\nTASK ERROR: job errors$/);
    const all = await dump({ exclude: '101,110,111', compress: 'zstd' });
    expect(await bench.end(all.data)).to.equal('OK');
    const text = (await bench.log(all.data)).join('\n');
    for (const vmid of [130, 200, 210]) expect(text).to.include(`Finished Backup of VM ${vmid}`);
    expect(text).to.not.include('Backup of VM 101');
    const refused = async (form: Record<string, unknown>): Promise<Json> =>
      (await dump(form)).body.errors;
    expect(await refused({})).to.deep.equal({ vmid: 'property is missing' });
    expect(await refused({ vmid: 130, all: 1 })).to.deep.equal({
      all: "option conflicts with option 'vmid'",
    });
    expect(await refused({ vmid: 130, script: '/bin/x' })).to.deep.equal({
      script: 'Only root may set this option.',
    });
    expect(await refused({ vmid: 130, 'notes-template': '{{nosuch}}' })).to.have.keys(
      'notes-template',
    );
    expect(await refused({ vmid: 130, 'prune-backups': 'keep-some=1' })).to.have.keys(
      'prune-backups',
    );
    expect((await dump({ vmid: 130, storage: 'isoonly' })).status).to.equal(500);
    expect(await bench.run(dump({ vmid: 130, compress: 'lzo' }))).to.equal('job errors');
  });

  it('tells what an archive holds, and the defaults of this node', async () => {
    const { volid } = await newest(101);
    const text = await bench.read(
      `/nodes/pve1/vzdump/extractconfig?volume=${encodeURIComponent(volid)}`,
    );
    expect(text)
      .to.match(/^#two\n#lines\n/)
      .and.to.include('\nname: web\n');
    expect(text).to.include('#qmdump#map:scsi0:drive-scsi0:local:raw:');
    expect(await bench.read('/nodes/pve1/vzdump/defaults')).to.include({
      mode: 'snapshot',
      storage: 'local',
      dumpdir: '/var/lib/vz/dump',
      'prune-backups': 'keep-all=1',
    });
  });

  it('guards a protected backup, and removes others with all that belongs to them', async () => {
    const { volid } = (await backups('&vmid=101')).find((row) => row.protected === 1);
    const name = volid.split('/')[1];
    expect(await bench.run(bench.del(attribute(volid)))).to.equal(
      `cannot remove protected volume 'backup/${name}' on 'local'`,
    );
    expect((await bench.put(attribute(volid), { protected: 0, notes: 'changed' })).data).to.equal(
      null,
    );
    expect(await bench.read(attribute(volid))).to.include({ protected: 0, notes: 'changed' });
    expect(
      (await bench.put(attribute('local:vztmpl/alpine-3.20.tar.xz'), { notes: 'x' })).reason,
    ).to.equal('only backups can have notes');
    await bench.ok(bench.del(attribute(volid)));
    const stem = name.replace('.vma.zst', '');
    expect((await readdir(root('dump'))).filter((file) => file.startsWith(stem))).to.deep.equal([]);
  });

  it('prunes by guest, and never what is protected', async () => {
    const base = root('dump/vzdump-qemu-140-');
    for (const day of ['01', '02', '03', '04'])
      await writeFile(`${base}2026_03_${day}-12_00_00.vma`, 'x');
    const volid = 'local:backup/vzdump-qemu-140-2026_03_01-12_00_00.vma';
    await bench.put(attribute(volid), { protected: 1 });
    const path = '/nodes/pve1/storage/local/prunebackups';
    expect((await bench.get(path)).reason).to.equal(
      "no prune-backups options configured for storage 'local'",
    );
    const query = `?vmid=140&prune-backups=${encodeURIComponent('keep-last=2')}`;
    expect((await bench.read(`${path}${query}`)).map((row: Json) => row.mark)).to.deep.equal([
      'protected',
      'remove',
      'keep',
      'keep',
    ]);
    const task = await bench.del(`${path}${query}`);
    expect(task.data).to.include(':prunebackups:140@local:');
    expect(await bench.end(task.data)).to.equal('OK');
    expect((await backups('&vmid=140')).map((row) => row.volid.slice(28, 43))).to.have.length(3);
    await bench.ok(dump({ vmid: 130, 'prune-backups': 'keep-last=1' }));
    expect((await backups('&vmid=130')).length).to.equal(1);
  });

  it('reckons periods as PVE does', () => {
    const at = (text: string): { ctime: number } => ({ ctime: new Date(text).getTime() / 1000 });
    const days = [
      '2026-01-05T10:00',
      '2026-01-05T22:00',
      '2026-01-04T22:00',
      '2026-01-03T22:00',
      '2025-12-30T22:00',
    ].map(at);
    const kept = (keep: string): number[] =>
      [...markGroup(days, parseKeep(keep))]
        .filter(([, mark]) => mark === 'keep')
        .map(([day]) => days.indexOf(day))
        .sort();
    expect(kept('keep-last=1')).to.deep.equal([1]);
    expect(kept('keep-daily=2')).to.deep.equal([1, 2]);
    expect(kept('keep-last=1,keep-daily=1')).to.deep.equal([1, 2]);
    expect(kept('keep-weekly=3')).to.deep.equal([1, 2]);
    expect(kept('keep-yearly=5')).to.deep.equal([1, 4]);
    expect(kept('keep-all=1')).to.deep.equal([0, 1, 2, 3, 4]);
    expect(() => parseKeep('keep-all=1,keep-last=2')).to.throw('keep-all cannot be set');
  });

  it('asks for the same rights as PVE', async () => {
    const auth = await bench.narrow('saver', {
      '/vms/130': 'VM.Backup',
      '/storage/local': 'Datastore.AllocateSpace',
    });
    const mine = { auth };
    const form = { vmid: 101, storage: 'local' };
    expect((await bench.post('/nodes/pve1/vzdump', form, mine)).reason).to.equal(
      'Permission check failed (/vms/101, VM.Backup)',
    );
    const fine = { ...form, vmid: 130 };
    expect((await bench.post('/nodes/pve1/vzdump', { ...fine, bwlimit: 5 }, mine)).reason).to.equal(
      'Permission check failed (/, Sys.Modify)',
    );
    expect(
      (await bench.post('/nodes/pve1/vzdump', { ...fine, 'prune-backups': 'keep-last=1' }, mine))
        .reason,
    ).to.equal('Permission check failed (/storage/local, Datastore.Allocate)');
    await bench.ok(bench.post('/nodes/pve1/vzdump', fine, mine));
    const rows = (await bench.get('/nodes/pve1/storage/local/content?content=backup', mine)).data;
    expect(new Set(rows.map((row: Json) => row.vmid))).to.deep.equal(new Set([130]));
    const other = (await newest(200)).volid;
    expect((await bench.del(attribute(other), mine)).status).to.equal(403);
    expect(
      (
        await bench.get(
          `/nodes/pve1/vzdump/extractconfig?volume=${encodeURIComponent(other)}`,
          mine,
        )
      ).status,
    ).to.equal(403);
    expect(
      (await bench.post('/nodes/pve1/qemu', { vmid: 150, archive: rows[0].volid }, mine)).reason,
    ).to.equal('Permission check failed');
    await bench.ok(
      bench.post('/nodes/pve1/qemu', { vmid: 130, archive: rows[0].volid, force: 1 }, mine),
    );
    expect(
      (await bench.del('/nodes/pve1/storage/local/prunebackups?prune-backups=keep-last%3D1', mine))
        .status,
    ).to.equal(403);
  });

  it('clears away at the start what a crash has left of an archive', async () => {
    const left = root('dump/vzdump-qemu-101-2026_01_01-00_00_00.vma.dat');
    await writeFile(left, 'half');
    await bench.restart();
    expect(existsSync(left)).to.equal(false);
  });
});
