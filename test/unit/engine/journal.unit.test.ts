import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { hostname } from 'node:os';

import { secretRef } from '@pmx-cli/kit';
import { expect } from 'chai';
import fc from 'fast-check';

import { foldJournal } from '#dist/lib/operations/engine/state.js';
import {
  currentOwner,
  isAlive,
  Journal,
  type JournalEvent,
  listJournals,
  newOperationId,
  readJournal,
} from '#dist/lib/operations/engine/journal.js';
import { Redactor } from '#dist/lib/output/redact.js';
import { failure, Lab, plan, step, useFolder } from './lab.ts';

const plain = (text: string): string => text;
const planned: JournalEvent = {
  event: 'planned',
  plan: plan([step('a')]),
  context: 'home',
  identity: undefined,
  owner: { pid: 1, host: 'x' },
};

describe('journal', () => {
  const folder = useFolder();

  it('gives back what was appended, in order, each with its time', () => {
    const journal = Journal.create(folder.path, 'op', plain);
    journal.append(planned);
    journal.append({ event: 'step-started', step: 'a' });
    journal.close();
    const lines = readJournal(folder.path, 'op');
    expect(lines.map(({ event }) => event)).to.deep.equal(['planned', 'step-started']);
    for (const { time } of lines) expect(Date.now() - Date.parse(time)).to.be.within(0, 10_000);
  });

  it('is for its owner only: file 0600, folder 0700', () => {
    const directory = folder.file('deep/operations');
    Journal.create(directory, 'op', plain).close();
    expect(statSync(`${directory}/op.jsonl`).mode & 0o777).to.equal(0o600);
    expect(statSync(directory).mode & 0o777).to.equal(0o700);
  });

  it('syncs each line, and the folder once its file is new', () => {
    const synced: number[] = [];
    const { fsyncSync, fdatasyncSync } = fs;
    fs.fsyncSync = fs.fdatasyncSync = (descriptor) => {
      synced.push(fs.fstatSync(descriptor).isDirectory() ? -1 : fs.fstatSync(descriptor).size);
      fsyncSync(descriptor);
    };
    syncBuiltinESMExports();
    try {
      const journal = Journal.create(folder.path, 'op', plain);
      journal.append(planned);
      const first = statSync(folder.file('op.jsonl')).size;
      journal.append({ event: 'step-started', step: 'a' });
      journal.close();
      expect(synced).to.deep.equal([-1, first, statSync(folder.file('op.jsonl')).size]);
    } finally {
      Object.assign(fs, { fsyncSync, fdatasyncSync });
      syncBuiltinESMExports();
    }
  });

  it('never overwrites another operation', async () => {
    Journal.create(folder.path, 'op', plain).close();
    expect(await failure(() => Journal.create(folder.path, 'op', plain))).to.have.property(
      'code',
      'EEXIST',
    );
  });

  it('has the line on disk before the handler of the step runs, also of an undo', async () => {
    const lab = new Lab(folder.path);
    const seen: Record<string, string[]> = {};
    lab.behave.set('a', () => void (seen['a'] = lab.lines));
    lab.behave.set('b', () => {
      throw new Error('no');
    });
    lab.behave.set('undo a', () => void (seen['undo a'] = lab.lines));
    await failure(() => lab.run(plan([step('a'), step('b')])));
    expect(seen['a']).to.deep.equal(['planned', 'step-started a']);
    expect(seen['undo a']!.at(-1)).to.equal('undo-started a');
    expect(seen['undo a']).to.include('step-done a');
  });

  it('notes tasks and bindings on disk before the handler goes on', async () => {
    const lab = new Lab(folder.path);
    let seen: string[] = [];
    lab.behave.set('a', (context) => {
      context.noteTask('UPID:x');
      context.bind({ vmid: 101 });
      seen = lab.lines;
    });
    await lab.run(plan([step('a')]));
    expect(seen).to.deep.equal(['planned', 'step-started a', 'task a', 'bound']);
  });

  for (const [what, cut] of [
    ['half a line', '{"time":"2026-01-01T00:00:00Z","event":"step-do'],
    ['half a character', '{"time":"\uFFFD'],
  ] as const) {
    it(`counts what stands before ${what} that a crash cut off`, () => {
      const journal = Journal.create(folder.path, 'op', plain);
      journal.append(planned);
      journal.close();
      appendFileSync(folder.file('op.jsonl'), cut);
      expect(readJournal(folder.path, 'op')).to.have.length(1);
    });

    it(`loses nothing that is written after ${what}`, () => {
      const journal = Journal.create(folder.path, 'op', plain);
      journal.append(planned);
      journal.close();
      appendFileSync(folder.file('op.jsonl'), cut);
      const again = Journal.reopen(folder.path, 'op', plain);
      again.append({ event: 'undo-started', step: 'a', effect: 0 });
      again.append({ event: 'undo-done', step: 'a', effect: 0 });
      again.close();
      expect(readJournal(folder.path, 'op').map(({ event }) => event)).to.deep.equal([
        'planned',
        'undo-started',
        'undo-done',
      ]);
    });
  }

  it('keeps a last line that only lost its newline', () => {
    const journal = Journal.create(folder.path, 'op', plain);
    journal.append(planned);
    journal.append({ event: 'step-started', step: 'a' });
    journal.close();
    writeFileSync(folder.file('op.jsonl'), readFileSync(folder.file('op.jsonl'), 'utf8').trimEnd());
    const again = Journal.reopen(folder.path, 'op', plain);
    again.append({ event: 'step-done', step: 'a', result: {} });
    again.close();
    expect(readJournal(folder.path, 'op').map(({ event }) => event)).to.deep.equal([
      'planned',
      'step-started',
      'step-done',
    ]);
  });

  for (const id of ['nosuch', '../op', '']) {
    it(`refuses the id '${id}'`, async () => {
      Journal.create(folder.path, 'op', plain).close();
      expect(await failure(() => readJournal(folder.file('x'), id))).to.include({
        code: 'PMX_OPERATION_NOT_FOUND',
        exitCode: 1,
      });
    });
  }

  it('cannot be led out of its folder', async () => {
    folder.put('secret.jsonl', '{}\n');
    Journal.create(folder.file('inner'), 'op', plain).close();
    expect(await failure(() => readJournal(folder.file('inner'), '../secret'))).to.have.property(
      'code',
      'PMX_OPERATION_NOT_FOUND',
    );
  });

  it('lists journals newest first, nothing else, and none where there is no folder', () => {
    for (const name of ['20260101-000000-aaaaa.jsonl', '20261231-000000-aaaaa.jsonl', 'notes.txt'])
      folder.put(name, '');
    expect(listJournals(folder.path)).to.deep.equal([
      '20261231-000000-aaaaa',
      '20260101-000000-aaaaa',
    ]);
    expect(listJournals(folder.file('none'))).to.deep.equal([]);
  });
});

describe('ids of operations', () => {
  it('sort by time', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
        fc.integer({ min: 1000, max: 1e12 }),
        (date, later) => {
          expect(newOperationId(date) < newOperationId(new Date(date.getTime() + later))).to.equal(
            true,
          );
        },
      ),
    );
  });

  it('sort by the order in which a process makes them, also within a millisecond', () => {
    const now = new Date();
    const ids = Array.from({ length: 2000 }, () => newOperationId(now));
    expect(ids).to.deep.equal(ids.toSorted());
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('sort by milliseconds, and go on when the clock is set back a little', () => {
    const at = Date.parse('2031-02-03T04:05:06.000Z');
    const ids = [0, 1, 31, 32, 999, 998, 1000].map((more) => newOperationId(new Date(at + more)));
    expect(ids).to.deep.equal(ids.toSorted());
    expect(ids[0]).to.match(/^20310203-040506-22/);
  });

  it('are unique within one second, and fit into file names and descriptions', () => {
    const ids = Array.from({ length: 500 }, () => newOperationId(new Date(0)));
    expect(new Set(ids).size).to.equal(500);
    for (const id of ids) expect(id).to.match(/^19700101-000000-[a-z2-9]{5}$/);
  });
});

describe('secrets and the journal', () => {
  const folder = useFolder();

  it("holds none of the plan's secrets, whatever the step does with them", async () => {
    const lab = new Lab(folder.path);
    const redactor = new Redactor();
    redactor.protect('hunter2-and-more');
    lab.dependencies.redact = (text) => redactor.redact(text);
    lab.behave.set('a', (context) => {
      expect(context.resolve(secretRef('token'))).to.equal('hunter2-and-more');
      context.bind({ echoed: 'it was hunter2-and-more' });
      return { echo: 'hunter2-and-more' };
    });
    lab.behave.set('b', () => {
      throw new Error('the server said: hunter2-and-more is too weak');
    });
    lab.behave.set('undo a', () => {
      throw new Error('hunter2-and-more');
    });
    await failure(() =>
      lab.run(
        plan([step('a', { bind: { other: 'echo' } }), step('b')], {
          secrets: { token: 'hunter2-and-more' },
        }),
      ),
    );
    const text = readFileSync(lab.journalPath, 'utf8');
    expect(text).not.to.include('hunter2');
    expect(text).to.include('[secret]').and.not.to.include('"secrets"');
  });

  for (const secret of [
    'failed',
    'step-failed',
    'planned',
    '"event":',
    'undo-done',
    'finished',
    '\\u0022',
    '}\n{',
  ]) {
    it(`stays readable when the secret is ${JSON.stringify(secret)}`, async () => {
      const lab = new Lab(folder.path);
      const redactor = new Redactor();
      redactor.protect(secret);
      lab.dependencies.redact = (text) => redactor.redact(text);
      lab.behave.set('b', () => {
        throw new Error(`no: ${secret}!`);
      });
      await failure(() => lab.run(plan([step('a'), step('b')], { secrets: { token: secret } })));
      const state = foldJournal('op', lab.journal);
      expect(state).to.include({ final: 'rolled-back', undoing: true });
      expect([...state!.steps.values()].map(({ status }) => status)).to.deep.equal([
        'undone',
        'undone',
      ]);
    });
  }

  it('keeps references to secrets as references, and hides values that their name gives away', async () => {
    const lab = new Lab(folder.path);
    const redactor = new Redactor();
    lab.dependencies.redact = (text) => redactor.redact(text);
    lab.behave.set('a', () => ({
      data: { password: 'open sesame', value: '0aa1b2c3-1111-2222-3333-444455556666' },
    }));
    const args = {
      path: 'a',
      params: { password: secretRef('password'), cipassword: secretRef('p') },
    };
    await lab.run(plan([step('a', { args } as never)], { secrets: { password: 'x', p: 'y' } }));
    const [first] = lab.journal as unknown as Array<{ plan: { steps: Array<{ args: object }> } }>;
    expect(first!.plan.steps[0]!.args).to.deep.equal(args);
    const text = readFileSync(lab.journalPath, 'utf8');
    expect(text).not.to.include('sesame').and.not.to.include('444455556666');
  });
});

describe('owner of an operation', () => {
  const own = currentOwner();

  it('is this process, with its start time where the system tells it', () => {
    expect(own).to.include({ pid: process.pid, host: hostname() });
    if (process.platform === 'linux') expect(own.startTicks).to.match(/^\d+$/);
    expect(isAlive(own)).to.equal(true);
  });

  it('is dead when its process is gone', async () => {
    const child = spawn(process.execPath, ['-e', '0']);
    await once(child, 'exit');
    expect(isAlive({ pid: child.pid!, host: hostname() })).to.equal(false);
  });

  it('is dead when its pid belongs to another process by now', function () {
    if (process.platform !== 'linux') this.skip();
    expect(isAlive({ ...own, startTicks: '1' })).to.equal(false);
  });

  it('is told by pid alone where there are no start times', () => {
    expect(isAlive({ pid: process.pid, host: hostname() })).to.equal(true);
  });

  it('counts as alive on another machine', () => {
    expect(isAlive({ pid: 2 ** 30, host: 'elsewhere', startTicks: '1' })).to.equal(true);
  });

  it('is alive when it belongs to another user', function () {
    if (process.getuid?.() === 0) this.skip();
    expect(isAlive({ pid: 1, host: hostname() })).to.equal(true);
  });
});
