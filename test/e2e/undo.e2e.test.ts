import { renameSync, rmSync } from 'node:fs';

import { expect } from 'chai';

import { Lab } from './support.ts';

interface Operation {
  id: string;
  operation: string;
  status: string;
}

describe('pmx undo and pmx op prune', function () {
  this.timeout(90_000);
  let lab: Lab;
  let held: Awaited<ReturnType<Lab['holdings']>>;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    held = await lab.holdings();
  });

  after(() => lab.stop());

  const newest = async (): Promise<Operation> => (await lab.json<Operation[]>('op', 'list'))[0]!;
  const refusal = async (...args: string[]): Promise<{ code: string; message: string }> => {
    const writes = lab.writes();
    const { code, stdout } = await lab.pmx(['undo', ...args, '--yes', '--json']);
    expect(code).to.equal(1);
    expect(lab.writes(), 'nothing was changed').to.equal(writes);
    return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
  };

  it('takes a finished create back, but asks, for the guest goes', async () => {
    await lab.json('vm', 'create', 'web-01', '--template', 'base');
    const made = await newest();
    // What changed nothing stands in nobody's way.
    await lab.json('vm', 'set', 'web-01', '--name', 'web-01');
    const asked = await lab.pmx(['undo', '--json']);
    expect(asked.code).to.equal(1);
    expect(asked.stdout).to.contain('PMX_CONFIRMATION_NEEDED');
    const undone = await lab.json<{ operation: string; status: string }>('undo', '--yes');
    expect(undone).to.include({ operation: made.id, status: 'rolled-back' });
    expect(await lab.holdings()).to.deep.equal(held);
    expect(await refusal(made.id)).to.include({ code: 'PMX_OPERATION_ENDED' });
  });

  it('not when something was done with the guest since', async () => {
    await lab.json('vm', 'create', 'web-01', '--template', 'base');
    const made = await newest();
    await lab.json('vm', 'snapshot', 'create', 'web-01', '--name', 'first');
    const error = await refusal(made.id);
    expect(error.code).to.equal('PMX_UNDO_OUTDATED');
    expect(error.message).to.contain('came after it');
    await lab.json('undo', '--yes');
    const rows = await lab.json<Array<{ name: string }>>('vm', 'snapshot', 'list', 'web-01');
    expect(rows.map(({ name }) => name)).to.not.include('first');
    await lab.json('undo', made.id, '--yes');
    expect(await lab.holdings()).to.deep.equal(held);
  });

  it('sets a configuration back, unless somebody has set it anew', async () => {
    const { vmid } = await lab.json<{ vmid: number }>(
      'vm',
      'create',
      'web-01',
      '--template',
      'base',
    );
    const config = `/nodes/pve1/qemu/${vmid}/config`;
    const memory = async (): Promise<unknown> =>
      (await lab.json<{ memory: unknown }>('api', 'get', config)).memory;
    const before = await memory();
    await lab.json('vm', 'set', 'web-01', '--memory', '3G');
    expect(String(await memory())).to.equal('3072');
    await lab.json('undo', '--yes');
    expect(await memory()).to.equal(before);

    await lab.json('vm', 'set', 'web-01', '--memory', '3G');
    const set = await newest();
    await asAnotherAdmin(() => lab.json('api', 'put', config, 'memory=4096'));
    const error = await refusal(set.id);
    expect(error).to.include({ code: 'PMX_UNDO_OUTDATED' });
    expect(error.message).to.contain('memory was changed again');
    expect(String(await memory())).to.equal('4096');
    await lab.json('vm', 'delete', 'web-01', '--yes');
  });

  it('not when it deleted something, and says so', async () => {
    const error = await refusal();
    expect(error.code).to.equal('PMX_NOT_REVERSIBLE');
    expect(error.message).to.contain('nothing takes back "Delete VM');
  });

  it('prune removes what has ended, and what is open stays', async () => {
    const words = ['vm', 'create', 'bad', '--template', 'base', '--wait', 'ssh'];
    await lab.pmx([...words, '--wait-timeout', '1', '--keep-on-failure']);
    const open = await lab.json<Operation[]>('op', 'list', '--status', 'interrupted');
    expect(open).to.have.length(1);
    expect(await lab.json('op', 'list', '--since', '0h')).to.deep.equal([]);
    const pruned = await lab.json<{ removed: number; kept: number }>(
      ...['op', 'prune', '--older-than', '0h', '--keep', '2', '--yes'],
    );
    expect(pruned.removed).to.be.above(5);
    expect(pruned.kept).to.equal(2);
    const left = await lab.json<Operation[]>('op', 'list');
    expect(left.map(({ id }) => id)).to.include(open[0]!.id);
    await lab.json('op', 'rollback', open[0]!.id);
    expect(await lab.holdings()).to.deep.equal(held);
  });

  /** Whose changes no journal of this machine knows. */
  async function asAnotherAdmin(change: () => Promise<unknown>): Promise<void> {
    const [journals, aside] = [lab.file('state/operations'), lab.file('state/aside')];
    renameSync(journals, aside);
    await change();
    rmSync(journals, { recursive: true });
    renameSync(aside, journals);
  }
});
