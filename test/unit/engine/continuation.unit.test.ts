import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

import { allSteps, secretRef } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  deadOwner,
  destructive,
  effect,
  failure,
  Lab,
  plan,
  refused,
  step,
  unknownEnd,
  useFolder,
} from './lab.ts';

const fail = (error: Error) => () => {
  throw error;
};

describe('continuation', () => {
  const folder = useFolder();

  /** An operation whose process died after `lines` lines of its journal. */
  async function crashed(
    lines: number,
    steps = [step('a'), step('b'), step('c')],
    world: string[] = [],
  ): Promise<Lab> {
    const lab = new Lab(folder.path);
    await lab.run(plan(steps));
    lab.crash(lines);
    return new Lab(folder.path, new Set(world));
  }

  for (const [status, prepare] of [
    ['completed', () => undefined],
    ['rolled-back', (lab: Lab) => lab.behave.set('b', fail(refused()))],
  ] as const) {
    for (const mode of ['rollback', 'resume'] as const) {
      it(`refuses ${mode} of what is ${status}`, async () => {
        const lab = new Lab(folder.path);
        prepare(lab);
        await lab.run(plan([step('a'), step('b')])).catch(() => undefined);
        const error = await failure(() => lab.continue(mode));
        expect(error).to.include({ code: 'PMX_OPERATION_ENDED', exitCode: 1 });
        expect(error.message).to.include(status).and.to.include(lab.id);
      });
    }
  }

  it('refuses what is running, and says where', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', async () => {
      const error = await failure(() => lab.continue('rollback'));
      expect(error.code).to.equal('PMX_OPERATION_RUNNING');
      expect(error.message).to.include(String(process.pid));
    });
    await lab.run(plan([step('a')]));
    expect(lab.lines.at(-1)).to.equal('finished completed');
  });

  it('refuses resume once taking back began', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(refused()));
    lab.behave.set('undo a', fail(refused()));
    await failure(() => lab.run(plan([step('a'), step('b')])));
    const error = await failure(() => lab.continue('resume'));
    expect(error).to.include({ code: 'PMX_OPERATION_UNDOING', exitCode: 1 });
    expect(error.hints).to.deep.equal([`pmx op rollback ${lab.id}`]);
  });

  it('refuses another server, names both fingerprints, and says which context', async () => {
    const lab = await crashed(3);
    lab.dependencies.identity = async () => ({
      host: 'other.test',
      port: 8006,
      fingerprint: 'CC:DD',
    });
    for (const mode of ['rollback', 'resume'] as const) {
      const error = await failure(() => lab.service.continuation(lab.id, mode));
      expect(error).to.include({ code: 'PMX_OTHER_ENDPOINT', exitCode: 1 });
      expect(error.message).to.include('AA:BB').and.to.include('CC:DD');
      expect(error.hints.join()).to.include('--context home');
    }
    expect(lab.log).to.deep.equal([]);
  });

  it('takes the same server under another name', async () => {
    const lab = await crashed(3, undefined, ['a']);
    lab.dependencies.identity = async () => ({ host: '10.0.0.1', port: 443, fingerprint: 'AA:BB' });
    await lab.continue('rollback');
    expect([...lab.world]).to.deep.equal([]);
  });

  it('asks no server about a local operation', async () => {
    const first = new Lab(folder.path);
    await first.run(plan([step('a')], { local: true }));
    first.crash(2);
    const lab = new Lab(folder.path);
    lab.dependencies.identity = fail(new Error('asked'));
    const shown = await lab.service.continuation(lab.id, 'rollback');
    expect(shown.local).to.equal(true);
  });

  it('shows what a rollback does: the undo effects that are left, last first', async () => {
    const steps = [
      step('a', { undo: [effect('undo a'), effect('undo a2')] }),
      step('b'),
      step('c'),
    ];
    const lab = await crashed(5, steps);
    appendFileSync(
      lab.journalPath,
      `${JSON.stringify({ time: '', event: 'undo-done', step: 'a', effect: 0 })}\n`,
    );
    const shown = await lab.service.continuation(lab.id, 'rollback');
    expect(shown).to.deep.include({
      operation: 'op.rollback',
      title: 'Take back: Test plan',
      continues: { operationId: lab.id, mode: 'rollback' },
    });
    expect(allSteps(shown.steps).map(({ id, title }) => [id, title])).to.deep.equal([
      ['undo:b:0', 'Title of undo b'],
      ['undo:a:1', 'Title of undo a2'],
    ]);
  });

  it('shows what a resume does: the steps that are not done', async () => {
    const lab = await crashed(4, [step('a'), destructive('b'), step('c')]);
    const shown = await lab.service.continuation(lab.id, 'resume');
    expect(shown.title).to.equal('Finish: Test plan');
    expect(allSteps(shown.steps).map(({ id }) => id)).to.deep.equal(['b', 'c']);
  });

  it('a rollback past the point of no return is shown as finishing, with a note', async () => {
    const lab = await crashed(5, [step('a'), destructive('b'), step('c')], ['a', 'b']);
    const shown = await lab.service.continuation(lab.id, 'rollback');
    expect(shown.title).to.equal('Finish: Test plan');
    expect(shown.notes).to.have.length(1);
    expect(allSteps(shown.steps).map(({ id }) => id)).to.deep.equal(['c']);
    expect(await lab.continue('rollback')).to.deep.include({
      status: 'completed',
      done: ['Title of c'],
    });
    expect(lab.log).to.deep.equal(['do c']);
  });

  it('tells what a rollback did', async () => {
    const lab = await crashed(4, undefined, ['a']);
    expect(await lab.continue('rollback')).to.deep.equal({
      operation: lab.id,
      status: 'rolled-back',
      done: ['Title of undo b', 'Title of undo a'],
    });
    expect(await lab.service.show(lab.id)).to.have.property('status', 'rolled-back');
  });

  it('says when not everything could be taken back, and can be asked again', async () => {
    const lab = await crashed(4, undefined, ['a', 'b']);
    lab.behave.set('undo b', fail(refused('held')));
    const error = await failure(() => lab.continue('rollback'));
    expect(error).to.include({ code: 'PMX_ROLLBACK_INCOMPLETE', exitCode: 2 });
    expect(error.hints.join()).to.include('Title of undo b: held');
    const again = new Lab(folder.path, lab.world);
    await again.continue('rollback');
    expect(again.log).to.deep.equal(['undo b']);
  });

  it('resume recovers the step of unknown end before running it', async () => {
    const lab = await crashed(4, undefined, ['a', 'b']);
    await lab.continue('resume');
    expect(lab.log).to.deep.equal(['recover b', 'do c']);
    const other = await crashedAgain();
    await other.continue('resume');
    expect(other.log).to.deep.equal(['recover b', 'do b', 'do c']);
  });

  async function crashedAgain(): Promise<Lab> {
    const lab = new Lab(folder.file('again'));
    await lab.run(plan([step('a'), step('b'), step('c')]));
    lab.crash(4);
    return new Lab(folder.file('again'), new Set(['a']));
  }

  it('a step of another process stays in doubt, also when this one is refused', async () => {
    const lab = await crashed(4, undefined, ['a']);
    const told: unknown[] = [];
    lab.behave.set('b', ({ begunEarlier, unseenEnd }) => {
      told.push(['b', begunEarlier, unseenEnd]);
      throw refused('already there');
    });
    for (const name of ['undo a', 'undo b'])
      lab.behave.set(name, ({ begunEarlier, unseenEnd }) => {
        told.push([name, begunEarlier, unseenEnd]);
      });
    await failure(() => lab.continue('resume'));
    expect(told).to.deep.equal([
      ['b', true, false],
      ['undo b', false, true],
      ['undo a', false, false],
    ]);
  });

  it('a warning that a killed process never told is told by the one who goes on', async () => {
    const first = new Lab(folder.path);
    first.behave.set('a', ({ warn }) => warn('VMID 101 stays locked'));
    await first.run(plan([step('a'), step('b')])).catch(() => undefined);
    // Behind: planned, step-started, warning, step-done.
    first.crash(4);
    const told: string[] = [];
    const lab = new Lab(folder.path, new Set(['a']));
    lab.dependencies.output = { warn: (text: string) => told.push(text) } as never;
    expect((await lab.service.show(lab.id)).steps[0]!.warnings).to.deep.equal([
      'VMID 101 stays locked',
    ]);
    await lab.continue('resume');
    expect(told.join()).to.include('VMID 101 stays locked');
  });

  it('what was completed is taken back by the clock of now, also by the one who goes on', async () => {
    const first = new Lab(folder.path);
    await first.run(plan([step('a')]));
    first.crash();
    const lines = readFileSync(first.journalPath, 'utf8');
    writeFileSync(first.journalPath, lines.replaceAll(/"time":"\d{4}/g, '"time":"2020'));
    const undoing = JSON.stringify({
      time: new Date().toISOString(),
      event: 'continued',
      mode: 'undo',
      owner: deadOwner,
    });
    appendFileSync(first.journalPath, `${undoing}\n`);
    const lab = new Lab(folder.path, first.world);
    let startedAt: Date | undefined;
    lab.behave.set('undo a', (context) => void (startedAt = context.startedAt));
    await lab.continue('rollback');
    expect(startedAt!.getUTCFullYear()).to.be.above(2020);
  });

  it('resume without the secret says so and takes back', async () => {
    const first = new Lab(folder.path);
    await first.run(plan([step('a'), step('b')], { secrets: { token: 'x' } }));
    first.crash(3);
    const lab = new Lab(folder.path, new Set(['a']));
    lab.behave.set('b', (context) => void context.resolve(secretRef('token')));
    expect(await failure(() => lab.continue('resume'))).to.include({ code: 'PMX_SECRET_GONE' });
    expect([...lab.world]).to.deep.equal([]);
  });

  it('a rollback that cannot tell what happened leaves everything as it is', async () => {
    const lab = await crashed(4, [step('a'), destructive('b'), step('c')], ['a']);
    lab.recovery.set('b', fail(unknownEnd('no idea')));
    expect((await failure(() => lab.continue('rollback'))).message).to.include('no idea');
    expect(lab.log).to.deep.equal(['recover b']);
    expect(lab.lines.some((line) => line.startsWith('finished'))).to.equal(false);
  });

  it('two at once: the second finds the first at work or finished', async () => {
    const lab = await crashed(5, undefined, ['a', 'b']);
    const [one, two] = [
      await lab.service.continuation(lab.id, 'rollback'),
      await lab.service.continuation(lab.id, 'rollback'),
    ];
    const running = lab.service.run(one);
    const during = await failure(() => lab.service.run(two));
    expect(during.code).to.equal('PMX_OPERATION_RUNNING');
    await running;
    expect((await failure(() => lab.service.run(two))).code).to.equal('PMX_OPERATION_ENDED');
    expect(lab.log).to.deep.equal(['undo b', 'undo a']);
  });

  it('a journal without a readable beginning is left out of lists and named when asked for', async () => {
    const lab = await crashed(3);
    writeFileSync(folder.file('20200101-000000-aaaaa.jsonl'), '{"time":"20');
    expect((await lab.service.list()).map(({ id }) => id)).to.have.length(1);
    expect(await failure(() => lab.service.show('20200101-000000-aaaaa'))).to.include({
      code: 'PMX_JOURNAL_UNREADABLE',
      exitCode: 1,
    });
    expect(await failure(() => lab.service.show('nosuch'))).to.include({
      code: 'PMX_OPERATION_NOT_FOUND',
    });
  });
});
