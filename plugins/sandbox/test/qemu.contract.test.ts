import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Bench, GIB, qcow2 } from './helper.ts';
import type { Json } from './helper.ts';

const RECORDED = readFileSync(new URL('fixtures/vm.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line): Json => JSON.parse(line));
const recorded = (path: string, method = 'GET'): Json =>
  RECORDED.find((row) => row.path === path && row.method === method && row.status === '200 OK')
    .response.data;

/** What differs from server to server. */
const normal = (config: Json): Json =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      String(value)
        .replace(/BC:24:11(:[0-9A-F]{2}){3}/, '<mac>')
        .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|<uuid>/, '<uuid>')
        .replace(/ctime=\d+/, 'ctime')
        .replace(/^[0-9a-f]{40}$/, '<digest>'),
    ]),
  );

describe('qemu: the life of a VM', function () {
  this.timeout(15_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({ nodes: 2 });
    await bench.ok(bench.upload('local', { content: 'import' }, 'test.qcow2', await qcow2(GIB)));
    await bench.post('/storage', {
      storage: 'second',
      type: 'dir',
      path: '/var/lib/vz2',
      content: 'images,import',
    });
  });
  after(() => bench.stop());

  const vm = (vmid: number, path = ''): string => `/nodes/pve1/qemu/${vmid}${path}`;
  const config = (vmid: number): Promise<Json> => bench.read(vm(vmid, '/config'));
  const images = (): Promise<string[]> =>
    bench
      .read('/nodes/pve1/storage/local/content?content=images')
      .then((rows: Json[]) => rows.map((row) => row.volid));
  const create = (vmid: number, more: Record<string, unknown> = {}): Promise<void> =>
    bench.ok(bench.post('/nodes/pve1/qemu', { vmid, ...more }));

  describe('as recorded on a real server', () => {
    const settings = RECORDED.find(
      (row) => row.method === 'POST' && row.path === '/nodes/pve1/qemu',
    ).params;

    it('creates from an import', async () => {
      await create(100, settings);
      expect(normal(await config(100))).to.deep.equal(
        normal(recorded('/nodes/pve1/qemu/100/config')),
      );
      const status = await bench.read(vm(100, '/status/current'));
      expect(status).to.deep.equal(recorded('/nodes/pve1/qemu/100/status/current'));
      expect(await bench.read('/nodes/pve1/qemu')).to.deep.equal(recorded('/nodes/pve1/qemu'));
    });

    it('refuses with the same words', async () => {
      const names = [
        '/nodes/pve1/qemu/999',
        '/nodes/pve1/qemu/abc',
        '/nodes/pve1/qemu/1/',
        '/nodes/pve1/qemu/100/config',
        '/cluster/nextid',
      ];
      const refused = RECORDED.filter(
        (row) => row.status !== '200 OK' && names.some((name) => row.path.startsWith(name)),
      );
      expect(refused.length).to.be.greaterThan(9);
      for (const row of refused) {
        if (row.name.includes('digest')) continue;
        const reply = await bench.send(
          row.method,
          row.path,
          row.method === 'GET' || row.method === 'DELETE' ? {} : { form: row.params ?? {} },
        );
        expect(`${reply.status} ${reply.reason}`, row.name).to.equal(row.status);
        expect(reply.body.errors, row.name).to.deep.equal(row.response.errors);
      }
    });

    it('refuses a stale digest and an empty change', async () => {
      const { digest } = await config(100);
      expect((await bench.put(vm(100, '/config'), { memory: 1024, digest })).data).to.equal(null);
      expect((await bench.put(vm(100, '/config'), { memory: 2048, digest })).reason).to.equal(
        'checksum mismatch (file change by other user?)',
      );
      expect((await bench.put(vm(100, '/config'), {})).reason).to.equal('no options specified');
    });

    it('clones, linked and full', async () => {
      await bench.ok(bench.put(vm(100, '/resize'), { disk: 'scsi0', size: '+1G' }));
      await bench.put(vm(100, '/config'), {
        memory: 768,
        cores: 2,
        delete: 'nameserver,searchdomain',
      });
      await bench.ok(bench.post(vm(100, '/template')));
      expect((await config(100)).scsi0).to.equal(
        'local:100/base-100-disk-0.qcow2,discard=on,iothread=1,size=2G',
      );
      await bench.ok(bench.post(vm(100, '/clone'), { newid: 101, name: 'linked' }));
      await bench.ok(
        bench.post(vm(100, '/clone'), {
          newid: 102,
          name: 'full',
          full: 1,
          storage: 'second',
          description: 'cl',
        }),
      );
      expect(normal(await config(101))).to.deep.equal(
        normal(recorded('/nodes/pve1/qemu/101/config')),
      );
      expect(normal(await config(102))).to.deep.equal(
        normal(recorded('/nodes/pve1/qemu/102/config')),
      );
      expect((await config(101)).net0).to.not.equal((await config(100)).net0);
      for (const row of RECORDED.filter(
        (entry) =>
          entry.status !== '200 OK' && entry.path.endsWith('/clone') && !entry.path.includes('999'),
      )) {
        expect((await bench.post(row.path, row.params)).reason, row.name).to.equal(
          row.status.slice(4),
        );
      }
      expect((await bench.post(vm(100, '/clone'), { newid: 103, snapname: 'x1' })).reason).to.equal(
        "snapshot 'x1' does not exist",
      );
      expect(
        (await bench.post(vm(100, '/clone'), { newid: 103, full: 1, target: 'pve2' })).reason,
      ).to.equal("Can't clone VM to node 'pve2' (VM uses local storage)");
      expect((await bench.post(vm(100, '/template'))).reason).to.equal(
        "you can't convert a template to a template",
      );
      expect(await bench.run(bench.post(vm(100, '/status/start')))).to.equal(
        "you can't start a vm if it's a template",
      );
    });

    it('keeps a base image as long as it has linked clones', async () => {
      expect(await bench.run(bench.del(vm(100)))).to.equal(
        "base volume 'local:100/base-100-disk-0.qcow2' is still in use by linked cloned",
      );
      expect(
        await bench.run(
          bench.del('/nodes/pve1/storage/local/content/local:100/base-100-disk-0.qcow2'),
        ),
      ).to.equal("base volume '100/base-100-disk-0.qcow2' is still in use by linked clones");
      expect(await images()).to.include('local:100/base-100-disk-0.qcow2/101/vm-101-disk-0.qcow2');
      for (const vmid of [101, 102, 100]) await bench.ok(bench.del(vm(vmid)));
      expect(await images()).to.deep.equal([]);
      expect(existsSync(join(bench.dir, 'storages/pve1/local/images/100'))).to.equal(false);
    });
  });

  it('gives a bare VM what PVE gives it', async () => {
    await create(110);
    expect(Object.keys(await config(110)).sort()).to.deep.equal([
      'boot',
      'digest',
      'meta',
      'smbios1',
      'vmgenid',
    ]);
    expect((await config(110)).boot).to.equal(' ');
    await bench.ok(bench.del(vm(110)));
    await create(110, {
      scsi0: 'local:1',
      ide2: 'none,media=cdrom',
      net0: 'e1000,bridge=vmbr0,tag=5',
      efidisk0: 'local:1,efitype=4m',
      smbios1: 'product=x',
    });
    const made = await config(110);
    expect(made).to.include({
      boot: 'order=scsi0;ide2;net0',
      scsi0: 'local:110/vm-110-disk-1.raw,size=1G',
      efidisk0: 'local:110/vm-110-disk-0.raw,efitype=4m,size=528K',
    });
    expect(made.net0).to.match(/^e1000=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0,tag=5$/);
    expect(made.smbios1).to.match(/^uuid=\S{36},product=x$/);
    await bench.ok(bench.del(vm(110)));
  });

  it('undoes a create that fails', async () => {
    const status = await bench.run(
      bench.post('/nodes/pve1/qemu', {
        vmid: 111,
        ide2: 'local:cloudinit',
        scsi0: 'local:0,import-from=local:import/nope.qcow2',
      }),
    );
    expect(status).to.equal(
      'unable to create VM 111 - volume local:import/nope.qcow2 does not exist',
    );
    expect((await bench.get(vm(111, '/config'))).status).to.equal(500);
    expect(await images()).to.deep.equal([]);
    expect(
      (await bench.post('/nodes/pve1/qemu', { vmid: 111, scsi0: 'isoonly:1' })).body.errors,
    ).to.deep.equal({ storage: "storage 'isoonly' does not support vm images" });
    expect(
      (await bench.post('/nodes/pve1/qemu', { vmid: 111, scsi0: 'local:0' })).body.errors,
    ).to.have.keys('scsi0');
    expect(
      (
        await bench.post('/nodes/pve1/qemu', {
          vmid: 111,
          scsi0: 'local:iso/x.iso,import-from=local:import/test.qcow2',
        })
      ).body.errors,
    ).to.have.keys('scsi0');
    expect(
      (await bench.post('/nodes/pve1/qemu', { vmid: 111, scsi0: 'discard=on' })).body.errors.scsi0,
    ).to.match(/scsi0\.file: property is missing/);
    expect((await bench.post('/nodes/pve1/qemu', { vmid: 111, pool: 'nosuch' })).reason).to.equal(
      "pool 'nosuch' does not exist",
    );
  });

  it('changes disks: unused, freed, attached again, grown', async () => {
    await create(112, {
      scsi0: 'local:1,format=qcow2',
      ide2: 'local:cloudinit',
      scsi1: 'local:1',
      boot: 'order=scsi0;scsi1',
    });
    const files = await images();
    expect(files).to.have.length(3);
    await bench.put(vm(112, '/config'), { delete: 'scsi1' });
    expect(await config(112)).to.include({
      unused0: 'local:112/vm-112-disk-1.raw',
      boot: 'order=scsi0',
    });
    await bench.put(vm(112, '/config'), { scsi5: 'local:112/vm-112-disk-1.raw,discard=on' });
    expect(await config(112))
      .to.include({ scsi5: 'local:112/vm-112-disk-1.raw,discard=on,size=1G' })
      .and.not.have.property('unused0');
    // another medium in place of a cloud-init drive frees the drive's volume
    await bench.ok(bench.upload('local', { content: 'iso' }, 'cd.iso', Buffer.alloc(2048)));
    await bench.put(vm(112, '/config'), { ide2: 'local:iso/cd.iso,media=cdrom' });
    expect((await config(112)).ide2).to.equal('local:iso/cd.iso,media=cdrom,size=2K');
    expect(await images()).to.not.include('local:112/vm-112-cloudinit.qcow2');
    await bench.put(vm(112, '/config'), { delete: 'ide2' });
    expect(await config(112)).to.not.have.property('ide2');
    await bench.put(vm(112, '/unlink'), { idlist: 'scsi5' });
    await bench.put(vm(112, '/unlink'), { idlist: 'unused0' });
    expect(await images()).to.deep.equal(['local:112/vm-112-disk-0.qcow2']);
    expect(
      await bench.run(bench.put(vm(112, '/resize'), { disk: 'scsi0', size: '512M' })),
    ).to.equal('shrinking disks is not supported');
    expect(await bench.run(bench.put(vm(112, '/resize'), { disk: 'scsi9', size: '+1G' }))).to.equal(
      "disk 'scsi9' does not exist",
    );
    await bench.ok(bench.put(vm(112, '/resize'), { disk: 'scsi0', size: '3G' }));
    expect((await config(112)).scsi0).to.match(/,size=3G$/);
    expect((await bench.post(vm(112, '/resize'), { disk: 'scsi0', size: '3G' })).status).to.equal(
      501,
    );
    expect(
      (await bench.put(vm(112, '/config'), { delete: 'nosuchopt' })).body.errors,
    ).to.deep.equal({ delete: "unknown option 'nosuchopt'" });
    expect((await bench.put(vm(112, '/config'), { delete: 'name', name: 'x' })).status).to.equal(
      400,
    );
    await bench.ok(bench.del(vm(112)));
  });

  it('takes a change in a task, or waits for it a little', async () => {
    await create(113);
    const reply = await bench.post(vm(113, '/config'), { cores: 2, cipassword: 'topsecret' });
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(await bench.log(reply.data)).to.deep.equal([
      'update VM 113: -cores 2 -cipassword <hidden>',
      'TASK OK',
    ]);
    expect((await bench.post(vm(113, '/config'), { cores: 3, background_delay: 5 })).data).to.equal(
      null,
    );
    expect(await config(113)).to.include({ cores: 3, cipassword: '**********' });
    await bench.put(vm(113, '/config'), { tags: 'Web,prod;web', description: 'two\nlines\n' });
    expect(await config(113)).to.include({ tags: 'prod;web', description: 'two\nlines' });
    expect(await readState(bench)).to.not.contain('topsecret');
    await bench.ok(bench.del(vm(113)));
  });

  it('powers on and off as PVE does', async () => {
    await create(120, {
      net0: 'virtio,bridge=vmbr0',
      agent: 1,
      name: 'guest-1',
      ipconfig0: 'ip=10.1.2.3/24,gw=10.1.2.1',
      ide2: 'local:cloudinit',
      memory: 700,
    });
    expect((await bench.post(vm(120, '/status/reboot'))).reason).to.equal('VM 120 not running');
    expect((await bench.post(vm(120, '/agent/ping'))).reason).to.equal('VM 120 is not running');
    for (const verb of ['stop', 'shutdown']) await bench.ok(bench.post(vm(120, `/status/${verb}`)));
    const start = await bench.post(vm(120, '/status/start'));
    expect(await bench.end(start.data)).to.equal('OK');
    expect(await bench.log(start.data)).to.deep.equal(['generating cloud-init ISO', 'TASK OK']);
    expect(await bench.run(bench.post(vm(120, '/status/start')))).to.equal(
      'VM 120 already running',
    );
    expect(await bench.read(vm(120, '/status/current'))).to.include({
      status: 'running',
      qmpstatus: 'running',
      agent: 1,
    });
    expect((await bench.del(vm(120))).reason).to.equal('VM 120 is running - destroy failed');
    expect((await bench.post(vm(120, '/template'))).reason).to.match(
      /^you can't convert a VM to template/,
    );
    // a change that needs a restart is pending until then
    await bench.put(vm(120, '/config'), { memory: 600, name: 'guest-2' });
    expect(
      (await bench.read(vm(120, '/pending'))).find((row: Json) => row.key === 'memory'),
    ).to.deep.equal({ key: 'memory', value: '700', pending: '600' });
    expect((await config(120)).memory).to.equal('600');
    expect(await bench.read(vm(120, '/config?current=1'))).to.include({
      memory: '700',
      name: 'guest-2',
    });
    await bench.put(vm(120, '/config'), { revert: 'memory' });
    expect((await config(120)).memory).to.equal('700');
    await bench.put(vm(120, '/config'), { cores: 4, delete: 'memory' });
    expect(
      (await bench.read(vm(120, '/pending'))).find((row: Json) => row.key === 'memory'),
    ).to.deep.equal({ key: 'memory', value: '700', delete: 1 });
    await bench.ok(bench.post(vm(120, '/status/suspend')));
    expect(await bench.read(vm(120, '/status/current'))).to.include({
      status: 'running',
      qmpstatus: 'paused',
    });
    expect((await bench.post(vm(120, '/agent/ping'))).reason).to.equal(
      'QEMU guest agent is not running',
    );
    expect(await bench.run(bench.post(vm(120, '/status/shutdown')))).to.equal(
      'VM is paused - cannot shutdown',
    );
    await bench.ok(bench.post(vm(120, '/status/resume')));
    await bench.ok(bench.post(vm(120, '/status/reset')));
    await bench.ok(bench.post(vm(120, '/status/reboot')));
    expect(await bench.read(vm(120, '/config?current=1')))
      .to.include({ cores: 4 })
      .and.not.have.property('memory');
    await bench.ok(bench.post(vm(120, '/status/stop'), { 'overrule-shutdown': 1 }));
  });

  it('has a believable guest agent', async () => {
    await bench.put(vm(120, '/config'), { net1: 'virtio=BC:24:11:01:02:03,bridge=vmbr0' });
    await bench.ok(bench.post(vm(120, '/status/start')));
    expect((await bench.post(vm(120, '/agent/ping'))).data).to.deep.equal({ result: {} });
    expect((await bench.get(vm(120, '/agent/ping'))).status).to.equal(501);
    const { result } = await bench.read(vm(120, '/agent/network-get-interfaces'));
    expect(result.map((row: Json) => row.name)).to.deep.equal(['lo', 'eth0', 'eth1']);
    expect(result[1]['ip-addresses'][0]).to.deep.equal({
      'ip-address': '10.1.2.3',
      'ip-address-type': 'ipv4',
      prefix: 24,
    });
    expect(result[2]['hardware-address']).to.equal('bc:24:11:01:02:03');
    expect(result[2]['ip-addresses'].map((row: Json) => row['ip-address'])).to.deep.equal([
      '10.1.2.3',
      'fe80::be24:11ff:fe01:203',
    ]);
    expect((await bench.read(vm(120, '/agent/get-host-name'))).result).to.deep.equal({
      'host-name': 'guest-2',
    });
    expect((await bench.read(vm(120, '/agent/get-osinfo'))).result.id).to.equal('debian');
    expect((await bench.read(vm(120, '/agent/get-vcpus'))).result).to.have.length(4);
    expect(String((await bench.read(vm(120, '/agent/get-time'))).result)).to.match(/^\d{19}$/);
    expect((await bench.read(vm(120, '/agent/info'))).result.supported_commands[0]).to.include({
      enabled: true,
    });
    await bench.put(vm(120, '/config'), { agent: 0 });
    await bench.ok(bench.post(vm(120, '/status/reboot')));
    expect((await bench.post(vm(120, '/agent/ping'))).reason).to.equal(
      'No QEMU guest agent configured',
    );
    await bench.ok(bench.post(vm(120, '/status/stop')));
  });

  it('shows what cloud-init gets', async () => {
    await bench.put(vm(120, '/config'), {
      ciuser: 'admin',
      sshkeys: 'ssh-ed25519%20AAAA%20me',
      searchdomain: 'lab.local',
      nameserver: '1.1.1.1',
      ipconfig1: 'ip=dhcp,ip6=auto',
    });
    expect(await bench.read(vm(120, '/cloudinit'))).to.deep.include({
      key: 'ciuser',
      value: 'admin',
    });
    const user = await bench.read(vm(120, '/cloudinit/dump?type=user'));
    expect(user)
      .to.match(/^#cloud-config\nhostname: guest-2\n/)
      .and.include('  - ssh-ed25519 AAAA me\n')
      .and.include('fqdn: guest-2.lab.local');
    const network = await bench.read(vm(120, '/cloudinit/dump?type=network'));
    expect(network)
      .to.include(
        "address: '10.1.2.3'\n        netmask: '255.255.255.0'\n        gateway: '10.1.2.1'",
      )
      .and.include('type: dhcp4')
      .and.include('ipv6_slaac');
    expect(await bench.read(vm(120, '/cloudinit/dump?type=meta'))).to.match(
      /^instance-id: [0-9a-f]{40}\n$/,
    );
    expect((await bench.put(vm(120, '/cloudinit'))).data).to.equal(null);
    expect(
      (await bench.put(vm(120, '/config'), { ipconfig0: 'ip=10.1.2.3' })).body.errors,
    ).to.have.keys('ipconfig0');
    expect(await bench.read(vm(120, '/snapshot'))).to.have.length(1);
    expect(await bench.read(vm(120, '/feature?feature=clone'))).to.include({ hasFeature: 1 });
    expect((await bench.read(vm(120))).length).to.be.greaterThan(5);
    await bench.ok(bench.del(vm(120)));
  });

  it('warns, and fails a start on an unknown bridge', async () => {
    await create(121, { bios: 'ovmf', net0: 'virtio,bridge=vmbr0' });
    const reply = await bench.post(vm(121, '/status/start'));
    expect(await bench.end(reply.data)).to.equal('WARNINGS: 1');
    expect(await bench.log(reply.data)).to.deep.equal([
      'WARN: no efidisk configured! Using temporary efivars disk.',
      'TASK WARNINGS: 1',
    ]);
    await bench.ok(bench.post(vm(121, '/status/stop')));
    await bench.put(vm(121, '/config'), { net0: 'virtio,bridge=nosuchbr' });
    expect(await bench.run(bench.post(vm(121, '/status/start')))).to.equal(
      "bridge 'nosuchbr' does not exist",
    );
    expect(await bench.run(bench.post(vm(999, '/status/start')))).to.equal(
      "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
    );
    await bench.put(vm(121, '/config'), { protection: 1 });
    expect((await bench.del(vm(121))).reason).to.equal(
      "can't remove VM 121 - protection mode enabled",
    );
    await bench.put(vm(121, '/config'), { protection: 0 });
    await bench.ok(bench.del(vm(121)));
  });

  it('starts a VM right after its creation, and deletes unreferenced disks on request only', async () => {
    await create(122, { start: 1 });
    expect((await bench.read(vm(122, '/status/current'))).status).to.equal('running');
    await bench.ok(bench.post(vm(122, '/status/stop')));
    await bench.post('/nodes/pve1/storage/local/content', {
      vmid: 122,
      filename: 'vm-122-extra.raw',
      size: '1M',
    });
    await bench.ok(bench.del(vm(122)));
    expect(await images()).to.deep.equal(['local:122/vm-122-extra.raw']);
    await create(122);
    await bench.ok(bench.del(vm(122, '?destroy-unreferenced-disks=1')));
    expect(await images()).to.deep.equal([]);
  });

  it('lets exactly one of several creates of a number win', async () => {
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => bench.post('/nodes/pve1/qemu', { vmid: 130, scsi0: 'local:1' })),
    );
    const won = replies.filter((reply) => reply.status === 200);
    expect(won).to.have.length(1);
    expect(await bench.end(won[0]!.data)).to.equal('OK');
    for (const reply of replies.filter((entry) => entry.status !== 200))
      expect(reply.reason).to.match(/^unable to create VM 130 - /);
    await bench.ok(bench.del(vm(130)));
  });
});

async function readState(bench: Bench): Promise<string> {
  await sleep(100);
  const files = readdirSync(bench.dir).filter((name) => name.startsWith('state.'));
  return files.map((name) => readFileSync(join(bench.dir, name), 'utf8')).join('');
}
