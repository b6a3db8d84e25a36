import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

describe('pools and tasks', function () {
  this.timeout(30_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start('--guests', '4');
  });

  after(() => lab.stop());

  const members = async (pool: string): Promise<number[]> =>
    (await lab.json<{ guests: Array<{ vmid: number }> }>('pool', 'show', pool)).guests.map(
      ({ vmid }) => vmid,
    );
  const fault = (...flags: string[]): Promise<unknown> =>
    lab.json('sandbox', 'fault', 'add', ...flags);

  it('a pool is made, filled, emptied and deleted', async () => {
    await lab.json('pool', 'create', 'web', '--comment', 'the web');
    await lab.json('pool', 'add', 'web', '100-101', '--storage', 'local', '--move');
    expect(await lab.json('pool', 'show', 'web')).to.deep.include({
      comment: 'the web',
      storages: ['local'],
    });
    expect(await members('web')).to.deep.equal([100, 101]);
    const writes = lab.writes();
    await lab.json('pool', 'add', 'web', '100', '--storage', 'local');
    expect(lab.writes(), 'what is so already is not sent').to.equal(writes);
    await lab.json('pool', 'remove', 'web', '100');
    expect(await members('web')).to.deep.equal([101]);
    const refused = await lab.pmx(['pool', 'rm', 'web', '--yes', '--json']);
    expect(refused.code).to.equal(1);
    expect(refused.stdout).to.include('PMX_POOL_NOT_EMPTY');
    await lab.json('pool', 'rm', 'web', '--remove-members', '--yes');
    expect((await lab.pmx(['get', 'pool', 'web'])).stderr).to.include('PMX_POOL_NOT_FOUND');
  });

  it('members of a pool that cannot be deleted are put back', async () => {
    await lab.json('pool', 'create', 'kept');
    await lab.json('pool', 'add', 'kept', '100', '--move', '--storage', 'local');
    await fault(
      '--action',
      'status',
      '--status',
      '500',
      '--message',
      'no',
      '--method',
      'DELETE',
      '--path',
      '/pools',
      '--times',
      '1',
    );
    const { code } = await lab.pmx(['pool', 'delete', 'kept', '--remove-members', '--yes']);
    expect(code).to.equal(3);
    expect(await members('kept')).to.deep.equal([100]);
  });

  it('a lost answer is looked up, and the guest moved once', async () => {
    await lab.json('pool', 'create', 'other');
    await fault(
      '--action',
      'reset',
      '--after',
      '--method',
      'PUT',
      '--path',
      '/pools',
      '--times',
      '1',
    );
    await lab.json('pool', 'add', 'other', '100', '--move');
    expect(await members('other'), 'looked up, not sent twice').to.deep.equal([100]);
    expect(await members('kept')).to.deep.equal([]);
  });

  it('bad names: one error each, and nothing sent', async () => {
    const writes = lab.writes();
    for (const [words, problem] of [
      [['pool', 'create', 'a b'], 'PMX_INVALID_POOL'],
      [['pool', 'create', 'other'], 'PMX_POOL_EXISTS'],
      [['pool', 'add', 'other'], 'PMX_NOTHING_NAMED'],
      [['pool', 'add', 'nosuch', '100'], 'PMX_POOL_NOT_FOUND'],
      [['pool', 'add', 'kept', '100'], 'PMX_GUEST_IN_OTHER_POOL'],
      [['pool', 'add', 'kept', '--storage', 'nosuch'], 'PMX_STORAGE_NOT_FOUND'],
      [['pool', 'delete', 'nosuch', '--yes'], 'PMX_POOL_NOT_FOUND'],
      [['task', 'list', '--since', 'soon'], 'PMX_INVALID_TIME'],
      [['task', 'stop', 'UPID:x', '--yes'], 'PMX_INVALID_UPID'],
    ] as const) {
      const { code, stdout } = await lab.pmx([...words, '--json']);
      expect(JSON.parse(stdout).error, words.join(' ')).to.include({ code: problem, exitCode: 1 });
      expect(code).to.equal(1);
    }
    expect(lab.writes()).to.equal(writes);
  });

  it('a log is followed to the end, and a failed task is exit 3', async () => {
    await fault(
      '--action',
      'lock-held',
      '--seconds',
      // Long enough for a machine that is busy with other tests.
      '5',
      '--path',
      '/nodes/*/qemu/*/status/start',
    );
    const upid = (await lab.pmx(['vm', 'start', '100', '--no-wait'])).stdout.trim();
    const running = await lab.json<Array<{ upid: string }>>('task', 'ls', '--status', 'running');
    expect(running.map((task) => task.upid)).to.include(upid);
    const { code, stdout } = await lab.pmx(['task', 'log', '-f', upid]);
    expect([code, stdout.trimEnd().split('\n').at(-1)]).to.deep.equal([0, 'TASK OK']);
    await lab.json('sandbox', 'fault', 'clear');
    const again = (await lab.pmx(['api', 'post', '/nodes/pve1/qemu/100/status/start', '--no-wait']))
      .stdout;
    const failed = await lab.pmx(['task', 'log', '-f', again.trim()]);
    expect(failed.code).to.equal(3);
    expect(failed.stdout).to.include('TASK ERROR: VM 100 already running');
    expect(failed.stderr).to.include('PMX_TASK_FAILED');
  });

  it('a running task is stopped; one that has ended is said so', async () => {
    await fault(
      '--action',
      'lock-held',
      '--seconds',
      '20',
      '--path',
      '/nodes/*/qemu/*/status/start',
    );
    const upid = (await lab.pmx(['vm', 'start', '101', '--no-wait'])).stdout.trim();
    const follower = lab.spawn(['task', 'log', '-f', upid]);
    const followed = outcomeOf(follower);
    await lab.json('task', 'stop', upid, '--yes');
    await until(async () => {
      const { status } = await lab.json<{ status: string }>('task', 'show', upid);
      return status === 'stopped';
    }, 'the end of the task');
    expect((await followed).code).to.equal(3);
    const second = await lab.pmx(['task', 'stop', upid, '--yes']);
    expect([second.code, second.stdout]).to.deep.equal([0, `Had ended already: ${upid}\n`]);
  });

  it('members are selected, or come from standard input', async () => {
    await lab.json('pool', 'create', 'chosen');
    const vms = await lab.json<Array<{ vmid: number; status: string }>>('vm', 'list');
    const stopped = vms.filter(({ status }) => status === 'stopped').map(({ vmid }) => vmid);
    await lab.json('pool', 'add', 'chosen', '-l', 'status=stopped', '--move');
    expect(await members('chosen')).to.deep.equal(stopped);
    await lab.pmx(['pool', 'remove', 'chosen', '-'], { input: stopped.join('\n') });
    expect(await members('chosen')).to.deep.equal([]);
  });
});
