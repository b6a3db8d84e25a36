import { existsSync } from 'node:fs';
import { cp, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startSandbox } from '../dist/server/index.js';
import { Bench, GIB, savedState, tokenAuth } from './helper.ts';
import type { Json } from './helper.ts';

const TEMPLATE = 'local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst';
const NET = 'name=eth0,bridge=vmbr0,ip=192.0.2.5/24,gw=192.0.2.1';

const ct = (vmid: number, path = '', node = 'pve1'): string => `/nodes/${node}/lxc/${vmid}${path}`;

async function withTemplate(bench: Bench): Promise<void> {
  await bench.ok(
    bench.upload('local', { content: 'vztmpl' }, TEMPLATE.split('/')[1]!, Buffer.from('tar')),
  );
}

/** The first bytes of a volume: reading all of it would take gigabytes. */
async function head(path: string): Promise<string> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(6), 0, 6, 0)).buffer.toString();
  } finally {
    await file.close();
  }
}

describe('lxc: the life of a container', function () {
  this.timeout(30_000);
  let bench: Bench;
  const config = (vmid: number): Promise<Json> => bench.read(ct(vmid, '/config'));
  const create = (vmid: number, more: Record<string, unknown> = {}): Promise<void> =>
    bench.ok(bench.post('/nodes/pve1/lxc', { vmid, ostemplate: TEMPLATE, ...more }));
  const volumes = (vmid: number): Promise<string[]> =>
    bench
      .read(`/nodes/pve1/storage/local/content?content=rootdir&vmid=${vmid}`)
      .then((rows: Json[]) => rows.map((row) => row.volid));

  before(async () => {
    bench = await Bench.start({ nodes: 2 });
    await withTemplate(bench);
    await bench.post('/storage', {
      storage: 'second',
      type: 'dir',
      path: '/var/lib/vz2',
      content: 'rootdir',
    });
  });
  after(() => bench.stop());

  it('creates one from a template, with real volumes', async () => {
    const reply = await bench.post('/nodes/pve1/lxc', {
      vmid: 200,
      ostemplate: TEMPLATE,
      hostname: 'web',
      rootfs: 'local:2',
      mp0: 'local:0,mp=/data',
      net0: NET,
      unprivileged: 1,
      features: 'nesting=1',
      tags: 'Zeta;alpha',
    });
    expect(await bench.end(reply.data)).to.equal('OK');
    expect(reply.data).to.match(/:vzcreate:200:root@pam!pmx:$/);
    const log = await bench.log(reply.data);
    expect(log)
      .to.include(
        "Formatting '/var/lib/vz/images/200/vm-200-disk-0.raw', fmt=raw size=2147483648 preallocation=off",
      )
      .and.to.include(
        "extracting archive '/var/lib/vz/template/cache/debian-12-standard_12.7-1_amd64.tar.zst'",
      );
    const { digest, net0, ...rest } = await config(200);
    expect(digest).to.match(/^[0-9a-f]{40}$/);
    expect(net0).to.match(
      /^name=eth0,bridge=vmbr0,gw=192\.0\.2\.1,hwaddr=BC:24:11(:[0-9A-F]{2}){3},ip=192\.0\.2\.5\/24,type=veth$/,
    );
    expect(rest).to.deep.equal({
      arch: 'amd64',
      features: 'nesting=1',
      hostname: 'web',
      memory: 512,
      mp0: 'local:200/subvol-200-disk-1.subvol,mp=/data,size=0',
      ostype: 'debian',
      rootfs: 'local:200/vm-200-disk-0.raw,size=2G',
      swap: 512,
      tags: 'alpha;zeta',
      unprivileged: 1,
    });
    const images = join(bench.dir, 'storages/pve1/local/images/200');
    expect((await stat(join(images, 'vm-200-disk-0.raw'))).size).to.equal(2 * GIB);
    expect((await stat(join(images, 'subvol-200-disk-1.subvol'))).isDirectory()).to.equal(true);
    const rows = await bench.read('/nodes/pve1/storage/local/content?content=rootdir');
    expect(rows.map((row: Json) => [row.content, row.format, row.vmid])).to.deep.equal([
      ['rootdir', 'subvol', 200],
      ['rootdir', 'raw', 200],
    ]);
    expect(await bench.read('/nodes/pve1/storage/local/content?content=images')).to.deep.equal([]);
  });

  it('shares numbers with VMs, and each kind knows only its own', async () => {
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 150 }));
    expect((await bench.get('/nodes/pve1/qemu/200/config')).reason).to.equal(
      "Configuration file 'nodes/pve1/qemu-server/200.conf' does not exist",
    );
    expect((await bench.get(ct(150, '/config'))).reason).to.equal(
      "Configuration file 'nodes/pve1/lxc/150.conf' does not exist",
    );
    expect((await bench.post('/nodes/pve1/qemu', { vmid: 200 })).reason).to.equal(
      "unable to create VM 200 - CT 200 already exists on node 'pve1'",
    );
    expect(
      (await bench.post('/nodes/pve1/lxc', { vmid: 150, ostemplate: TEMPLATE })).reason,
    ).to.equal("unable to create CT 150 - VM 150 already exists on node 'pve1'");
    expect((await bench.get('/cluster/nextid?vmid=200')).status).to.equal(400);
    expect((await bench.post('/nodes/pve1/qemu/200/clone', { newid: 201 })).reason).to.equal(
      "unable to find configuration file for VM 200 on node 'pve1'",
    );
    expect((await bench.read('/nodes/pve1/qemu')).map((row: Json) => row.vmid)).to.deep.equal([
      150,
    ]);
    expect((await bench.read('/nodes/pve1/lxc')).map((row: Json) => row.vmid)).to.deep.equal([200]);
    const rows = await bench.read('/cluster/resources?type=vm');
    expect(rows.map((row: Json) => `${row.id} ${row.type} ${row.name}`)).to.have.members([
      'qemu/150 qemu VM 150',
      'lxc/200 lxc web',
    ]);
    await bench.post('/pools', { poolid: 'both' });
    await bench.put('/pools', { poolid: 'both', vms: '150,200' });
    const ofPool = async (type: string): Promise<number[]> =>
      (await bench.read(`/pools?poolid=both&type=${type}`))[0].members.map((row: Json) => row.vmid);
    expect(await ofPool('lxc')).to.deep.equal([200]);
    expect(await ofPool('qemu')).to.deep.equal([150]);
    expect((await bench.post('/cluster/ha/resources', { sid: 'vm:200' })).reason).to.equal(
      "unable to find VM ID '200'",
    );
    expect((await bench.post('/cluster/ha/resources', { sid: 'ct:200' })).status).to.equal(200);
    expect((await bench.read(ct(200, '/status/current'))).ha).to.deep.equal({ managed: 1 });
    expect((await bench.del(ct(200))).reason).to.equal(
      'unable to remove CT 200 - used in HA resources and purge parameter not set.',
    );
    await bench.del('/cluster/ha/resources/ct:200');
  });

  it('refuses what cannot be', async () => {
    const refuse = async (more: Record<string, unknown>): Promise<Json> => {
      const reply = await bench.post('/nodes/pve1/lxc', {
        vmid: 299,
        ostemplate: TEMPLATE,
        ...more,
      });
      expect(reply.status, JSON.stringify(more)).to.be.greaterThan(399);
      return reply;
    };
    expect((await refuse({ ostemplate: 'local:vztmpl/none.tar.gz' })).reason).to.equal(
      "volume 'local:vztmpl/none.tar.gz' does not exist",
    );
    expect((await refuse({ rootfs: 'isoonly:1' })).reason).to.equal(
      "storage 'isoonly' does not support container directories",
    );
    expect((await refuse({ memory: 8 })).body.errors).to.deep.equal({
      memory: 'value must have a minimum value of 16',
    });
    expect((await refuse({ net0: 'bridge=vmbr0' })).body.errors.net0).to.include(
      'net0.name: property is missing and it is not optional',
    );
    expect((await refuse({ mp0: 'local:1' })).body.errors.mp0).to.include(
      'mp0.mp: property is missing',
    );
    expect((await refuse({ name: 'x' })).body.errors).to.have.keys('name');
    expect((await refuse({ unique: 1 })).body.errors).to.deep.equal({
      restore: "missing property required by 'unique'",
    });
    expect((await refuse({ mp0: '/etc,mp=/etc' })).reason).to.equal(
      'Permission check failed (mount point type bind is only allowed for root@pam)',
    );
    expect((await refuse({ features: 'fuse=1', unprivileged: 1 })).status).to.equal(403);
    expect((await refuse({ 'ha-managed': 1 })).body.errors).to.have.keys('ha-managed');
    expect((await refuse({ pool: 'none' })).reason).to.equal("pool 'none' does not exist");
    expect((await bench.get(ct(299, '/config'))).status).to.equal(500);
  });

  it('takes back a create that fails half way', async () => {
    const small = await Bench.start({ taskMillis: 2000, capacityBytes: GIB });
    await withTemplate(small);
    const task = await small.post('/nodes/pve1/lxc', { vmid: 210, ostemplate: TEMPLATE });
    await sleep(150);
    expect(await small.read(ct(210, '/config'))).to.include({ lock: 'create' });
    expect(await small.read('/nodes/pve1/storage/local/content?content=images')).to.deep.equal([]);
    expect(await readdir(join(small.dir, 'storages/pve1/local/images/210'))).to.deep.equal([
      'vm-210-disk-0.raw',
    ]);
    await small.del(small.taskPath(task.data));
    expect(await small.end(task.data)).to.equal('unable to create CT 210 - interrupted by signal');
    expect((await small.get(ct(210, '/config'))).status).to.equal(500);
    expect(existsSync(join(small.dir, 'storages/pve1/local/images/210'))).to.equal(false);
    await small.stop();
  });

  it('loses a half-made one when the server dies', async () => {
    const first = await Bench.start({ taskMillis: 2500 });
    await withTemplate(first);
    await first.post('/nodes/pve1/lxc', { vmid: 211, ostemplate: TEMPLATE, rootfs: 'local:0.01' });
    await sleep(400);
    // The directory as a power cut would have left it.
    const copy = await mkdtemp(join(tmpdir(), 'pmx-sandbox-'));
    await cp(first.dir, copy, { recursive: true });
    await rm(join(copy, 'sandbox.pid'), { force: true });
    expect(await savedState(copy)).to.match(/"vmid":211,"kind":"lxc".*"lock":"create"/);
    const options = { ...first.options, dataDir: copy };
    const second = new Bench(copy, await startSandbox(options), options);
    expect(await second.read('/nodes/pve1/lxc')).to.deep.equal([]);
    expect(await second.read('/nodes/pve1/storage/local/content?vmid=211')).to.deep.equal([]);
    await second.stop();
    await first.stop();
  });

  it('powers on and off as PVE does', async () => {
    const act = (verb: string, form = {}): Promise<string> =>
      bench.run(bench.post(ct(200, `/status/${verb}`), form));
    const status = async (): Promise<string> =>
      (await bench.read(ct(200, '/status/current'))).status;
    for (const verb of ['stop', 'shutdown', 'suspend', 'resume'])
      expect((await bench.post(ct(200, `/status/${verb}`))).reason).to.equal('CT 200 not running');
    expect((await bench.post(ct(200, '/status/reboot'))).reason).to.equal('VM 200 not running');
    expect(await bench.read(ct(200, '/interfaces'))).to.equal(null);
    expect(await act('start')).to.equal('OK');
    expect(await status()).to.equal('running');
    expect((await bench.post(ct(200, '/status/start'))).reason).to.equal('CT 200 already running');
    const [lo, eth0] = await bench.read(ct(200, '/interfaces'));
    expect(lo.inet).to.equal('127.0.0.1/8');
    expect(eth0).to.include({ name: 'eth0', inet: '192.0.2.5/24' });
    expect(await act('suspend')).to.equal('OK');
    expect(await act('shutdown')).to.match(/frozen/);
    expect(await act('resume')).to.equal('OK');
    const upid = (await bench.post(ct(200, '/status/reboot'))).data;
    expect(upid).to.include(':vzreboot:200:');
    expect(await bench.end(upid)).to.equal('OK');
    expect(await status()).to.equal('running');
    expect(await act('shutdown', { forceStop: 1, timeout: 5 })).to.equal('OK');
    expect(await status()).to.equal('stopped');
    expect(await act('start')).to.equal('OK');
    expect(await act('stop')).to.equal('OK');
    const list = await bench.read('/nodes/pve1/tasks?vmid=200');
    expect(new Set(list.map((task: Json) => task.type))).to.include.keys(
      'vzstart',
      'vzstop',
      'vzshutdown',
      'vzsuspend',
      'vzresume',
    );
    for (const [name, code] of [
      ['vncproxy', 500],
      ['termproxy', 500],
      ['spiceproxy', 500],
    ] as const)
      expect((await bench.post(ct(200, `/${name}`))).status).to.equal(code);
  });

  it('changes options: at once, at the next start, or not at all', async () => {
    await create(202, { rootfs: 'local:1', mp0: 'local:1,mp=/data' });
    const put = (form: Record<string, unknown>): Promise<Json> =>
      bench.put(ct(202, '/config'), form);
    const { digest } = await config(202);
    expect((await put({ memory: 1024, digest })).data).to.equal(null);
    expect((await put({ memory: 2048, digest })).reason).to.equal(
      'checksum mismatch (file change by other user?)',
    );
    expect((await put({})).reason).to.equal('no options specified');
    expect((await put({ delete: 'rootfs' })).reason).to.equal(
      "unable to delete required option 'rootfs'",
    );
    expect((await put({ delete: 'nosuch' })).body.errors).to.deep.equal({
      delete: "unknown option 'nosuch'",
    });
    expect((await put({ unprivileged: 1 })).reason).to.equal(
      "unable to modify read-only option: 'unprivileged'",
    );
    await bench.ok(bench.post(ct(202, '/status/start')));
    await put({ cores: 2, hostname: 'new', tty: 4 });
    expect(await bench.read(ct(202, '/status/current'))).to.include({ cpus: 2, name: 'new' });
    expect((await config(202)).tty).to.equal(4);
    expect((await bench.read(ct(202, '/config?current=1'))).tty).to.equal(undefined);
    await put({ delete: 'mp0' });
    const pending = await bench.read(ct(202, '/pending'));
    expect(pending).to.deep.include({ key: 'tty', pending: 4 });
    expect(pending.find((row: Json) => row.key === 'mp0').delete).to.equal(1);
    await put({ revert: 'tty' });
    expect(await bench.read(ct(202, '/pending'))).to.not.deep.include({ key: 'tty', pending: 4 });
    await bench.ok(bench.post(ct(202, '/status/reboot')));
    const now = await config(202);
    expect(now).to.not.have.property('mp0');
    expect(now.unused0).to.equal('local:202/vm-202-disk-1.raw');
    await put({ protection: 1 });
    expect((await put({ delete: 'unused0' })).reason).to.equal(
      "can't remove CT 202 drive 'unused0' - protection mode enabled",
    );
    expect((await bench.del(`${ct(202)}?force=1`)).reason).to.equal(
      "can't remove CT 202 - protection mode enabled",
    );
    await put({ protection: 0 });
    await put({ delete: 'unused0' });
    expect(await volumes(202)).to.deep.equal(['local:202/vm-202-disk-0.raw']);
    await put({ mp3: 'second:1,mp=/more' });
    expect((await config(202)).mp3).to.equal('second:202/vm-202-disk-0.raw,mp=/more,size=1G');
  });

  it('grows and moves volumes with what is in them', async () => {
    await create(203, { rootfs: 'local:1' });
    const old = join(bench.dir, 'storages/pve1/local/images/203/vm-203-disk-0.raw');
    await writeFile(old, 'marker', { flag: 'r+' });
    await bench.ok(bench.put(ct(203, '/resize'), { disk: 'rootfs', size: '+1G' }));
    expect((await stat(old)).size).to.equal(2 * GIB);
    expect((await config(203)).rootfs).to.equal('local:203/vm-203-disk-0.raw,size=2G');
    expect((await bench.put(ct(203, '/resize'), { disk: 'rootfs', size: '1G' })).reason).to.equal(
      'unable to shrink disk size',
    );
    const move = { volume: 'rootfs', storage: 'second' };
    expect(
      (await bench.post(ct(203, '/move_volume'), { ...move, storage: 'isoonly' })).status,
    ).to.equal(500);
    await bench.ok(bench.post(ct(203, '/move_volume'), move));
    expect(await config(203)).to.include({
      rootfs: 'second:203/vm-203-disk-0.raw,size=2G',
      unused0: 'local:203/vm-203-disk-0.raw',
    });
    const moved = join(bench.dir, 'storages/pve1/second/images/203/vm-203-disk-0.raw');
    const found = await stat(moved);
    expect(found.size).to.equal(2 * GIB);
    expect(found.blocks * 512, 'holes stay holes').to.be.lessThan(64 * 1024 ** 2);
    expect(await head(moved)).to.equal('marker');
    await bench.ok(
      bench.post(ct(203, '/move_volume'), { volume: 'rootfs', storage: 'local', delete: 1 }),
    );
    expect(existsSync(moved)).to.equal(false);
    expect((await config(203)).rootfs).to.equal('local:203/vm-203-disk-1.raw,size=2G');
  });

  it('clones in full, and keeps to what a directory storage can do', async () => {
    await bench.ok(
      bench.post(ct(203, '/clone'), {
        newid: 204,
        hostname: 'copy',
        description: 'cl',
        pool: 'both',
      }),
    );
    const copy = await config(204);
    expect(copy).to.include({
      hostname: 'copy',
      description: 'cl',
      rootfs: 'local:204/vm-204-disk-0.raw,size=2G',
    });
    expect(copy).to.not.have.any.keys('lock', 'unused0');
    const file = join(bench.dir, 'storages/pve1/local/images/204/vm-204-disk-0.raw');
    expect(await head(file)).to.equal('marker');
    await bench.ok(bench.post(ct(204, '/status/start')));
    expect((await bench.post(ct(204, '/clone'), { newid: 205 })).reason).to.equal(
      'Cannot do full clones on a running container without snapshots',
    );
    expect((await bench.post(ct(204, '/clone'), { newid: 203 })).status).to.equal(500);
    await bench.ok(bench.post(ct(204, '/status/stop')));
    expect(await bench.run(bench.post(ct(204, '/snapshot'), { snapname: 'one' }))).to.equal(
      'snapshot feature is not available',
    );
    expect(await bench.read(ct(204, '/feature?feature=snapshot'))).to.deep.equal({ hasFeature: 0 });
    expect(await bench.read(ct(204, '/feature?feature=copy'))).to.deep.equal({ hasFeature: 1 });
    expect((await bench.post(ct(204, '/template'))).data).to.equal(null);
    const [task] = await bench.read('/nodes/pve1/tasks?typefilter=vztemplate&source=all');
    expect(await bench.end(task.upid)).to.equal('OK');
    expect(await config(204)).to.include({
      template: 1,
      rootfs: 'local:204/base-204-disk-0.raw,size=2G',
    });
    expect(await bench.run(bench.post(ct(204, '/status/start')))).to.equal(
      "you can't start a CT if it's a template",
    );
    expect((await bench.post(ct(204, '/clone'), { newid: 205 })).reason).to.equal(
      "Linked clone feature for 'local:204/base-204-disk-0.raw' is not available",
    );
    expect((await bench.get(ct(205, '/config'))).status).to.equal(500);
    await bench.ok(bench.post(ct(204, '/clone'), { newid: 205, full: 1, storage: 'second' }));
    expect((await config(205)).rootfs).to.equal('second:205/vm-205-disk-0.raw,size=2G');
  });

  it('migrates with its local volumes', async () => {
    expect(await bench.read(ct(205, '/migrate'))).to.deep.equal({
      running: 0,
      'allowed-nodes': ['pve2'],
      'not-allowed-nodes': {},
      'dependent-ha-resources': [],
    });
    await bench.ok(bench.post(ct(205, '/status/start')));
    const go = (form: Record<string, unknown>): Promise<Json> =>
      bench.post(ct(205, '/migrate'), form);
    expect((await go({ target: 'pve1' })).body.errors).to.deep.equal({
      target: 'target is local node.',
    });
    expect((await go({ target: 'pve2' })).reason).to.equal(
      "can't migrate running container without --online or --restart",
    );
    expect(await bench.run(go({ target: 'pve2', online: 1 }))).to.equal(
      'lxc live migration is currently not implemented',
    );
    await bench.ok(go({ target: 'pve2', restart: 1 }));
    expect((await bench.get(ct(205, '/config'))).status).to.equal(500);
    expect((await bench.read(ct(205, '/status/current', 'pve2'))).status).to.equal('running');
    const file = 'second/images/205/vm-205-disk-0.raw';
    expect(existsSync(join(bench.dir, 'storages/pve1', file))).to.equal(false);
    expect(await head(join(bench.dir, 'storages/pve2', file))).to.equal('marker');
  });

  it('goes with everything that it owns', async () => {
    expect((await bench.del(ct(205, '', 'pve2'))).reason).to.equal(
      'CT 205 is running - destroy failed',
    );
    await bench.ok(bench.del(`${ct(205, '', 'pve2')}?force=1&purge=1`));
    expect((await bench.get(ct(205, '/config', 'pve2'))).status).to.equal(500);
    expect(existsSync(join(bench.dir, 'storages/pve2/second/images/205'))).to.equal(false);
    await bench.ok(bench.del(ct(200)));
    expect(await volumes(200)).to.deep.equal([]);
    expect(
      (await bench.read('/pools?poolid=both'))[0].members.map((row: Json) => row.vmid),
    ).to.not.include(200);
  });

  it('asks for the same rights as PVE', async () => {
    const auth = await bench.narrow('ctuser', {
      '/vms/220': 'VM.Allocate,VM.Audit,VM.Config.Options,VM.Config.Disk,VM.PowerMgmt',
      '/storage/local': 'Datastore.Audit',
    });
    const make = (form: Record<string, unknown>): Promise<Json> =>
      bench.post('/nodes/pve1/lxc', { vmid: 220, ostemplate: TEMPLATE, ...form }, { auth });
    expect((await make({ vmid: 221 })).reason).to.equal('Permission check failed');
    expect((await make({ rootfs: 'local:1' })).reason).to.equal(
      'Permission check failed (/storage/local, Datastore.AllocateSpace)',
    );
    expect((await make({ memory: 1024 })).reason).to.equal(
      'Permission check failed (/vms/220, VM.Config.Memory)',
    );
    expect((await make({ net0: NET })).reason).to.equal(
      'Permission check failed (/vms/220, VM.Config.Network)',
    );
    expect((await bench.get(ct(202, '/config'), { auth })).status).to.equal(403);
    expect((await bench.post(ct(202, '/status/start'), {}, { auth })).reason).to.equal(
      'Permission check failed (/vms/202, VM.PowerMgmt)',
    );
    expect((await bench.del(ct(202), { auth })).status).to.equal(403);
    expect((await bench.get('/nodes/pve1/lxc', { auth })).data).to.deep.equal([]);
    expect(
      (await bench.put(ct(202, '/config'), { lock: 'backup' }, { auth: tokenAuth() })).reason,
    ).to.equal("Permission check failed (changing 'lock' is only allowed for root@pam)");
  });

  it('has a tree of snapshots where the storage has them', async () => {
    await bench.post('/storage', {
      storage: 'thin',
      type: 'lvmthin',
      vgname: 'pve',
      thinpool: 'data',
      content: 'rootdir',
    });
    await create(230, { rootfs: 'thin:1', hostname: 'snap' });
    const snap = (form: Record<string, unknown>): Promise<string> =>
      bench.run(bench.post(ct(230, '/snapshot'), form));
    expect(await snap({ snapname: 'one', description: 'first' })).to.equal('OK');
    expect(await snap({ snapname: 'one' })).to.equal("snapshot name 'one' already used");
    expect(await snap({ snapname: 'two' })).to.equal('OK');
    await bench.put(ct(230, '/config'), { hostname: 'later' });
    await bench.ok(bench.put(ct(230, '/resize'), { disk: 'rootfs', size: '2G' }));
    const list = await bench.read(ct(230, '/snapshot'));
    expect(list.map((row: Json) => [row.name, row.parent])).to.deep.equal([
      ['one', undefined],
      ['two', 'one'],
      ['current', 'two'],
    ]);
    expect(list[0]).to.not.have.property('vmstate');
    expect(await bench.read(ct(230, '/snapshot/one/config'))).to.include({
      hostname: 'snap',
      description: 'first',
    });
    await bench.put(ct(230, '/snapshot/one/config'), { description: 'other' });
    await bench.ok(bench.post(ct(230, '/snapshot/one/rollback'), { start: 1 }));
    expect(await config(230)).to.include({ hostname: 'snap', parent: 'one' });
    expect(await bench.read(ct(230, '/status/current'))).to.include({
      status: 'running',
      maxdisk: GIB,
    });
    const volume = join(bench.dir, 'storages/pve1/thin/images/230/vm-230-disk-0.raw');
    expect((await stat(volume)).size).to.equal(GIB);
    await bench.ok(bench.del(ct(230, '/snapshot/one')));
    expect((await bench.read(ct(230, '/snapshot'))).map((row: Json) => row.name)).to.deep.equal([
      'two',
      'current',
    ]);
    expect(await bench.run(bench.del(ct(230, '/snapshot/one')))).to.equal(
      "snapshot 'one' does not exist",
    );
  });
});

describe('lxc: templates to download', function () {
  this.timeout(20_000);
  let bench: Bench;
  before(async () => {
    bench = await Bench.start({});
  });
  after(() => bench.stop());

  it('are listed, fetched with their checksum, and not fetched twice', async () => {
    const rows = (await bench.read('/nodes/pve1/aplinfo')) as Json[];
    const { template } = rows.find((row) => row.os === 'debian-12')!;
    const fetch = (): Promise<void> =>
      bench.ok(bench.post('/nodes/pve1/aplinfo', { storage: 'local', template }));
    await fetch();
    const stored = (await bench.read('/nodes/pve1/storage/local/content?content=vztmpl')) as Json[];
    expect(stored.map(({ volid }) => volid)).to.deep.equal([`local:vztmpl/${template}`]);
    await fetch();
    const create = { vmid: 300, ostemplate: `local:vztmpl/${template}`, rootfs: 'local:1' };
    await bench.ok(bench.post('/nodes/pve1/lxc', create));
    expect((await bench.read(ct(300, '/config'))).ostype).to.equal('debian');
  });

  it('refuses names that are not on the list, and storages for something else', async () => {
    const post = (params: Record<string, string>) => bench.post('/nodes/pve1/aplinfo', params);
    const unknown = await post({ storage: 'local', template: 'nosuch.tar.gz' });
    expect(unknown.status).to.equal(400);
    await bench.post('/storage', {
      storage: 'isos',
      type: 'dir',
      path: '/srv/isos',
      content: 'iso',
    });
    const [{ template }] = (await bench.read('/nodes/pve1/aplinfo')) as [Json];
    const wrong = await post({ storage: 'isos', template });
    expect(wrong.reason).to.equal("storage 'isos' does not support templates");
  });
});
