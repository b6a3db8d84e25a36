import type { Step } from '@pmx-cli/kit';
import { expect } from 'chai';

import {
  currentOwner,
  type JournalEvent,
  type JournalLine,
} from '#dist/lib/operations/engine/journal.js';
import {
  foldJournal,
  type OperationState,
  statusOf,
  summarize,
} from '#dist/lib/operations/engine/state.js';
import { deadOwner, effect, plan, step } from './lab.ts';

const steps: Step[] = [step('a', { undo: [effect('undo a'), effect('undo a too')] }), step('b')];
const planned: JournalEvent = {
  event: 'planned',
  plan: plan([steps[0]!, { parallel: [steps[1]!] }], { variables: { vmid: 100 } }),
  context: 'home',
  identity: { host: 'pve.test', port: 8006, fingerprint: 'AA' },
  owner: deadOwner,
};

function fold(...events: JournalEvent[]): OperationState {
  const lines = [planned, ...events].map((event, index): JournalLine => ({
    time: `2026-01-01T00:00:0${index}.000Z`,
    ...event,
  }));
  return foldJournal('op', lines)!;
}

describe('folding a journal', () => {
  it('needs its first line', () => {
    expect(foldJournal('op', [])).to.equal(undefined);
    expect(foldJournal('op', [{ time: '', event: 'step-started', step: 'a' }])).to.equal(undefined);
  });

  it('begins with all steps pending and the variables of the plan, the id among them', () => {
    const state = fold();
    expect(state).to.deep.include({
      id: 'op',
      context: 'home',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: undefined,
      final: undefined,
      undoing: false,
      late: false,
      variables: { vmid: 100, operation: 'op' },
      order: [],
    });
    expect([...state.steps]).to.deep.equal([
      [
        'a',
        {
          status: 'pending',
          unseenEnd: false,
          begunEarlier: false,
          upids: [],
          warnings: [],
          undone: new Set(),
        },
      ],
      [
        'b',
        {
          status: 'pending',
          unseenEnd: false,
          begunEarlier: false,
          upids: [],
          warnings: [],
          undone: new Set(),
        },
      ],
    ]);
  });

  const started: JournalEvent = { event: 'step-started', step: 'a' };
  const undone = (number: number): JournalEvent => ({
    event: 'undo-done',
    step: 'a',
    effect: number,
  });
  const cases: Array<[string, JournalEvent[], (state: OperationState) => void]> = [
    [
      'step-started',
      [started],
      (state) => {
        expect(state.steps.get('a')).to.include({
          status: 'started',
          startedAt: '2026-01-01T00:00:01.000Z',
        });
        expect(state.order).to.deep.equal(['a']);
      },
    ],
    [
      'step-started again keeps the first time and place',
      [started, { event: 'step-started', step: 'b' }, started],
      (state) => {
        expect(state.steps.get('a')!.startedAt).to.equal('2026-01-01T00:00:01.000Z');
        expect(state.order).to.deep.equal(['a', 'b']);
      },
    ],
    [
      'bound',
      [{ event: 'bound', variables: { vmid: 101, x: null } }],
      (state) => expect(state.variables).to.deep.equal({ vmid: 101, operation: 'op', x: null }),
    ],
    [
      'task',
      [started, { event: 'task', step: 'a', upid: 'U1' }, { event: 'task', step: 'a', upid: 'U2' }],
      (state) => expect(state.steps.get('a')!.upids).to.deep.equal(['U1', 'U2']),
    ],
    [
      'step-done',
      [started, { event: 'step-done', step: 'a', result: { x: 1 } }],
      (state) => expect(state.steps.get('a')).to.deep.include({ status: 'done', result: { x: 1 } }),
    ],
    [
      'step-failed',
      [started, { event: 'step-failed', step: 'a', message: 'no' }],
      (state) => expect(state.steps.get('a')).to.include({ status: 'failed', error: 'no' }),
    ],
    [
      'undo-started',
      [started, { event: 'undo-started', step: 'a', effect: 0 }],
      (state) => {
        expect(state.undoing).to.equal(true);
        expect(state.steps.get('a')!.status).to.equal('started');
      },
    ],
    [
      'undo-done of one of two effects',
      [started, undone(0)],
      (state) => {
        expect([...state.steps.get('a')!.undone]).to.deep.equal([0]);
        expect(state.steps.get('a')!.status).to.equal('started');
      },
    ],
    [
      'undo-done of both',
      [started, undone(1), undone(0)],
      (state) => expect(state.steps.get('a')!.status).to.equal('undone'),
    ],
    [
      'undo-failed',
      [started, { event: 'undo-failed', step: 'a', effect: 1, message: 'held' }],
      (state) => {
        expect(state.steps.get('a')).to.include({ status: 'undo-failed', error: 'held' });
        expect(state.steps.get('a')!.undone.size).to.equal(0);
      },
    ],
    [
      'finished',
      [{ event: 'finished', status: 'failed' }],
      (state) => expect(state).to.include({ final: 'failed', endedAt: '2026-01-01T00:00:01.000Z' }),
    ],
    [
      'continued',
      [
        { event: 'finished', status: 'failed' },
        { event: 'continued', mode: 'resume', owner: currentOwner() },
      ],
      (state) => {
        expect(state).to.include({ final: undefined, endedAt: undefined });
        expect(state.owner).to.deep.equal(currentOwner());
      },
    ],
    [
      'events of steps that the plan does not have',
      [
        { event: 'step-started', step: 'zzz' },
        { event: 'step-done', step: 'zzz', result: {} },
      ],
      (state) => expect([...state.steps.keys()]).to.deep.equal(['a', 'b']),
    ],
  ];
  for (const [name, events, check] of cases) it(name, () => check(fold(...events)));
});

describe('status of an operation', () => {
  const finished = ['completed', 'rolled-back', 'failed', 'interrupted'] as const;
  for (const status of finished)
    it(`${status} as it says`, () =>
      expect(statusOf(fold({ event: 'finished', status }))).to.equal(status));

  it('running while its process lives', () => {
    expect(
      statusOf(fold({ event: 'continued', mode: 'rollback', owner: currentOwner() })),
    ).to.equal('running');
  });

  it('interrupted once its process is gone', () =>
    expect(statusOf(fold())).to.equal('interrupted'));
});

describe('summary of an operation', () => {
  it('holds what lists show', () => {
    const summary = summarize(
      fold(
        { event: 'step-started', step: 'a' },
        { event: 'task', step: 'a', upid: 'U1' },
        { event: 'step-failed', step: 'a', message: 'no' },
        { event: 'finished', status: 'failed' },
      ),
    );
    expect(summary).to.deep.equal({
      id: 'op',
      operation: 'test.run',
      target: 'test',
      title: 'Test plan',
      status: 'failed',
      context: 'home',
      endpoint: 'pve.test:8006',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:04.000Z',
      steps: [
        { id: 'a', title: 'Title of a', status: 'failed', upids: ['U1'], error: 'no' },
        { id: 'b', title: 'Title of b', status: 'pending', upids: [] },
      ],
    });
  });
});
