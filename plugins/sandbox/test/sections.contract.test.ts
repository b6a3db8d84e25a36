import { expect } from 'chai';
import { Bench, expectOk } from './helper.ts';
import type { Json, Reply } from './helper.ts';

interface Case {
  path: string;
  id: string;
  /** The name of the id's parameter. */
  key: string;
  fields: Record<string, unknown>;
  change: Record<string, unknown>;
  remove?: string;
  createdAtItsPath?: boolean;
  missing: [number, string];
  exists: [number, string];
  /** What is given but not shown. */
  secret?: string;
  takesNoDigest?: true;
}

const CASES: readonly Case[] = [
  ...(['dir', 'pci', 'usb'] as const).map((kind): Case => {
    const noun = { dir: 'directory', pci: 'PCI', usb: 'USB' }[kind];
    return {
      path: `/cluster/mapping/${kind}`,
      id: 'thing',
      key: 'id',
      fields: { map: 'node=pve1,id=1af4:1045,path=/x', description: 'old' },
      change: { map: 'node=pve1,id=1af4:1042,path=/y' },
      remove: 'description',
      missing: [500, "mapping 'thing' not found"],
      exists: [500, `${noun} ID 'thing' already defined`],
    };
  }),
  {
    path: '/cluster/metrics/server',
    id: 'graphs',
    key: 'id',
    fields: { type: 'influxdb', server: '127.0.0.1', port: 8086, token: 'hidden-1', mtu: 1400 },
    change: { port: 8087, server: '127.0.0.2' },
    remove: 'mtu',
    createdAtItsPath: true,
    missing: [500, "status server entry 'graphs' does not exist"],
    exists: [500, "Metric server 'graphs' already exists"],
    secret: 'token',
  },
  {
    path: '/cluster/notifications/endpoints/gotify',
    id: 'phone',
    key: 'name',
    fields: { server: 'https://127.0.0.1', token: 'hidden-1', comment: 'old' },
    change: { server: 'https://127.0.0.2' },
    remove: 'comment',
    missing: [404, "gotify endpoint 'phone' not found"],
    exists: [400, "Cannot create 'phone', an entity with the same name already exists"],
    secret: 'token',
  },
  {
    path: '/cluster/notifications/matchers',
    id: 'all',
    key: 'name',
    fields: { target: 'phone', comment: 'old' },
    change: { mode: 'any' },
    remove: 'comment',
    missing: [404, "matcher 'all' not found"],
    exists: [400, "Cannot create 'all', an entity with the same name already exists"],
  },
  {
    path: '/cluster/jobs/realm-sync',
    id: 'nightly',
    key: 'id',
    fields: { schedule: 'daily', realm: 'pve', comment: 'old' },
    change: { schedule: 'hourly' },
    remove: 'comment',
    createdAtItsPath: true,
    takesNoDigest: true,
    missing: [500, "no such job 'nightly'"],
    exists: [500, "Job 'nightly' already exists"],
  },
];

describe('lists of records', () => {
  let bench: Bench;

  before(async () => {
    bench = await Bench.start();
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 101, name: 'one' }));
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 102 }));
  });
  after(() => bench.stop());

  const refused = (reply: Reply, [status, text]: [number, string]): void => {
    expect(`${reply.status} ${JSON.stringify(reply.body)}`).to.include(String(status));
    expect(JSON.stringify(reply.body)).to.include(text);
  };

  for (const {
    path,
    id,
    key,
    fields,
    change,
    remove,
    createdAtItsPath,
    missing,
    exists,
    secret,
    takesNoDigest,
  } of CASES) {
    it(`makes, shows, changes and removes ${path}`, async () => {
      const item = `${path}/${id}`;
      refused(await bench.get(item), missing);
      refused(await bench.put(item, change), missing);
      refused(await bench.del(item), missing);
      const create = (): Promise<Reply> =>
        createdAtItsPath ? bench.post(item, fields) : bench.post(path, { [key]: id, ...fields });
      expectOk(await create());
      refused(await create(), exists);
      const rows: Json[] = await bench.read(path);
      expect(rows.map((row) => row[key])).to.deep.equal([id]);
      const made = await bench.read(item);
      expect(made).to.have.property('digest');
      if (secret !== undefined) expect(JSON.stringify([rows, made])).not.to.include('hidden-1');
      expectOk(await bench.put(item, { ...change, ...(remove ? { delete: remove } : {}) }));
      const changed = await bench.read(item);
      for (const [name, value] of Object.entries(change))
        expect([value, [value]]).to.deep.include(changed[name]);
      if (remove !== undefined) expect(changed).not.to.have.property(remove);
      const stale = await bench.put(item, { ...change, digest: made.digest });
      // Not all of them look at the digest.
      refused(stale, takesNoDigest ? [400, 'not defined in schema'] : [500, 'detected modified']);
      await bench.restart();
      expect(await bench.read(item)).to.deep.equal(changed);
      expectOk(await bench.del(item));
      refused(await bench.get(item), missing);
    });
  }

  it('keeps HA rules about resources that HA manages', async () => {
    const rules = '/cluster/ha/rules';
    const rule = { rule: 'near', type: 'node-affinity', resources: 'vm:101', nodes: 'pve1' };
    refused(await bench.post(rules, rule), [500, 'unmanaged']);
    for (const sid of ['vm:101', 'vm:102'])
      expectOk(await bench.post('/cluster/ha/resources', { sid }));
    refused(await bench.post(rules, { ...rule, nodes: '', type: 'other' }), [400, 'enumeration']);
    const { nodes: _nodes, ...incomplete } = rule;
    refused(await bench.post(rules, incomplete), [400, 'property is missing']);
    expectOk(await bench.post(rules, rule));
    expectOk(
      await bench.post(rules, {
        rule: 'apart',
        type: 'resource-affinity',
        resources: 'vm:101,vm:102',
        affinity: 'negative',
      }),
    );
    expect(await bench.read(`${rules}?type=node-affinity`)).to.have.lengthOf(1);
    expect(await bench.read(`${rules}?resource=vm:102`)).to.have.lengthOf(1);
    expect((await bench.read('/cluster/ha/status/current')).map((row: Json) => row.id)).to.include(
      'service:vm:101',
    );
    expectOk(await bench.del('/cluster/ha/resources/101'));
    expect((await bench.read(rules)).map((row: Json) => [row.rule, row.resources])).to.deep.equal([
      ['apart', 'vm:102'],
    ]);
    refused(await bench.get('/cluster/ha/groups'), [500, 'ha groups have been migrated to rules']);
  });

  it('shows which guests no backup job takes along', async () => {
    const vmids = async (): Promise<number[]> =>
      (await bench.get('/cluster/backup-info/not-backed-up')).data.map((row: Json) => row.vmid);
    expect(await vmids()).to.deep.equal([101, 102]);
    expectOk(
      await bench.post('/cluster/backup', {
        id: 'one',
        vmid: '101',
        schedule: 'daily',
        storage: 'local',
      }),
    );
    expect(await vmids()).to.deep.equal([102]);
    expectOk(await bench.put('/cluster/backup/one', { all: 1, exclude: '101', delete: 'vmid' }));
    expect(await vmids()).to.deep.equal([101]);
    expectOk(await bench.put('/cluster/backup/one', { enabled: 0 }));
    expect(await vmids()).to.deep.equal([101, 102]);
  });

  it('offers custom CPU models to the nodes', async () => {
    expectOk(
      await bench.post('/cluster/qemu/custom-cpu-models', {
        cputype: 'mine',
        'reported-model': 'EPYC',
      }),
    );
    const models: Json[] = await bench.read('/nodes/pve1/capabilities/qemu/cpu');
    expect(models.filter(({ custom }) => custom === 1)).to.deep.equal([
      { custom: 1, name: 'custom-mine', vendor: 'AuthenticAMD' },
    ]);
  });

  it('shows mappings to those who may see them', async () => {
    for (const id of ['seen', 'unseen'])
      expectOk(await bench.post('/cluster/mapping/usb', { id, map: 'node=pve1,id=1:2' }));
    const auth = await bench.narrow('mapper', { '/mapping/usb/seen': 'Mapping.Use' });
    const rows: Json[] = (await bench.get('/cluster/mapping/usb', { auth })).data;
    expect(rows.map(({ id }) => id)).to.deep.equal(['seen']);
    expect((await bench.get('/cluster/mapping/usb/unseen', { auth })).status).to.equal(403);
    const reply = await bench.post(
      '/cluster/mapping/usb',
      { id: 'new', map: 'node=pve1' },
      { auth },
    );
    expect(reply.reason).to.equal('Permission check failed (/mapping/usb, Mapping.Modify)');
  });

  it('gives a token another secret, and takes its settings back', async () => {
    const path = '/access/users/root@pam/token/spare';
    const { value } = (await bench.post(path, { comment: 'old', privsep: 0 })).data;
    const { data } = await bench.put(path, { regenerate: 1, delete: 'comment' });
    expect(data.value).to.be.a('string').and.not.equal(value);
    expect(data).not.to.have.property('comment');
    const auth = (secret: string): { Authorization: string } => ({
      Authorization: `PVEAPIToken=root@pam!spare=${secret}`,
    });
    expect((await bench.get('/version', { auth: auth(value) })).status).to.equal(401);
    expect((await bench.get('/version', { auth: auth(data.value) })).status).to.equal(200);
  });

  it('keeps what names no right to root’s ticket', async () => {
    const reply = await bench.get('/cluster/backup-info');
    expect(reply.reason).to.equal('Permission check failed (user != root@pam)');
  });
});
