import { expect } from 'chai';
import { Bench, expectOk } from './helper.ts';
import type { Json, Reply } from './helper.ts';

describe('firewall', () => {
  let bench: Bench;

  before(async () => {
    bench = await Bench.start();
    for (const vmid of [101, 102]) await bench.ok(bench.post('/nodes/pve1/qemu', { vmid }));
  });
  after(() => bench.stop());

  const refused = (reply: Reply, status: number, text: string): void => {
    expect(reply.status).to.equal(status);
    expect(JSON.stringify(reply.body)).to.include(text);
  };
  const vm = (vmid: number, rest = ''): string => `/nodes/pve1/qemu/${vmid}/firewall${rest}`;

  for (const base of [
    '/cluster/firewall',
    '/nodes/pve1/firewall',
    '/nodes/pve1/qemu/101/firewall',
  ]) {
    it(`keeps the rules of ${base} in order`, async () => {
      const rules = `${base}/rules`;
      expect(await bench.read(rules)).to.deep.equal([]);
      const rule = { type: 'in', action: 'ACCEPT', proto: 'tcp', dport: '22', enable: 1 };
      expectOk(await bench.post(rules, rule));
      expectOk(await bench.post(rules, { type: 'out', action: 'DROP', comment: 'second' }));
      // A new rule comes before all others.
      const listed: Json[] = await bench.read(rules);
      expect(listed.map(({ pos, action }) => [pos, action])).to.deep.equal([
        [0, 'DROP'],
        [1, 'ACCEPT'],
      ]);
      expect(listed[0].enable).to.equal(0);
      const { digest } = listed[0];
      expectOk(await bench.put(`${rules}/0`, { delete: 'comment', log: 'info', digest }));
      refused(await bench.put(`${rules}/0`, { log: 'nolog', digest }), 500, 'detected modified');
      expect(await bench.read(`${rules}/0`))
        .to.include({ log: 'info' })
        .and.not.have.property('comment');
      expectOk(await bench.put(`${rules}/0`, { moveto: 2 }));
      expect((await bench.read(rules)).map(({ action }: Json) => action)).to.deep.equal([
        'ACCEPT',
        'DROP',
      ]);
      expectOk(await bench.del(`${rules}/1`));
      refused(await bench.del(`${rules}/1`), 500, 'no rule at position 1');
      expectOk(await bench.del(`${rules}/0`));
      expect(await bench.read(rules)).to.deep.equal([]);
    });
  }

  it('refuses rules that make no sense', async () => {
    const post = (more: Record<string, unknown>): Promise<Reply> =>
      bench.post(vm(101, '/rules'), { type: 'in', action: 'ACCEPT', ...more });
    refused(await post({ action: 'MAYBE' }), 400, "unknown action 'MAYBE'");
    refused(await post({ dport: '80' }), 400, "missing 'proto'");
    refused(await post({ macro: 'Nothing' }), 400, "unknown macro 'Nothing'");
    refused(await post({ type: 'group', action: 'none' }), 400, "no such security group 'none'");
    refused(await post({ type: 'sideways' }), 400, 'does not have a value in the enumeration');
    refused(await post({ nonsense: 1 }), 400, 'not defined in schema');
    expect(await bench.read(vm(101, '/rules'))).to.deep.equal([]);
  });

  it('has options, and the digest of an empty file when there are none', async () => {
    const empty = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
    expect(await bench.read(vm(102, '/options'))).to.deep.equal({ digest: empty });
    expectOk(await bench.put(vm(102, '/options'), { enable: 1, policy_in: 'DROP' }));
    const options = await bench.read(vm(102, '/options'));
    expect(options).to.include({ enable: 1, policy_in: 'DROP' });
    expect(options.digest).not.to.equal(empty);
    expectOk(await bench.put(vm(102, '/options'), { delete: 'enable,policy_in' }));
    expect(await bench.read(vm(102, '/options'))).to.deep.equal({ digest: empty });
  });

  it('knows aliases, IP sets and who may be referred to', async () => {
    expectOk(
      await bench.post('/cluster/firewall/aliases', { name: 'office', cidr: '10.1.0.0/16' }),
    );
    refused(
      await bench.post('/cluster/firewall/aliases', { name: 'office', cidr: '10.2.0.0/16' }),
      400,
      "alias 'office' already exists",
    );
    expectOk(await bench.put('/cluster/firewall/aliases/office', { cidr: '::1', rename: 'home' }));
    expect(await bench.read('/cluster/firewall/aliases/home')).to.include({
      cidr: '::1',
      ipversion: 6,
    });
    refused(await bench.get('/cluster/firewall/aliases/office'), 400, 'no such alias');

    expectOk(await bench.post(vm(101, '/ipset'), { name: 'admins', comment: 'us' }));
    const set = vm(101, '/ipset/admins');
    expectOk(await bench.post(set, { cidr: '10.0.0.1' }));
    expectOk(await bench.post(set, { cidr: '10.0.0.0/24', nomatch: 1 }));
    refused(await bench.post(set, { cidr: '10.0.0.1' }), 400, 'already exists');
    expect(await bench.read(`${set}/${encodeURIComponent('10.0.0.0/24')}`)).to.include({
      nomatch: 1,
    });
    expectOk(await bench.del(`${set}/10.0.0.1`));
    expect(await bench.read(set)).to.have.lengthOf(1);
    refused(await bench.del(set), 500, "IPSet 'admins' is not empty");

    const refs = await bench.read(vm(101, '/refs'));
    expect(refs).to.deep.include.members([
      { type: 'alias', name: 'home', ref: 'dc/home', scope: 'dc' },
      { type: 'ipset', name: 'admins', ref: '+guest/admins', scope: 'guest', comment: 'us' },
    ]);
    expect(await bench.read(vm(101, '/refs?type=alias'))).to.have.lengthOf(1);
    expect(await bench.read('/cluster/firewall/refs')).to.have.lengthOf(1);
    expectOk(await bench.del(`${set}?force=1`));
    expect(await bench.read(vm(101, '/ipset'))).to.deep.equal([]);
  });

  it('has security groups', async () => {
    const groups = '/cluster/firewall/groups';
    expectOk(await bench.post(groups, { group: 'web', comment: 'servers' }));
    refused(await bench.post(groups, { group: 'web' }), 400, 'already exists');
    expectOk(await bench.post(`${groups}/web`, { type: 'in', action: 'ACCEPT', macro: 'HTTP' }));
    refused(
      await bench.post(`${groups}/web`, { type: 'group', action: 'web' }),
      400,
      'security groups not allowed',
    );
    expectOk(await bench.post(vm(102, '/rules'), { type: 'group', action: 'web' }));
    refused(await bench.del(`${groups}/web`), 500, "Security group 'web' is not empty");
    expectOk(await bench.del(`${groups}/web/0`));
    expectOk(await bench.post(groups, { group: 'web2', rename: 'web' }));
    expect((await bench.read(groups)).map(({ group }: Json) => group)).to.deep.equal(['web2']);
    expectOk(await bench.del(`${groups}/web2`));
    refused(await bench.get(`${groups}/web2`), 500, "no such security group 'web2'");
  });

  it('copies a VM’s firewall to its clone, and forgets it with the VM', async () => {
    expectOk(await bench.post(vm(101, '/rules'), { type: 'in', action: 'REJECT' }));
    await bench.ok(bench.post('/nodes/pve1/qemu/101/clone', { newid: 105 }));
    expect((await bench.read(vm(105, '/rules')))[0]).to.include({ action: 'REJECT' });
    expectOk(await bench.del(vm(105, '/rules/0')));
    expect(await bench.read(vm(101, '/rules'))).to.have.lengthOf(1);
    await bench.ok(bench.del('/nodes/pve1/qemu/101'));
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 101 }));
    expect(await bench.read(vm(101, '/rules'))).to.deep.equal([]);
  });

  it('asks for the rights that PVE asks for', async () => {
    const auth = await bench.narrow('fw', { '/vms/102': 'VM.Audit' });
    expect((await bench.get(vm(102, '/rules'), { auth })).status).to.equal(200);
    const reply = await bench.put(vm(102, '/options'), { enable: 1 }, { auth });
    expect(reply.reason).to.equal('Permission check failed (/vms/102, VM.Config.Network)');
    expect((await bench.get(vm(101, '/rules'), { auth })).status).to.equal(403);
    expect((await bench.get('/cluster/firewall/rules', { auth })).reason).to.equal(
      'Permission check failed (/, Sys.Audit)',
    );
  });

  it('survives a restart', async () => {
    expectOk(await bench.put('/cluster/firewall/options', { enable: 1 }));
    await bench.restart();
    expect(await bench.read('/cluster/firewall/options')).to.include({ enable: 1 });
  });
});
