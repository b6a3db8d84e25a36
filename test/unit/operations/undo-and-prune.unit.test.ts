import {
  allSteps,
  type OperationSummary,
  type Plan,
  ref,
  type Step,
  text,
  type Value,
} from '@pmx-cli/kit';
import { expect } from 'chai';

import { foldJournal, type OperationState } from '#dist/lib/operations/engine/state.js';
import { goesWithMade, whyNotAsMade } from '#dist/lib/operations/engine/still-fits.js';
import { planUndrain } from '#dist/lib/operations/node/undrain.js';
import { planPrune } from '#dist/lib/operations/op/prune.js';
import { apiError, FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';

const summary = (id: string, more: Partial<OperationSummary> = {}): OperationSummary => ({
  id,
  operation: 'vm.start',
  target: 'VM 101',
  title: 'Start VM 101',
  status: 'completed',
  context: 'home',
  endpoint: 'pve.test:8006',
  startedAt: `2026-11-${id}T10:00:00.000Z`,
  endedAt: `2026-11-${id}T10:00:01.000Z`,
  steps: [{ id: 'a', title: 'a', status: 'done', upids: [] }],
  ...more,
});

describe('planning to remove journals', () => {
  const day = 86_400_000;
  const now = Date.parse('2026-11-26T10:00:01.000Z');
  const idsOf = (plan: Plan): unknown =>
    allSteps(plan.steps).flatMap(({ args }) => (args as { ids: string[] }).ids);
  const operations = [
    summary('20'),
    summary('25', { status: 'rolled-back' }),
    summary('21', { status: 'failed' }),
    summary('22', { status: 'interrupted', endedAt: undefined }),
    summary('23', { status: 'running', endedAt: undefined }),
    summary('24'),
  ];

  for (const [what, olderThan, keep, ids] of [
    ['all that have ended', 0, 0, ['25', '24', '20']],
    ['not the newest', 0, 2, ['20']],
    ['only what is older', 3 * day, 0, ['20']],
    ['what is exactly as old', day, 0, ['25', '24', '20']],
    ['not what is a millisecond younger', day + 1, 0, ['24', '20']],
    ['none when all are kept', 0, 6, []],
  ] as const) {
    it(`${what}; what is open stays, and is named`, () => {
      const plan = planPrune({ operations, olderThan, keep, now });
      expect(idsOf(plan)).to.deep.equal(ids);
      expect(plan.result).to.deep.include({ kept: operations.length - ids.length });
      expect(plan.notes).to.deep.equal(['2 that are open stay: see pmx op list --open.']);
      expect(allSteps(plan.steps).every(({ destructive }) => destructive)).to.equal(true);
      expect(plan.local).to.equal(true);
    });
  }

  it('without any there is no step', () => {
    const plan = planPrune({ operations: [], olderThan: 0, keep: 0 });
    expect(plan.steps).to.deep.equal([]);
    expect(plan).not.to.have.property('notes');
  });

  it('of the same moment the one with the later id is the newer', () => {
    const startedAt = '2026-11-20T10:00:00.000Z';
    const same = ['a', 'c', 'b'].map((id) => summary(id, { startedAt, endedAt: startedAt }));
    expect(idsOf(planPrune({ operations: same, olderThan: 0, keep: 1, now }))).to.deep.equal([
      'b',
      'a',
    ]);
  });
});

describe('whether what a step made is still as it made it', () => {
  const path = '/nodes/pve1/qemu/101';
  const stateOf = (step: Step, variables = {}): OperationState =>
    foldJournal('op1', [
      {
        time: '2026-11-26T10:00:00.000Z',
        event: 'planned',
        plan: { operation: 'x', target: 'x', title: 'x', steps: [step], variables, result: null },
        context: undefined,
        identity: undefined,
        owner: { pid: 1, host: 'x' },
      },
    ])!;
  const why = (step: Step, pve: FakePve, variables = {}) =>
    whyNotAsMade(step, stateOf(step, variables), pve);
  const server = (config: Record<string, string | number> = {}, status = 'running'): FakePve => {
    const pve = new FakePve();
    pve.guest(101, config, { status: status as 'running' });
    return pve;
  };
  const call = (method: 'POST' | 'PUT' | 'DELETE', at: string, params = {}): Step => ({
    id: 'a',
    title: 'a',
    kind: 'pve.call',
    args: { method, path: `${path}${at}`, params },
  });
  const configure = (set: Record<string, string | number>, remove: string[] = []): Step => ({
    id: 'a',
    title: 'a',
    kind: 'pve.configure',
    args: { path, set, remove, before: {} },
  });

  for (const [what, step, config, reason] of [
    ['a value that stayed', configure({ memory: 4096 }), { memory: '4096' }, undefined],
    [
      'one that was changed',
      configure({ memory: 4096 }),
      { memory: 1 },
      'memory was changed again',
    ],
    ['one that was removed', configure({ vga: 'std' }), {}, 'vga was changed again'],
    ['one that is set again', configure({}, ['vga']), { vga: 'std' }, 'vga was set again'],
    ['one that stays away', configure({}, ['vga']), {}, undefined],
    [
      'a part that the server added',
      configure({ net0: 'virtio,bridge=vmbr0' }),
      { net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0' },
      undefined,
    ],
    ['tags in another order', configure({ tags: 'b;a' }), { tags: 'a;b' }, undefined],
    ['a switch', call('PUT', '/config', { onboot: true }), { onboot: 1 }, undefined],
    ['a call', call('PUT', '/config', { cores: 2 }), { cores: 4 }, 'cores was changed again'],
    ['a key, which nobody can compare', call('PUT', '/config', { sshkeys: 'x' }), {}, undefined],
  ] as Array<[string, Step, Record<string, string | number>, string | undefined]>)
    it(`${what}: ${reason ?? 'yes'}`, async () =>
      expect(await why(step, server(config))).to.equal(reason));

  for (const [verb, status, reason] of [
    ['start', 'running', undefined],
    ['start', 'stopped', 'it is stopped by now, not running'],
    ['stop', 'stopped', undefined],
    ['shutdown', 'running', 'it is running by now, not stopped'],
    ['resume', 'running', undefined],
  ] as const)
    it(`${verb}, and it is ${status}: ${reason ?? 'yes'}`, async () =>
      expect(await why(call('POST', `/status/${verb}`), server({}, status))).to.equal(reason));

  const migrate = (to: string, vmid = 101): Step => ({
    id: 'a',
    title: 'a',
    kind: 'pve.migrate',
    args: { type: 'qemu', vmid, from: 'pve9', to },
  });
  for (const [step, reason] of [
    [migrate('pve1'), undefined],
    [migrate('pve2'), 'it is on node pve1 by now, not on pve2'],
    [migrate('pve1', 404), 'it is not there any more'],
  ] as const)
    it(`a guest that was moved: ${reason ?? 'yes'}`, async () =>
      expect(await why(step, server())).to.equal(reason));

  const made: Step = {
    ...call('POST', '/clone'),
    undo: [
      {
        title: 'Remove it',
        kind: 'pve.discard-guest',
        args: {
          type: 'qemu',
          node: 'pve1',
          vmid: { $var: 'vmid' },
          lookup: { type: 'qmclone', id: '101' },
        },
      },
    ],
  };
  for (const [description, reason] of [
    ['pmx-operation: op1', undefined],
    ['pmx-operation: op2', /guest 101 does not carry its mark/],
    ['', /does not carry its mark/],
  ] as const)
    it(`a guest with the description '${description}'`, async () => {
      const found = await why(made, server({ description }), { vmid: 101 });
      if (reason === undefined) expect(found).to.equal(undefined);
      else expect(found).to.match(reason);
    });

  it('a guest that is gone', async () => {
    expect(await why(made, server(), { vmid: 404 })).to.equal('it is not there any more');
    expect(await why(configure({ cores: 1 }), new FakePve())).to.equal('it is not there any more');
  });

  it('what cannot be told is no answer', async () => {
    const pve = server();
    pve.answers.set(`${path}/config`, apiError('broken', 500));
    expect(await failure(() => why(configure({ cores: 1 }), pve))).to.include({
      code: 'PMX_API_ERROR',
    });
  });

  for (const [now, reason] of [
    ['local:101/vm-101-disk-1.raw,size=1G', undefined],
    ['local:101/vm-101-disk-2.raw,size=1G', 'scsi5 was changed again'],
    [undefined, 'scsi5 was changed again'],
  ] as const)
    it(`a new disk, which is ${now} by now: ${reason ?? 'yes'}`, async () => {
      const step = configure({ scsi5: 'local:1' });
      const state = stateOf(step);
      const after = { scsi5: 'local:101/vm-101-disk-1.raw,size=1G', unused0: null };
      state.steps.get('a')!.result = { after };
      const pve = server(now === undefined ? {} : { scsi5: now });
      expect(await whyNotAsMade(step, state, pve)).to.equal(reason);
    });

  it('what became of a guest that was made goes with it, and nothing else', () => {
    const { undo } = made;
    const at = (where: Value, more: Partial<Step> = {}): Step =>
      ({ id: 'b', title: 'b', kind: 'pve.call', args: { path: where }, ...more }) as Step;
    const state = stateOf(made, { vmid: 102 });
    const own = text`/nodes/pve1/qemu/${ref('vmid')}/status/start`;
    for (const [step, goes] of [
      [at(own), true],
      [at('/nodes/pve2/qemu/102/resize'), true],
      [at('/nodes/pve1/qemu/1020/status/start'), false],
      [at('/nodes/pve1/qemu/101/status/start'), false],
      [at('/pools'), false],
      [at(own, { destructive: true }), false],
      [at(own, { undo: undo! }), false],
      [{ id: 'b', title: 'b', kind: 'context.use', args: { name: 'x' } } as Step, false],
    ] as const)
      expect(goesWithMade(step, state), JSON.stringify(step)).to.equal(goes);
  });

  it('other steps need no look', async () => {
    const pve = server();
    const removed = call('DELETE', '/snapshot/a');
    const waited = { id: 'a', title: 'a', kind: 'context.use', args: { name: 'x' } } as Step;
    expect([await why(removed, pve), await why(waited, pve)]).to.deep.equal([undefined, undefined]);
    expect(pve.reads).to.deep.equal([]);
  });
});

describe('planning to take a drain back', () => {
  const drain = (id: string, more: Partial<OperationSummary> = {}): OperationSummary =>
    summary(id, { operation: 'node.drain', target: 'node pve1', ...more });
  const identity = async () => ({ host: 'pve.test', port: 8006, fingerprint: '' });
  const plan = async (operations: OperationSummary[]): Promise<string | Plan> => {
    let undone: string | undefined;
    const made = await planUndrain(
      {
        list: async () => operations,
        undoing: async (id) => {
          undone = id;
          return { operation: 'op.undo' } as Plan;
        },
      },
      { identity },
      'pve1',
    );
    return undone ?? made;
  };

  for (const [what, operations, id] of [
    ['the newest', [drain('25'), drain('24')], '25'],
    ['not that of another node', [drain('25', { target: 'node pve2' }), drain('24')], '24'],
    [
      'not one that was taken back, cut off, or moved nothing',
      [
        drain('25', { status: 'rolled-back' }),
        drain('24', { status: 'interrupted' }),
        drain('23', { steps: [] }),
        drain('22'),
      ],
      '22',
    ],
    ['that of this server', [drain('25', { endpoint: 'other:8006' }), drain('24')], '24'],
    [
      'when none is known to be of this server, the engine compares certificates',
      [drain('25', { endpoint: 'a:8006' }), drain('24', { endpoint: 'b:8006' })],
      '25',
    ],
  ] as const)
    it(what, async () => expect(await plan([...operations])).to.equal(id));

  it('without any there is nothing to do', async () =>
    expect(await plan([summary('25')])).to.deep.include({
      steps: [],
      result: { operation: null, status: 'completed', done: [] },
    }));
});
