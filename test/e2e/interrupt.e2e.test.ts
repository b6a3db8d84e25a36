import { type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { Lab, outcomeOf, until } from './support.ts';

interface Operation {
  id: string;
  operation: string;
  status: string;
}

/** Slow enough that a signal meets a task that runs, fast enough for a test. */
const taskMillis = 1200;

describe('interrupted half way', function () {
  this.timeout(90_000);
  let lab: Lab;

  before(async () => {
    lab = await Lab.start();
    await lab.template('base');
    await lab.pmx(['sandbox', 'stop']);
    await lab.json(
      'sandbox',
      'start',
      '--detach',
      '--task-millis',
      String(taskMillis),
      '--agent-delay-millis',
      '0',
      '--stale-millis',
      '0',
    );
    writeFileSync(lab.file('web.yaml'), '#cloud-config\n{}\n');
  });

  after(() => lab.stop());

  /** Lines of the newest journal: what the operation has begun so far. */
  function journal(): string {
    const folder = lab.file('state/operations');
    const [newest] = readdirSync(folder)
      .map((name) => ({ path: `${folder}/${name}`, time: statSync(`${folder}/${name}`).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    return newest === undefined ? '' : readFileSync(newest.path, 'utf8');
  }

  async function begun(child: ChildProcess, step: string, event = 'step-started'): Promise<void> {
    const known = lab.requests().length;
    await until(
      () =>
        lab.requests().length >= known &&
        new RegExp(`"event":"${event}","step":"${step}"`).test(journal()) &&
        journal().includes(`"pid":${child.pid}`),
      `${event} ${step}`,
    );
  }

  async function newest(): Promise<Operation> {
    return (await lab.json<Operation[]>('op', 'list'))[0]!;
  }

  const create = [
    'vm',
    'create',
    'web-01',
    '--template',
    'base',
    '--user-data',
    'web.yaml',
    '--disk',
    '+64M',
    '--start',
  ];

  for (const step of ['upload-seed', 'clone', 'resize', 'start']) {
    it(`Ctrl-C while ${step} runs in create: exit 130, everything taken back`, async () => {
      const before = await lab.holdings();
      const child = lab.spawn(create);
      const ended = outcomeOf(child);
      await begun(child, step);
      child.kill('SIGINT');
      const outcome = await ended;
      expect(outcome.code, outcome.stderr).to.equal(130);
      expect(outcome.stderr).to.include('Cleaned up');
      expect(await newest()).to.include({ operation: 'vm.create', status: 'rolled-back' });
      expect(await lab.holdings()).to.deep.equal(before);
    });

    it(`kill -9 while ${step} runs in create: op list shows it, rollback leaves nothing`, async () => {
      const before = await lab.holdings();
      const child = lab.spawn(create);
      const ended = outcomeOf(child);
      await begun(child, step);
      child.kill('SIGKILL');
      await ended;
      const operation = await newest();
      expect(operation).to.include({ operation: 'vm.create', status: 'interrupted' });
      const rollback = await lab.pmx(['op', 'rollback', operation.id]);
      expect(rollback.code, rollback.stderr).to.equal(0);
      expect((await newest()).status).to.equal('rolled-back');
      expect(await lab.holdings()).to.deep.equal(before);
    });
  }

  it('a defect that nobody waits for: exit 2, everything taken back', async () => {
    const before = await lab.holdings();
    const bomb = lab.file('bomb.mjs');
    writeFileSync(bomb, `process.on('SIGUSR2', () => { throw new Error('a stray one'); });\n`);
    const child = lab.spawn(create, { env: { NODE_OPTIONS: `--import=${bomb}` } });
    const ended = outcomeOf(child);
    await begun(child, 'start');
    child.kill('SIGUSR2');
    const { code, stderr } = await ended;
    expect(code, stderr).to.equal(2);
    expect(stderr)
      .to.include('taking back what was begun')
      .and.include('Error: Unexpected error: a stray one')
      .and.include('Cleaned up')
      .and.include('PMX_BUG');
    expect(await newest()).to.include({ operation: 'vm.create', status: 'rolled-back' });
    expect(await lab.holdings()).to.deep.equal(before);
  });

  it('two rollbacks at once: one does it, the other is told', async () => {
    const before = await lab.holdings();
    const child = lab.spawn(create);
    const ended = outcomeOf(child);
    await begun(child, 'clone');
    child.kill('SIGKILL');
    await ended;
    const { id } = await newest();
    const both = await Promise.all([
      lab.pmx(['op', 'rollback', id]),
      lab.pmx(['op', 'rollback', id]),
    ]);
    const codes = both.map(({ code }) => code).sort();
    expect(codes, both.map(({ stderr }) => stderr).join('\n')).to.deep.equal([0, 1]);
    const told = both.find(({ code }) => code === 1)!;
    // The second may come when the first is through already.
    expect(told.stderr).to.match(/PMX_OPERATION_(RUNNING|ENDED)/);
    expect(await lab.holdings()).to.deep.equal(before);
  });

  it('kill -9 while clone runs, then resume: the VM is there, once', async () => {
    const child = lab.spawn(create);
    const ended = outcomeOf(child);
    await begun(child, 'clone', 'task');
    child.kill('SIGKILL');
    await ended;
    const { id } = await newest();
    const resumed = await lab.pmx(['op', 'resume', id]);
    expect(resumed.code, resumed.stderr).to.equal(0);
    const vms = await lab.json<Array<{ name: string; status: string }>>('vm', 'list');
    expect(vms.map(({ name, status }) => `${name} ${status}`)).to.deep.equal(['web-01 running']);
    await lab.json('vm', 'delete', 'web-01', '--stop', '--yes');
  });

  const remove = ['vm', 'delete', 'web-01', '--stop', '--yes'];

  it('Ctrl-C while the VM is stopped in delete: it runs again, nothing is gone', async () => {
    await lab.json(...create);
    const before = await lab.holdings();
    const child = lab.spawn(remove);
    const ended = outcomeOf(child);
    await begun(child, 'stop', 'task');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    expect(await newest()).to.include({ operation: 'vm.delete', status: 'rolled-back' });
    expect(await lab.holdings()).to.deep.equal(before);
    expect((await lab.json<{ status: string }>('vm', 'show', 'web-01')).status).to.equal('running');
  });

  it('Ctrl-C while the VM is destroyed: what cannot be taken back is finished', async () => {
    const child = lab.spawn(remove);
    const ended = outcomeOf(child);
    await begun(child, 'destroy', 'task');
    child.kill('SIGINT');
    const outcome = await ended;
    expect(outcome.code, outcome.stderr).to.equal(130);
    expect(await newest()).to.include({ operation: 'vm.delete', status: 'completed' });
    const { guests, volumes } = await lab.holdings();
    expect(guests).to.deep.equal(['100']);
    expect(volumes.filter((volume) => volume.includes(':iso/'))).to.deep.equal([]);
  });

  for (const step of ['stop', 'destroy']) {
    it(`kill -9 while ${step} runs in delete: op list shows it, rollback ends in one of two whole states`, async () => {
      await lab.json(...create);
      const before = await lab.holdings();
      const child = lab.spawn(remove);
      const ended = outcomeOf(child);
      await begun(child, step, 'task');
      child.kill('SIGKILL');
      await ended;
      const operation = await newest();
      expect(operation).to.include({ operation: 'vm.delete', status: 'interrupted' });
      const rollback = await lab.pmx(['op', 'rollback', operation.id]);
      expect(rollback.code, rollback.stderr).to.equal(0);
      const after = await lab.holdings();
      if (step === 'stop') {
        expect(after).to.deep.equal(before);
        await lab.json(...remove);
      } else {
        expect(after.guests).to.deep.equal(['100']);
        expect(after.volumes.filter((volume) => volume.includes(':iso/'))).to.deep.equal([]);
      }
    });
  }

  it('a second Ctrl-C leaves it as it is, for op rollback', async () => {
    const before = await lab.holdings();
    const child = lab.spawn(create);
    const ended = outcomeOf(child);
    await begun(child, 'clone', 'task');
    child.kill('SIGINT');
    await until(() => journal().includes('"event":"undo-started"'), 'undo');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    const operation = await newest();
    expect(operation.status).to.equal('failed');
    await lab.json('op', 'rollback', operation.id);
    expect(await lab.holdings()).to.deep.equal(before);
  });

  it('never touches another server with an old journal', async () => {
    const child = lab.spawn(create);
    const ended = outcomeOf(child);
    await begun(child, 'clone', 'task');
    child.kill('SIGKILL');
    await ended;
    const { id } = await newest();
    const other = await Lab.start();
    try {
      const stranger = await other.json<{ endpoint: string; fingerprint: string }>(
        'context',
        'show',
        'sandbox',
      );
      const refused = await lab.pmx(['op', 'rollback', id], {
        env: {
          PMX_HOST: stranger.endpoint,
          PMX_FINGERPRINT: stranger.fingerprint,
          PMX_TOKEN_ID: 'root@pam!pmx',
          PMX_TOKEN_SECRET: other.secret(),
        },
      });
      expect(refused.code).to.equal(1);
      expect(refused.stderr).to.include('PMX_OTHER_ENDPOINT').and.to.include('--context sandbox');
    } finally {
      await other.stop();
    }
    await lab.json('op', 'rollback', id);
  });
});
