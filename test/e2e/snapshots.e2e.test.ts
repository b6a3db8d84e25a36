import { expect } from 'chai';

import { Lab } from './support.ts';

interface Snapshot {
  vmid: number;
  name: string;
  parent?: string;
  current: boolean;
  description: string;
  vmstate: boolean;
}

interface Failure {
  error: { code: string; message: string; data?: { results?: unknown[] } };
}

describe('snapshots', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    for (const name of ['web-01', 'web-02', 'db-01'])
      await lab.json('vm', 'create', name, '--template', 'base');
    await lab.json(
      'api',
      'post',
      '/storage',
      'storage=thin',
      'type=lvmthin',
      'vgname=pve',
      'thinpool=data',
    );
    await lab.container('proxy', 'rootfs=thin:1');
  });

  after(() => lab.stop());

  const list = (guest: string, topic = 'vm'): Promise<Snapshot[]> =>
    lab.json<Snapshot[]>(topic, 'snapshot', 'list', guest);
  const names = async (guest: string, topic = 'vm'): Promise<string[]> =>
    (await list(guest, topic)).map(({ name }) => name);

  it('takes one of each guest with one write', async () => {
    const before = lab.requests().length;
    await lab.json('vm', 'snapshot', 'create', 'web-*', '--name', 'one', '--description', 'first');
    const requests = lab.requests().slice(before);
    expect(requests.filter(({ method }) => method === 'POST')).to.have.length(2);
    expect(await list('web-01')).to.deep.equal([
      {
        vmid: 101,
        guest: 'web-01',
        name: 'one',
        current: true,
        description: 'first',
        vmstate: false,
        takenSeconds: (await list('web-01'))[0]!['takenSeconds' as keyof Snapshot],
      },
    ]);
  });

  it('shows a tree, and what the guest stands on', async () => {
    await lab.json('vm', 'snapshot', 'create', 'web-01', '--name', 'two');
    await lab.json('vm', 'snapshot', 'rollback', 'web-01', 'one', '--yes');
    await lab.json('vm', 'snapshot', 'create', 'web-01', '--name', 'three');
    const { stdout } = await lab.pmx(['vm', 'snapshot', 'list', 'web-01']);
    const lines = stdout.split('\n').map((line) => line.trimEnd());
    expect(lines.some((line) => /^ {2,}one /.test(line))).to.equal(true);
    expect(stdout)
      .to.match(/├─ two /)
      .and.match(/\* +└─ three /);
    const flat = await list('web-01');
    expect(flat.map(({ name, parent, current }) => [name, parent, current])).to.deep.equal([
      ['one', undefined, false],
      ['two', 'one', false],
      ['three', 'one', true],
    ]);
    const refs = await lab.pmx(['vm', 'snapshot', 'list', 'web-01', '-o', 'name']);
    expect(refs.stdout).to.equal('one\ntwo\nthree\n');
  });

  it('a rollback says what is lost and what lies in between, and asks', async () => {
    const dry = await lab.pmx(['vm', 'snapshot', 'rollback', 'web-01', 'one', '--dry-run']);
    expect(dry.stdout).to.include('goes:  changes to VM 101 (web-01)');
    expect(dry.stdout).to.include('stays: later snapshot three');
    expect(dry.stdout).to.not.include('later snapshot two');
    const writes = lab.writes();
    const asked = await lab.pmx(['vm', 'snapshot', 'rollback', 'web-01', 'one', '--json']);
    expect(asked.code).to.equal(1);
    expect((JSON.parse(asked.stdout) as Failure).error.code).to.equal('PMX_CONFIRMATION_NEEDED');
    expect(lab.writes()).to.equal(writes);
  });

  it('deletes several of one guest; what stood on them stays', async () => {
    await lab.json('vm', 'snapshot', 'delete', 'web-01', 'one', 'two', '--yes');
    const left = await list('web-01');
    expect(left.map(({ name, parent }) => [name, parent])).to.deep.equal([['three', undefined]]);
  });

  it('saves memory of a running VM, and rolls back to it', async () => {
    await lab.json('vm', 'start', 'db-01');
    await lab.json('vm', 'snapshot', 'create', 'db-01', '--name', 'live', '--vmstate');
    expect((await list('db-01'))[0]).to.include({ vmstate: true });
    await lab.json('vm', 'stop', 'db-01');
    await lab.json('vm', 'snapshot', 'rollback', 'db-01', 'live', '--yes');
    const vm = await lab.json<{ status: string }>('vm', 'show', 'db-01');
    expect(vm.status).to.equal('running');
  });

  it('prunes by number, age and name; --dry-run lists exactly', async () => {
    for (const name of ['pre-1', 'pre-2', 'pre-3', 'other'])
      await lab.json('vm', 'snapshot', 'create', 'web-02', '--name', name);
    const words = ['vm', 'snapshot', 'prune', 'web-02', '--keep', '1', '--match', 'pre-*'];
    const dry = await lab.pmx([...words, '--dry-run']);
    expect(dry.stdout.match(/goes: {2}snapshot (\S+)/g)).to.deep.equal([
      'goes:  snapshot pre-1',
      'goes:  snapshot pre-2',
    ]);
    expect(await names('web-02')).to.have.length(5);
    await lab.json(...words, '--older-than', '1d', '--yes');
    expect(await names('web-02')).to.have.length(5);
    await lab.json(...words, '--yes');
    expect(await names('web-02')).to.have.members(['one', 'pre-3', 'other']);
  });

  it('containers have the same verbs', async () => {
    await lab.json('ct', 'snapshot', 'create', 'proxy', '--name', 'one');
    const made = await lab.pmx(['ct', 'snapshot', 'create', 'proxy']);
    expect(made.stdout).to.match(/^Snapshot snap-\d{8}-\d{6} of container 104 \(proxy\) is taken/);
    await lab.json('ct', 'snapshot', 'prune', 'proxy', '--keep', '1', '--yes');
    expect(await names('proxy', 'ct')).to.have.length(1);
    expect((await names('proxy', 'ct'))[0]).to.match(/^snap-/);
  });

  for (const [args, code] of [
    [['create', 'web-01', '--name', '2026'], 'PMX_INVALID_SNAPSHOT_NAME'],
    [['create', 'web-01', '--name', 'current'], 'PMX_INVALID_SNAPSHOT_NAME'],
    [['create', 'web-01', '--name', 'x'.repeat(41)], 'PMX_INVALID_SNAPSHOT_NAME'],
    [['create', 'web-*', '--name', 'three'], 'PMX_SNAPSHOT_EXISTS'],
    [['create', 'base'], 'PMX_VM_NOT_FOUND'],
    [['delete', 'web-01'], 'PMX_SNAPSHOT_MISSING'],
    [['delete', 'web-01', 'nosuch', '--yes'], 'PMX_SNAPSHOT_NOT_FOUND'],
    [['rollback', 'web-01', 'nosuch', '--yes'], 'PMX_SNAPSHOT_NOT_FOUND'],
    [['rollback', 'web-01', 'three', 'four', '--yes'], 'PMX_ONE_SNAPSHOT'],
    [['prune', 'web-01'], 'PMX_PRUNE_UNBOUNDED'],
    [['prune', 'web-01', '--older-than', 'week'], 'PMX_INVALID_AGE'],
  ] as Array<[string[], string]>) {
    it(`${args.join(' ').slice(0, 50)}: ${code}, and nothing is changed`, async () => {
      const writes = lab.writes();
      const { code: exit, stdout } = await lab.pmx(['vm', 'snapshot', ...args, '--json']);
      expect(exit).to.equal(1);
      expect((JSON.parse(stdout) as Failure).error.code).to.equal(code);
      expect(lab.writes()).to.equal(writes);
    });
  }

  it('of many, what exists is refused by PVE itself, and the others are done', async () => {
    const many = 9;
    await Promise.all(
      Array.from({ length: many }, (_, index) =>
        lab.json('api', 'post', '/nodes/pve1/qemu', `vmid=${200 + index}`, `name=m-${index}`),
      ),
    );
    await lab.json('vm', 'snapshot', 'create', 'm-3', '--name', 'night');
    const before = lab.requests().length;
    const { code, stdout } = await lab.pmx([
      ...['vm', 'snapshot', 'create', 'm-*', '--name', 'night', '--json'],
    ]);
    expect(code).to.equal(3);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; data: { results: Array<{ ok: boolean; error?: { code: string } }> } };
    };
    expect(error.code).to.equal('PMX_PARTIAL_FAILURE');
    const failed = error.data.results.filter(({ ok }) => !ok);
    expect(failed.map((result) => result.error!.code)).to.deep.equal(['PMX_SNAPSHOT_EXISTS']);
    const lists = lab
      .requests()
      .slice(before)
      .filter(({ method, path }) => method === 'GET' && path.endsWith('/snapshot'));
    // Only the undo of the refused one looks, and finds that it is not its own.
    expect(lists.length).to.be.at.most(1);
    expect(await names('m-3')).to.deep.equal(['night']);
    expect(await names('m-4')).to.deep.equal(['night']);
  });
});
