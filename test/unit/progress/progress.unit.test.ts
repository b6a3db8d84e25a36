import { stripVTControlCharacters } from 'node:util';

import { expect } from 'chai';

import type { EngineEvent } from '#dist/lib/operations/engine/events.js';
import { TerminalOutput } from '#dist/lib/output/index.js';
import { createProgress, type ProgressMode } from '#dist/lib/progress/index.js';
import { Sink, withStream } from '../output/sink.ts';

const steps = [
  { id: 'clone', title: 'Clone template 9000' },
  { id: 'config', title: 'Set 4 cores' },
  { id: 'start', title: 'Start VM 101' },
];
const begun: EngineEvent = { type: 'begun', title: 'Create VM 101', steps };
const done = (id: string): EngineEvent[] => [
  { type: 'step-started', id },
  { type: 'step-done', id },
];

const failed: EngineEvent[] = [
  begun,
  { type: 'step-started', id: 'clone' },
  { type: 'step-progress', id: 'clone', text: '50 %' },
  { type: 'step-done', id: 'clone' },
  { type: 'step-started', id: 'config' },
  { type: 'step-failed', id: 'config', message: 'too many cores' },
  { type: 'undo-begun', steps: [{ id: 'undo-clone', title: 'Remove VM 101' }] },
  ...done('undo-clone'),
  { type: 'ended', status: 'rolled-back' },
];

/** Plays events the way the engine sends them: with room for other work between them. */
async function play(
  mode: ProgressMode,
  events: readonly EngineEvent[],
  terminals: { stdout: boolean; stderr: boolean } = { stdout: true, stderr: true },
  between = (): void => {},
): Promise<{ stdout: string; stderr: string; raw: string }> {
  const [stdout, stderr] = [new Sink(terminals.stdout), new Sink(terminals.stderr)];
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await withStream('stdout', stdout, () =>
    withStream('stderr', stderr, async () => {
      const output = new TerminalOutput({
        format: { type: 'table' },
        color: false,
        redact: (text) => text,
        stdout,
        stderr,
        env: { TERM: 'xterm' },
      });
      const progress = await createProgress(mode, output);
      for (const event of events) {
        progress.listener(event);
        await turn();
        between();
      }
      await progress.end();
    }),
  );
  return { stdout: stdout.text, stderr: stripVTControlCharacters(stderr.text), raw: stderr.text };
}

describe('progress: plain', () => {
  it('writes a line for each step that ended', async () => {
    const { stdout, stderr } = await play('plain', [
      begun,
      ...steps.flatMap(({ id }) => done(id)),
      { type: 'ended', status: 'completed' },
    ]);
    expect(stdout).to.equal('');
    expect(stderr.replaceAll(/\d+\.\d s/g, 'T')).to.equal(
      '✓ Clone template 9000 (T)\n✓ Set 4 cores (T)\n✓ Start VM 101 (T)\n',
    );
  });

  it('tells a failure and what is taken back', async () => {
    expect((await play('plain', failed)).stderr.replaceAll(/\d+\.\d s/g, 'T')).to.equal(
      '✓ Clone template 9000 (T)\n✗ Set 4 cores: too many cores\nTaking back:\n✓ Remove VM 101 (T)\n',
    );
  });

  it('gives a time also for a step whose begin nobody saw', async () => {
    const { stderr } = await play('plain', [begun, { type: 'step-done', id: 'config' }]);
    expect(stderr).to.equal('✓ Set 4 cores (0.0 s)\n');
  });
});

describe('progress: silent', () => {
  it('says nothing', async () => {
    expect(await play('silent', failed)).to.deep.equal({ stdout: '', stderr: '', raw: '' });
  });
});

describe('progress: terminal', () => {
  const runs: Array<[name: string, events: EngineEvent[], shown: string[]]> = [
    [
      'all steps done',
      [begun, ...steps.flatMap(({ id }) => done(id)), { type: 'ended', status: 'completed' }],
      steps.map(({ title }) => title),
    ],
    [
      'a failure and its undo',
      failed,
      ['Clone template 9000', 'Set 4 cores', 'too many cores', 'Taking back:', 'Remove VM 101'],
    ],
    [
      'steps that are never begun',
      [begun, ...done('clone'), { type: 'ended', status: 'interrupted' }],
      steps.map(({ title }) => title),
    ],
    ['nothing after the beginning', [begun], steps.map(({ title }) => title)],
    [
      'steps side by side, ending in any order',
      [
        begun,
        { type: 'step-started', id: 'start' },
        { type: 'step-started', id: 'clone' },
        { type: 'step-done', id: 'start' },
        { type: 'step-failed', id: 'clone', message: 'no space' },
        { type: 'ended', status: 'failed' },
      ],
      ['no space', ...steps.map(({ title }) => title)],
    ],
    [
      'events for a step that was never announced',
      [begun, ...done('stranger'), { type: 'ended', status: 'completed' }],
      ['Clone template 9000'],
    ],
    [
      'undo without steps',
      [begun, { type: 'undo-begun', steps: [] }, { type: 'ended', status: 'rolled-back' }],
      ['Taking back:'],
    ],
    ['no event at all', [], []],
  ];
  for (const [name, events, shown] of runs) {
    for (const stdout of [true, false]) {
      it(`draws on stderr and ends, stdout ${stdout ? 'a terminal' : 'a file'}: ${name}`, async () => {
        const drawn = await play('terminal', events, { stdout, stderr: true });
        expect(drawn.stdout).to.equal('');
        for (const text of shown) expect(drawn.stderr).to.contain(text);
      });
    }
  }

  it('marks done, failed and skipped steps differently', async () => {
    const mark = (text: string, title: string): string | undefined =>
      text
        .split('\n')
        .filter((line) => line.includes(title))
        .at(-1)
        ?.trim()
        .charAt(0);
    const { stderr } = await play('terminal', [
      begun,
      ...done('clone'),
      { type: 'step-started', id: 'config' },
      { type: 'step-failed', id: 'config', message: 'no' },
      { type: 'ended', status: 'failed' },
    ]);
    const marks = steps.map(({ title }) => mark(stderr, title));
    expect(new Set(marks)).to.have.lengthOf(3);
  });

  it('leaves signals alone: they are the engine’s', async () => {
    const before = process.listenerCount('SIGINT');
    const during: number[] = [];
    await play('terminal', [begun, ...done('clone')], undefined, () => {
      during.push(process.listenerCount('SIGINT'));
    });
    expect(during).to.deep.equal([before, before, before]);
  });
});
