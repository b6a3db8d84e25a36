import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

interface Row {
  vmid: number;
  node: string;
  status: string;
}

describe('nodes and the cluster', function () {
  this.timeout(40_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--nodes', '3', '--guests', '12');
    await lab.json('api', 'put', '/nodes/pve3/config', 'wakeonlan=BC:24:11:00:00:01');
  });

  after(() => lab.stop());

  const guests = (): Promise<Row[]> =>
    lab.json<Row[]>('vm', 'list', '--columns', 'vmid,node,status');
  const on = async (node: string): Promise<number[]> =>
    (await guests()).filter((guest) => guest.node === node).map(({ vmid }) => vmid);
  const migrate = ['--method', 'POST', '--path', '/nodes/*/qemu/*/migrate'];
  const fault = (...flags: string[]): Promise<unknown> =>
    lab.json('sandbox', 'fault', 'add', ...flags);

  it('drain moves all guests, running ones while they run', async () => {
    const before = await guests();
    const away = before.filter(({ node }) => node === 'pve1');
    expect(away).to.have.length(4);
    const result = await lab.json<{ moved: unknown[]; left: unknown[] }>('node', 'drain', 'pve1');
    expect([result.moved.length, result.left.length]).to.deep.equal([4, 0]);
    const after = await guests();
    expect(after.filter(({ node }) => node === 'pve1')).to.deep.equal([]);
    expect(after.map(({ status }) => status)).to.deep.equal(before.map(({ status }) => status));
  });

  it('when one move fails, those that have moved go home', async () => {
    const before = await on('pve2');
    await fault(...migrate, '--nth', '3', '--action', 'task-fail', '--message', 'no luck');
    const { code, stderr } = await lab.pmx(['node', 'drain', 'pve2', '--parallel', '1']);
    expect(code).to.equal(3);
    expect(stderr).to.include('Bring VM');
    expect(await on('pve2')).to.deep.equal(before);
    await lab.json('sandbox', 'fault', 'clear');
  });

  it('Ctrl-C in the middle brings all home', async () => {
    const before = await on('pve2');
    await fault(...migrate, '--nth', '3', '--action', 'delay', '--seconds', '2');
    const child = lab.spawn(['node', 'drain', 'pve2', '--parallel', '2']);
    const ended = outcomeOf(child);
    await until(async () => (await on('pve2')).length < before.length, 'the first move');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code, stderr).to.equal(130);
    expect(await on('pve2')).to.deep.equal(before);
    await lab.json('sandbox', 'fault', 'clear');
  });

  it('kill -9 in the middle: op rollback brings all home', async () => {
    const before = await on('pve2');
    await fault(...migrate, '--nth', '3', '--action', 'delay', '--seconds', '3');
    const child = lab.spawn(['node', 'drain', 'pve2', '--parallel', '2']);
    const ended = outcomeOf(child);
    await until(async () => (await on('pve2')).length < before.length, 'the first move');
    child.kill('SIGKILL');
    await ended;
    await lab.json('sandbox', 'fault', 'clear');
    const [open] = await lab.json<Array<{ id: string; operation: string }>>('op', 'list', '--open');
    expect(open!.operation).to.equal('node.drain');
    await lab.json('op', 'rollback', open!.id);
    expect(await on('pve2')).to.deep.equal(before);
  });

  it('undrain brings home whom the last drain moved, whatever was done with them since', async () => {
    const before = await guests();
    const there = before.filter(({ node }) => node === 'pve2').map(({ vmid }) => vmid);
    await lab.json('node', 'drain', 'pve2');
    const [moved] = there as [number];
    const { node } = (await guests()).find(({ vmid }) => vmid === moved)!;
    await lab.json('vm', 'tag', String(moved), '+away');
    expect(await on('pve2')).to.deep.equal([]);
    const undone = await lab.json<{ status: string; done: string[] }>('node', 'undrain', 'pve2');
    expect([undone.status, undone.done.length]).to.deep.equal(['rolled-back', there.length]);
    expect(await guests()).to.deep.equal(before);
    const again = await lab.pmx(['node', 'undrain', 'pve2']);
    expect([again.code, again.stdout]).to.deep.equal([
      0,
      'No drain of this node is left to take back.\n',
    ]);

    // Moved on by somebody else: nothing is moved, and that one is named.
    await lab.json('node', 'drain', 'pve2');
    await lab.json(
      'vm',
      'migrate',
      String(moved),
      '--to',
      node === 'pve1' ? 'pve3' : 'pve1',
      '--online',
    );
    const writes = lab.writes();
    const { code, stdout } = await lab.pmx(['node', 'undrain', 'pve2', '--json']);
    expect(code).to.equal(1);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).to.equal('PMX_UNDO_OUTDATED');
    expect(error.message).to.match(/is on node pve\d by now, not on pve\d/);
    expect(lab.writes()).to.equal(writes);
    await lab.json('undo', '--yes');
    await lab.json('node', 'undrain', 'pve2');
    expect(await on('pve2')).to.deep.equal(there);
    const unknown = await lab.pmx(['node', 'undrain', 'pve9', '--json']);
    expect([unknown.code, unknown.stdout]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && text.includes('PMX_NODE_NOT_FOUND'),
    );
  });

  it('a guest that cannot leave is named and nothing moved; the others go if that is said', async () => {
    const before = await on('pve2');
    await lab.json('api', 'post', '/cluster/ha/resources', `sid=vm:${before[0]}`);
    const writes = lab.writes();
    const { code, stdout } = await lab.pmx(['node', 'drain', 'pve2', '--json']);
    const { error } = JSON.parse(stdout) as {
      error: { code: string; data: { blockers: Array<{ vmid: number }> } };
    };
    expect([code, error.code]).to.deep.equal([1, 'PMX_DRAIN_BLOCKED']);
    expect(error.data.blockers.map(({ vmid }) => vmid)).to.deep.equal([before[0]]);
    expect(lab.writes()).to.equal(writes);
    await lab.json('node', 'drain', 'pve2', '--skip-blocked', '--to', 'pve1');
    expect(await on('pve2')).to.deep.equal([before[0]]);
  });

  it('cluster, status, top and get all tell the same', async () => {
    const [cluster, status, all, top] = await Promise.all([
      lab.json<{ quorate: boolean; nodes: Array<{ version: string }> }>('cluster', 'status'),
      lab.json<{ nodes: object; vms: { running: number; total: number }; load: unknown[] }>(
        'status',
      ),
      lab.json<Array<{ type: string }>>('get', 'all'),
      lab.json<Array<{ vmid: number; rates?: object }>>('top', 'vm'),
    ]);
    const rows = await guests();
    const running = rows.filter((guest) => guest.status === 'running');
    expect(cluster.quorate).to.equal(true);
    expect(cluster.nodes.map(({ version }) => version)).to.deep.equal(Array(3).fill('9.2.11'));
    expect(status.nodes).to.deep.equal({ online: 3, total: 3 });
    expect(status.vms).to.deep.equal({ running: running.length, total: 12 });
    expect(status.load).to.have.length(3);
    expect(all.filter(({ type }) => type === 'vm')).to.have.length(12);
    expect(top.map(({ vmid }) => vmid).sort()).to.deep.equal(
      running.map(({ vmid }) => vmid).sort(),
    );
    // The server records them once a minute: of who came or moved a moment ago there are none yet.
    for (const { rates } of top)
      if (rates) expect(rates).to.have.all.keys('netIn', 'netOut', 'diskRead', 'diskWrite');
    expect(await lab.json('top', 'storage')).to.have.length(9);
    expect(await lab.json('top', 'node')).to.have.length(3);
    const described = await lab.json<{ guests: object }>('describe', 'node', 'pve1');
    expect(described.guests).to.have.property(
      'total',
      rows.filter(({ node }) => node === 'pve1').length,
    );
  });

  it('status is drawn again and again, and Ctrl-C is a good end', async () => {
    const child = lab.spawn(['status', '--watch', '300ms', '-o', 'jsonl']);
    const ended = outcomeOf(child);
    let lines = 0;
    child.stdout!.on('data', (text: string) => (lines += text.split('\n').length - 1));
    await until(() => lines >= 2, 'the second round');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).to.equal(0);
    expect(JSON.parse(stdout.split('\n')[1]!)).to.have.nested.property('nodes.total', 3);
  });

  it('a node is shut down with what runs on it, woken, and its guests with onboot start', async () => {
    const here = (await guests()).filter(
      ({ node, status }) => node === 'pve3' && status === 'running',
    );
    const [first] = here;
    await lab.json('api', 'put', `/nodes/pve3/qemu/${first!.vmid}/config`, 'onboot=1');
    const refused = await lab.pmx(['node', 'shutdown', 'pve3']);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include(`running VM ${first!.vmid}`);
    await lab.json('node', 'shutdown', 'pve3', '--yes');
    const status = await lab.json<{ nodes: Array<{ node: string; online: boolean }> }>(
      ...['cluster', 'status'],
    );
    expect(status.nodes.filter(({ online }) => !online).map(({ node }) => node)).to.deep.equal([
      'pve3',
    ]);
    expect((await lab.pmx(['node', 'reboot', 'pve3', '--yes'])).stderr).to.include(
      'PMX_NODE_OFFLINE',
    );
    await lab.json('node', 'wake', 'pve3');
    expect(await lab.json('node', 'wake', 'pve3')).to.have.property('changed', false);
    await until(
      async () => (await guests()).find(({ vmid }) => vmid === first!.vmid)?.status === 'running',
      'the guest with onboot',
    );
  });

  it('a node is rebooted, and comes back', async () => {
    await lab.json('node', 'restart', 'pve3', '--yes');
    expect((await lab.json<Array<{ node: string; status: string }>>('node', 'list'))[2]).to.include(
      {
        node: 'pve3',
        status: 'offline',
      },
    );
    await until(
      async () =>
        (await lab.json<Array<{ status: string }>>('node', 'list'))[2]!.status === 'online',
      'the node',
    );
  });
});
