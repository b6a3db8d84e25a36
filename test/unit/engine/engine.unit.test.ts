import { appendFileSync, writeFileSync } from 'node:fs';

import { ref, text } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';
import { expect } from 'chai';

import { Journal, type JournalEvent } from '#dist/lib/operations/engine/journal.js';
import {
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

/** A step that works until it is interrupted. */
async function untilAborted({ signal }: { signal: AbortSignal }): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  throw new InterruptedError();
}

const fail = (error: Error) => () => {
  throw error;
};

describe('engine: all goes well', () => {
  const folder = useFolder();

  it('runs the steps in order and says so in the journal and to the listener', async () => {
    const lab = new Lab(folder.path);
    await lab.run(plan([step('a'), step('b'), destructive('c')]));
    expect(lab.log).to.deep.equal(['do a', 'do b', 'do c']);
    expect(lab.lines).to.deep.equal([
      'planned',
      'step-started a',
      'step-done a',
      'step-started b',
      'step-done b',
      'step-started c',
      'step-done c',
      'finished completed',
    ]);
    expect(lab.events.map(({ type }) => type)).to.deep.equal([
      'begun',
      'step-started',
      'step-done',
      'step-started',
      'step-done',
      'step-started',
      'step-done',
      'ended',
    ]);
  });

  it('binds variables, resolves references in later steps and in the result', async () => {
    const lab = new Lab(folder.path);
    let seen: unknown;
    lab.behave.set('a', () => ({ upid: 'U1', nothing: null }));
    lab.behave.set('b', (context) => {
      seen = context.resolve({
        path: text`/nodes/${ref('node')}/tasks/${ref('task')}`,
        vmid: ref('vmid'),
      });
    });
    const result = await lab.run(
      plan([step('a', { bind: { task: 'upid', missing: 'nosuch' } }), step('b')], {
        variables: { node: 'pve1', vmid: 101 },
        result: {
          task: ref('task'),
          missing: ref('missing'),
          operation: ref('operation'),
          list: [ref('vmid')],
        },
      }),
    );
    expect(seen).to.deep.equal({ path: '/nodes/pve1/tasks/U1', vmid: 101 });
    expect(result).to.deep.equal({ task: 'U1', missing: null, operation: lab.id, list: [101] });
  });

  it('runs the steps of a group side by side', async () => {
    const lab = new Lab(folder.path);
    let meet = (): void => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    // Each waits for the other: one after the other would never end.
    lab.behave.set('a', () => met);
    lab.behave.set('b', () => meet());
    await lab.run(plan([{ parallel: [step('a'), step('b')] }, step('c')]));
    expect(lab.log).to.deep.equal(['do a', 'do b', 'do c']);
  });

  it('asks neither for context nor identity when the plan is local', async () => {
    const lab = new Lab(folder.path);
    lab.dependencies.identity = lab.dependencies.context = async () => {
      throw new Error('asked');
    };
    await lab.run(plan([step('a')], { local: true }));
    expect(lab.journal[0]).not.to.have.any.keys('identity', 'context');
  });

  it('writes nothing when the server cannot be identified', async () => {
    const lab = new Lab(folder.path);
    lab.dependencies.identity = fail(unknownEnd('unreachable'));
    await failure(() => lab.run(plan([step('a')])));
    expect(await lab.service.list()).to.deep.equal([]);
    expect(lab.log).to.deep.equal([]);
  });
});

describe('engine: a step fails', () => {
  const folder = useFolder();

  for (const [kind, error, journaled] of [
    ['for certain', refused(), true],
    ['in a way that tells nothing', unknownEnd(), false],
    ['by a bug', new TypeError('x is not a function'), false],
  ] as const) {
    it(`takes everything back, last first, the failed one included, when it fails ${kind}`, async () => {
      const lab = new Lab(folder.path);
      lab.behave.set('c', fail(error));
      const shown = await failure(() =>
        lab.run(
          plan([
            step('a'),
            step('b', { undo: [effect('undo b'), effect('undo b2')] }),
            step('c'),
            step('d'),
          ]),
        ),
      );
      expect(lab.log).to.deep.equal([
        'do a',
        'do b',
        'do c',
        'undo c',
        'undo b',
        'undo b2',
        'undo a',
      ]);
      expect([...lab.world]).to.deep.equal([]);
      expect(lab.lines.at(-1)).to.equal('finished rolled-back');
      expect(lab.lines.includes('step-failed c')).to.equal(journaled);
      expect(shown.message).to.include('Test plan failed').and.to.include(error.message);
      expect(shown.hints).to.include(
        'Cleaned up: Title of undo c; Title of undo b; Title of undo b2; Title of undo a.',
      );
      expect(shown.data).to.deep.include({ operation: lab.id, left: [] });
    });
  }

  it('keeps code and exit code of the cause', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', fail(refused()));
    expect(await failure(() => lab.run(plan([step('a')])))).to.include({
      code: 'PMX_API_ERROR',
      exitCode: 3,
    });
  });

  it('stops the neighbours in a group, takes both back, and tells the first error', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', fail(refused('the first')));
    lab.behave.set('b', async (context) => {
      lab.world.add('b');
      await untilAborted(context);
    });
    const error = await failure(() =>
      lab.run(plan([step('z'), { parallel: [step('a'), step('b')] }, step('c')])),
    );
    expect(error.message).to.include('the first');
    expect(error.exitCode).to.equal(3);
    expect(lab.log).to.deep.equal(['do z', 'do a', 'do b', 'undo b', 'undo a', 'undo z']);
    expect([...lab.world]).to.deep.equal([]);
    expect(lab.stop.signal.aborted).to.equal(false);
  });

  it('goes on with undo when one effect fails, and says what is left', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('c', fail(refused('no space')));
    lab.behave.set('undo b', fail(refused('held')));
    const error = await failure(() => lab.run(plan([step('a'), step('b'), step('c')])));
    expect(lab.log.slice(3)).to.deep.equal(['undo c', 'undo b', 'undo a']);
    expect([...lab.world]).to.deep.equal(['b']);
    expect(lab.lines.at(-1)).to.equal('finished failed');
    expect(error.hints).to.include('Not cleaned up: Title of undo b: held.');
    expect(error.hints.join()).to.include(`pmx op rollback ${lab.id}`);
    expect(error.data).to.deep.include({ left: ['Title of undo b: held'] });
  });

  it('keeps what was made on request, for op rollback to take back later', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(refused()));
    const error = await failure(() =>
      lab.run(plan([step('a'), step('b')]), { keepOnFailure: true }),
    );
    expect([...lab.world]).to.deep.equal(['a']);
    expect(lab.lines.at(-1)).to.equal('finished interrupted');
    expect(error.hints.join()).to.include(`pmx op rollback ${lab.id}`);
    await lab.continue('rollback');
    expect([...lab.world]).to.deep.equal([]);
  });

  it('takes back all the same when the journal cannot be written any more', async () => {
    const lab = new Lab(folder.path);
    const original = Journal.prototype.append;
    let full = false;
    Journal.prototype.append = function (event: JournalEvent): void {
      if (full) throw new Error('ENOSPC');
      original.call(this, event);
    };
    try {
      lab.behave.set('b', () => void (full = true));
      // What takes something back also notes tasks.
      lab.behave.set('undo a', (context) => context.noteTask('UPID:x'));
      await failure(() => lab.run(plan([step('a'), step('b'), step('c')])));
    } finally {
      Journal.prototype.append = original;
    }
    expect([...lab.world]).to.deep.equal([]);
    expect(lab.log).to.deep.equal(['do a', 'do b', 'undo b', 'undo a']);
  });

  it('tells why a step failed, also when that cannot be written down', async () => {
    const lab = new Lab(folder.path);
    const original = Journal.prototype.append;
    Journal.prototype.append = function (event: JournalEvent): void {
      if (event.event === 'step-failed') throw new Error('ENOSPC');
      original.call(this, event);
    };
    try {
      lab.behave.set('b', fail(refused('no such bridge')));
      const error = await failure(() => lab.run(plan([step('a'), step('b')])));
      expect(error.message).to.include('no such bridge');
    } finally {
      Journal.prototype.append = original;
    }
    expect([...lab.world]).to.deep.equal([]);
  });

  it('knows that a result cannot be resolved, and takes back', async () => {
    const lab = new Lab(folder.path);
    const error = await failure(() => lab.run(plan([step('a')], { result: ref('nosuch') })));
    expect(error.message).to.include("'nosuch'");
    expect([...lab.world]).to.deep.equal([]);
  });

  it('does not run what this pmx does not know, and takes back the rest', async () => {
    const lab = new Lab(folder.path);
    const error = await failure(() =>
      lab.run(plan([step('a'), step('b', { kind: 'redfish.call' } as never)])),
    );
    expect(error.code).to.equal('PMX_UNKNOWN_STEP');
    expect(lab.log).to.deep.equal(['do a', 'undo b', 'undo a']);
  });
});

describe('engine: interruption', () => {
  const folder = useFolder();

  it('ends the step, takes back, and exits with 130', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', (context) => {
      lab.stop.abort();
      return untilAborted(context);
    });
    const error = await failure(() => lab.run(plan([step('a'), step('b'), step('c')])));
    expect(error).to.include({
      code: 'PMX_INTERRUPTED',
      exitCode: 130,
      message: 'Interrupted: Test plan.',
    });
    expect(lab.log).to.deep.equal(['do a', 'do b', 'undo b', 'undo a']);
    expect(lab.lines).not.to.include('step-failed b');
    expect(lab.lines.at(-1)).to.equal('finished rolled-back');
  });

  it('keepOnFailure is no excuse for leaving things behind', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(new InterruptedError()));
    await failure(() => lab.run(plan([step('a'), step('b')]), { keepOnFailure: true }));
    expect([...lab.world]).to.deep.equal([]);
  });

  it('before the first step: nothing is done', async () => {
    const lab = new Lab(folder.path);
    lab.stop.abort();
    expect((await failure(() => lab.run(plan([step('a')])))).exitCode).to.equal(130);
    expect(lab.log).to.deep.equal([]);
    expect(lab.lines).to.deep.equal(['planned', 'finished rolled-back']);
  });

  it('a second one stops the undo too and leaves the rest to op rollback', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('c', fail(new InterruptedError()));
    lab.behave.set('undo b', (context) => {
      expect(context.signal).to.equal(lab.abandon.signal);
      lab.abandon.abort();
      return untilAborted(context);
    });
    const error = await failure(() => lab.run(plan([step('a'), step('b'), step('c')])));
    expect(error.exitCode).to.equal(130);
    expect([...lab.world].sort()).to.deep.equal(['a', 'b']);
    expect(lab.log).to.deep.equal(['do a', 'do b', 'do c', 'undo c', 'undo b']);
    expect(lab.lines.at(-1)).to.equal('finished failed');
    expect(error.hints.join()).to.include('op rollback');

    const later = new Lab(folder.path, lab.world);
    await later.continue('rollback');
    expect(later.log).to.deep.equal(['undo b', 'undo a']);
    expect([...later.world]).to.deep.equal([]);
  });

  it('the first one does not touch the undo', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(refused()));
    lab.behave.set('undo b', () => lab.stop.abort());
    await failure(() => lab.run(plan([step('a'), step('b')])));
    expect([...lab.world]).to.deep.equal([]);
  });
});

describe('engine: the point of no return', () => {
  const folder = useFolder();
  const steps = [step('a'), destructive('x'), step('b'), step('c')];

  it('a failure before it: everything is taken back', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', fail(refused()));
    await failure(() => lab.run(plan(steps)));
    expect(lab.log).to.deep.equal(['do a', 'undo a']);
  });

  it('a certain failure of it: what came before is taken back, for example started again', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('x', fail(refused()));
    await failure(() => lab.run(plan(steps)));
    expect(lab.log).to.deep.equal(['do a', 'do x', 'undo a']);
    expect(lab.lines.at(-1)).to.equal('finished rolled-back');
  });

  it('a failure behind it: the rest is finished, each step on its own', async () => {
    const lab = new Lab(folder.path);
    let tries = 0;
    lab.behave.set('b', () => {
      if (++tries === 1) throw refused('busy');
    });
    const error = await failure(() => lab.run(plan(steps)));
    expect(lab.log).to.deep.equal(['do a', 'do x', 'do b', 'do b', 'do c']);
    expect([...lab.world].sort()).to.deep.equal(['a', 'b', 'c', 'x']);
    expect(lab.lines.at(-1)).to.equal('finished completed');
    expect(error.message).to.include('busy');
  });

  it('what cannot be finished does not hold up the others, and is named', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(refused('busy')));
    const error = await failure(() => lab.run(plan(steps)));
    expect(lab.log.slice(3)).to.deep.equal(['do b', 'do c']);
    expect(lab.lines.at(-1)).to.equal('finished failed');
    expect(error.data).to.deep.include({ left: ['Title of b: busy'], undone: ['Title of c'] });
  });

  it('Ctrl-C behind it: the rest is finished', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('x', () => lab.stop.abort());
    expect((await failure(() => lab.run(plan(steps)))).exitCode).to.equal(130);
    expect([...lab.world].sort()).to.deep.equal(['a', 'b', 'c', 'x']);
  });

  for (const [verdict, recovery, log, status] of [
    ['it happened', () => ({}), ['recover x', 'do b', 'do c'], 'finished completed'],
    ['it did not happen', () => undefined, ['recover x', 'undo a'], 'finished rolled-back'],
    ['nobody can tell', fail(unknownEnd('no idea')), ['recover x'], 'finished interrupted'],
  ] as const) {
    it(`its end unknown, and the look says: ${verdict}`, async () => {
      const lab = new Lab(folder.path);
      lab.behave.set('x', fail(unknownEnd('gone')));
      lab.recovery.set('x', recovery);
      const error = await failure(() => lab.run(plan(steps)));
      expect(lab.log).to.deep.equal(['do a', 'do x', ...log]);
      expect(lab.lines.at(-1)).to.equal(status);
      if (status === 'finished interrupted')
        expect(error.data).to.deep.include({ left: ['no idea'] });
    });
  }

  it('the verdict stands: a later process does not ask again', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('x', fail(unknownEnd()));
    lab.behave.set('undo a', fail(refused()));
    lab.recovery.set('x', () => undefined);
    await failure(() => lab.run(plan(steps)));
    const later = new Lab(folder.path, lab.world);
    later.recovery.set('x', () => ({}));
    await later.continue('rollback');
    expect(later.log).to.deep.equal(['undo a']);
  });

  it('looks with the signal of the second Ctrl-C', async () => {
    const lab = new Lab(folder.path);
    lab.stop.abort();
    const begun = new Lab(folder.path);
    begun.behave.set('x', fail(unknownEnd()));
    let signal: AbortSignal | undefined;
    begun.recovery.set('x', (context) => void (signal = context.signal));
    await failure(() => begun.run(plan(steps)));
    expect(signal).to.equal(begun.abandon.signal);
  });
});

describe('engine: the audit log', () => {
  const folder = useFolder();
  const told = (lab: Lab): unknown[] =>
    lab.audited.map((entry) => ({ ...(entry as object), operation: undefined }));
  const about = { kind: 'test.run', target: 'test', operation: undefined };

  it('knows when an operation began and how it ended', async () => {
    const lab = new Lab(folder.path);
    await lab.run(plan([step('a')]));
    const { operation: kind, target } = plan([]);
    expect(told(lab)).to.deep.equal([
      { ...about, kind, target, event: 'begun' },
      { event: 'ended', status: 'completed', operation: undefined },
    ]);
  });

  it('also of one that failed, and was taken up later', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('b', fail(refused()));
    lab.behave.set('undo a', fail(refused('held')));
    await failure(() => lab.run(plan([step('a'), step('b')])));
    expect(told(lab).at(-1)).to.deep.equal({
      event: 'ended',
      status: 'failed',
      operation: undefined,
    });
    const later = new Lab(folder.path, lab.world);
    await later.continue('rollback');
    expect(told(later).map((entry) => (entry as { event: string }).event)).to.deep.equal([
      'continued',
      'ended',
    ]);
  });
});

describe('engine: what a handler is told', () => {
  const folder = useFolder();

  it('an undo knows the tasks of its step, and whether anybody saw its end', async () => {
    const lab = new Lab(folder.path);
    const told: Record<string, [boolean, readonly string[]]> = {};
    const note = (name: string) =>
      lab.behave.set(name, ({ unseenEnd, upids }) => void (told[name] = [unseenEnd, [...upids]]));
    lab.behave.set('a', ({ noteTask, unseenEnd }) => {
      expect(unseenEnd).to.equal(false);
      noteTask('U1');
    });
    lab.behave.set('b', fail(unknownEnd()));
    note('undo a');
    note('undo b');
    await failure(() => lab.run(plan([step('a'), step('b')])));
    expect(told).to.deep.equal({ 'undo a': [false, ['U1']], 'undo b': [true, []] });
  });

  it('that nobody saw the end of a step is still known after its undo failed', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', fail(unknownEnd()));
    lab.behave.set('undo a', fail(refused('held')));
    await failure(() => lab.run(plan([step('a')])));
    const later = new Lab(folder.path, lab.world);
    let told: boolean | undefined;
    later.behave.set('undo a', ({ unseenEnd }) => void (told = unseenEnd));
    await later.continue('rollback');
    expect(told).to.equal(true);
  });

  it('progress of an undo is shown at the undo', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', ({ report }) => report('42 %'));
    lab.behave.set('b', fail(refused()));
    lab.behave.set('undo a', ({ report }) => report('waiting'));
    await failure(() => lab.run(plan([step('a'), step('b')])));
    expect(lab.events.filter(({ type }) => type === 'step-progress')).to.deep.equal([
      { type: 'step-progress', id: 'a', text: '42 %' },
      { type: 'step-progress', id: 'undo:a:0', text: 'waiting' },
    ]);
    expect(lab.events).to.deep.include({
      type: 'undo-begun',
      steps: [
        { id: 'undo:b:0', title: 'Title of undo b' },
        { id: 'undo:a:0', title: 'Title of undo a' },
      ],
    });
  });

  it('a step keeps its first start time over a crash', async () => {
    const lab = new Lab(folder.path);
    lab.behave.set('a', fail(unknownEnd()));
    await failure(() => lab.run(plan([step('a')]), { keepOnFailure: true }));
    const lines = lab.journal.map((line) =>
      line.event === 'step-started' ? { ...line, time: '2020-01-01T00:00:00.000Z' } : line,
    );
    writeFileSync(lab.journalPath, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const later = new Lab(folder.path);
    let started: Date | undefined;
    later.recovery.set('a', (context) => void (started = context.startedAt));
    await later.continue('resume');
    expect(started?.toISOString()).to.equal('2020-01-01T00:00:00.000Z');
  });
});

describe('engine: a journal that ends in the middle of a line', () => {
  const folder = useFolder();

  it('is taken up without repeating what an earlier continuation did', async () => {
    const lab = new Lab(folder.path);
    await lab.run(plan([step('a'), step('b')]));
    lab.crash(4);
    appendFileSync(lab.journalPath, '{"time":"2026-');
    const second = new Lab(folder.path, new Set(['a', 'b']));
    second.behave.set('undo a', fail(refused('held')));
    await failure(() => second.continue('rollback'));
    expect(second.log).to.deep.equal(['undo b', 'undo a']);
    const third = new Lab(folder.path, second.world);
    await third.continue('rollback');
    expect(third.log).to.deep.equal(['undo a']);
    expect([...third.world]).to.deep.equal([]);
  });
});
