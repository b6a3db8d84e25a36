import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../dist/server/api/routes.js';
import { Bench, expectOk } from './helper.ts';
import type { Json } from './helper.ts';

const TABLES = join(import.meta.dirname, '../dist/server/api/tables');

describe('nodes', () => {
  let bench: Bench;

  before(async () => {
    bench = await Bench.start({ nodes: 2 });
    await bench.ok(
      bench.post('/nodes/pve1/qemu', { vmid: 101, onboot: 1, net0: 'virtio,bridge=vmbr0' }),
    );
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 102 }));
  });
  after(() => bench.stop());

  it('changes the network with a reload only', async () => {
    const network = '/nodes/pve1/network';
    const bridge = { iface: 'vmbr1', type: 'bridge', cidr: '10.5.0.1/24', autostart: 1 };
    expectOk(await bench.post(network, bridge));
    expect((await bench.post(network, bridge)).body.errors.iface).to.equal(
      'interface already exists',
    );
    const listed = await bench.get(network);
    expect(listed.body.changes).to.include('+iface vmbr1 inet static');
    const row = listed.data.find(({ iface }: Json) => iface === 'vmbr1');
    expect(row).to.include({ address: '10.5.0.1', netmask: '24', method: 'static' });
    expect(row).not.to.have.property('active');
    expectOk(await bench.put('/nodes/pve1/qemu/102/config', { net0: 'virtio,bridge=vmbr1' }));
    const start = (): Promise<string> => bench.run(bench.post('/nodes/pve1/qemu/102/status/start'));
    expect(await start()).to.equal("bridge 'vmbr1' does not exist");
    await bench.ok(bench.put(network));
    expect((await bench.get(network)).body).not.to.have.property('changes');
    expect(await start()).to.equal('OK');
    await bench.ok(bench.post('/nodes/pve1/qemu/102/status/stop'));
    // The other node has its own file.
    expect(await bench.read('/nodes/pve2/network')).to.have.lengthOf(1);
  });

  it('takes back what was not loaded', async () => {
    const network = '/nodes/pve2/network';
    expectOk(await bench.del(`${network}/vmbr0`));
    expect(await bench.read(network)).to.deep.equal([]);
    expectOk(await bench.del(network));
    expect(await bench.read(network)).to.have.lengthOf(1);
    expect((await bench.get(`${network}/vmbr7`)).reason).to.equal('interface does not exist');
  });

  it('has a clock, name servers and hosts of its own', async () => {
    expectOk(await bench.put('/nodes/pve1/time', { timezone: 'Asia/Tokyo' }));
    const { time, localtime, timezone } = await bench.read('/nodes/pve1/time');
    expect([timezone, localtime - time]).to.deep.equal(['Asia/Tokyo', 9 * 3600]);
    expect((await bench.read('/nodes/pve2/time')).timezone).to.equal('Etc/UTC');
    expect((await bench.put('/nodes/pve1/time', { timezone: 'No/Where' })).status).to.equal(400);
    expectOk(await bench.put('/nodes/pve1/dns', { search: 'lab', dns1: '10.0.0.1' }));
    expect(await bench.read('/nodes/pve1/dns')).to.deep.equal({ search: 'lab', dns1: '10.0.0.1' });
    const { data, digest } = await bench.read('/nodes/pve1/hosts');
    expectOk(await bench.post('/nodes/pve1/hosts', { data: `${data}10.0.0.9 nas\n`, digest }));
    expect((await bench.read('/nodes/pve1/hosts')).data).to.include('nas');
    expect((await bench.post('/nodes/pve1/hosts', { data, digest })).reason).to.include(
      'detected modified',
    );
  });

  it('says in its log what has happened', async () => {
    const all = await bench.get('/nodes/pve1/syslog?limit=1000');
    const last: string = all.data.at(-1).t;
    expect(last).to.match(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d pve1 pvedaemon\[\d+\]: <\S+> /);
    expect(all.body.total).to.equal(all.data.length);
    const page = await bench.read('/nodes/pve1/syslog?start=1&limit=2');
    expect(page.map(({ n }: Json) => n)).to.deep.equal([2, 3]);
    const lines: string[] = await bench.read('/nodes/pve1/journal?lastentries=2');
    expect(lines).to.have.lengthOf(4);
    expect(await bench.read(`/nodes/pve1/journal?startcursor=${lines.at(-1)}`)).to.have.lengthOf(2);
    expect(await bench.read('/nodes/pve1/report')).to.include('pve-manager: 9.2.11');
  });

  it('starts and stops its guests', async () => {
    const running = async (): Promise<number[]> =>
      (await bench.read('/nodes/pve1/qemu'))
        .filter(({ status }: Json) => status === 'running')
        .map(({ vmid }: Json) => vmid)
        .sort();
    await bench.ok(bench.post('/nodes/pve1/startall'));
    expect(await running()).to.deep.equal([101]);
    await bench.ok(bench.post('/nodes/pve1/startall', { force: 1 }));
    expect(await running()).to.deep.equal([101, 102]);
    expect(await bench.read('/nodes/pve1/netstat')).to.deep.include.members([
      { vmid: '101', dev: 'net0', in: '170', out: '0' },
    ]);
    await bench.ok(bench.post('/nodes/pve1/stopall', { vms: '102', timeout: 0 }));
    expect(await running()).to.deep.equal([101]);
    const auth = await bench.narrow('op', { '/vms/101': 'VM.PowerMgmt' });
    const all = await bench.post('/cluster/bulk-action/guest/shutdown', { timeout: 0 }, { auth });
    expect(all.reason).to.equal('Permission check failed (/, VM.PowerMgmt)');
    expectOk(
      await bench.post('/cluster/bulk-action/guest/shutdown', { vms: '101', timeout: 0 }, { auth }),
    );
    while ((await running()).length > 0);
  });

  it('has figures over time', async () => {
    for (const path of ['/nodes/pve1', '/nodes/pve1/qemu/101', '/nodes/pve1/storage/local']) {
      const rows: Json[] = await bench.read(`${path}/rrddata?timeframe=hour`);
      expect(rows).to.have.lengthOf(70);
      expect(rows[1].time - rows[0].time).to.equal(60);
      expect(await bench.read(`${path}/rrddata?timeframe=hour`)).to.have.lengthOf(70);
    }
    expect((await bench.get('/nodes/pve1/rrddata?timeframe=fortnight')).status).to.equal(400);
    expect((await bench.get('/nodes/pve1/rrd?timeframe=hour&ds=nothing')).status).to.equal(500);
  });

  it('says what is not there as PVE does', async () => {
    for (const [path, reason] of [
      ['/nodes/pve1/ceph/status', 'binary not installed: /usr/bin/ceph-mon'],
      ['/nodes/pve1/disks/zfs', 'zfsutils-linux not installed'],
      ['/nodes/pve1/replication/101-0/status', "replication job '101-0' does not exist"],
      ['/cluster/sdn/zones/none', "sdn 'none' does not exist"],
    ])
      expect((await bench.get(path!)).reason).to.equal(reason);
    expect((await bench.post('/nodes/pve1/execute', { commands: '[]' })).status).to.equal(501);
    expect((await bench.post('/nodes/pve1/wakeonlan')).reason).to.include('cannot wake my self');
    expectOk(await bench.put('/nodes/pve2/config', { wakeonlan: 'BC:24:11:00:00:01' }));
    expect((await bench.post('/nodes/pve2/wakeonlan')).data).to.equal('BC:24:11:00:00:01');
  });

  it('asks for the rights that PVE asks for', async () => {
    const auth = await bench.narrow('watcher', { '/nodes/pve1': 'Sys.Audit' });
    expect((await bench.get('/nodes/pve1/services', { auth })).status).to.equal(200);
    for (const [path, missing] of [
      ['/nodes/pve1/syslog', '/nodes/pve1, Sys.Syslog'],
      ['/nodes/pve1/hosts', '/, Sys.Audit'],
      ['/nodes/pve2/time', '/nodes/pve2, Sys.Audit'],
      ['/nodes/pve1/scan/lvm', '/storage, Datastore.Allocate'],
    ])
      expect((await bench.get(path!, { auth })).reason).to.equal(
        `Permission check failed (${missing})`,
      );
  });

  it('has a route for whatever its tables describe', async () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    for (const file of readdirSync(TABLES).filter(
      (name) => name.endsWith('.js') && name !== 'shared.js',
    )) {
      const tables = Object.values((await import(join(TABLES, file))) as Record<string, object>);
      const keys = tables.flatMap((table) => Object.keys(table));
      expect(
        keys.filter((key) => !known.has(key)),
        file,
      ).to.deep.equal([]);
    }
  });

  it('a node goes down, and is woken', async () => {
    expectOk(await bench.put('/nodes/pve2/config', { wakeonlan: 'BC:24:11:00:00:01' }));
    const wrong = await bench.post('/nodes/pve2/status', { command: 'halt' });
    expect(wrong.status).to.equal(400);
    expectOk(await bench.post('/nodes/pve2/status', { command: 'shutdown' }));
    const down = await bench.get('/nodes/pve2/status');
    expect(down.status).to.equal(595);
    const nodes = (await bench.get('/nodes')).data as Array<{ node: string; status: string }>;
    expect(nodes.find(({ node }) => node === 'pve2')?.status).to.equal('offline');
    expectOk(await bench.post('/nodes/pve2/wakeonlan'));
    const up = await bench.read('/nodes/pve2/status');
    expect(up.uptime).to.be.lessThan(60);
  });
});
