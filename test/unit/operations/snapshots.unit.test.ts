import { allSteps, type Guest, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { planSnapshots } from '#dist/lib/operations/guest/snapshot/create.js';
import { planSnapshotDelete } from '#dist/lib/operations/guest/snapshot/delete.js';
import { checkSnapshotName, snapshotNameAt } from '#dist/lib/operations/guest/snapshot/name.js';
import { parseAge } from '#dist/lib/operations/guest/snapshot/age.js';
import { prunedOf } from '#dist/lib/operations/guest/snapshot/prune.js';
import type { Snapshot } from '#dist/lib/operations/guest/snapshot/read.js';
import { planRollback } from '#dist/lib/operations/guest/snapshot/rollback.js';
import { treeOf } from '#dist/lib/operations/guest/snapshot/tree.js';
import { FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { guestOf } from './support.ts';

const day = 86_400;
const now = 100 * day;

function snapshot(name: string, more: Partial<Snapshot> = {}): Snapshot {
  return {
    vmid: 101,
    guest: 'web',
    name,
    parent: undefined,
    current: false,
    description: '',
    vmstate: false,
    takenSeconds: now,
    ...more,
  };
}

const rows = [
  { name: 'one', snaptime: 1000, description: 'first' },
  { name: 'two', parent: 'one', snaptime: 2000, vmstate: 1 },
  { name: 'three', parent: 'two', snaptime: 3000 },
  { name: 'side', parent: 'one', snaptime: 2500 },
  { name: 'current', parent: 'three' },
];

function server(): FakePve {
  const pve = new FakePve();
  for (let vmid = 101; vmid < 120; vmid++)
    pve.answers.set(`/nodes/pve1/qemu/${vmid}/snapshot`, rows);
  pve.answers.set('/nodes/pve1/lxc/101/snapshot', rows);
  return pve;
}

const many = Array.from({ length: 9 }, (_, index) => guestOf(101 + index));
const request = { name: 'night', description: undefined, vmstate: false, wait: true };

describe('names of snapshots', () => {
  for (const name of ['ab', 'before-upgrade', 'A_1', 'x'.repeat(40), snapshotNameAt(new Date())])
    it(`${name}: fine`, () => expect(checkSnapshotName(name, { type: 'qemu' })).to.equal(name));

  for (const name of [
    '',
    'a',
    '1day',
    '-x',
    'a.b',
    'a b',
    'ä1',
    'x'.repeat(41),
    'current',
    'pending',
  ])
    it(`'${name}': refused, with an example that is not`, async () => {
      const error = await failure(async () => checkSnapshotName(name, { type: 'qemu' }));
      expect(error.code).to.equal('PMX_INVALID_SNAPSHOT_NAME');
      const example = /For example: (\S+)/.exec(error.hints.join(' '))![1]!;
      expect(checkSnapshotName(example, { type: 'qemu' })).to.equal(example);
    });

  it('vzdump belongs to containers only', async () => {
    expect(checkSnapshotName('vzdump', { type: 'qemu' })).to.equal('vzdump');
    await failure(async () => checkSnapshotName('vzdump', { type: 'lxc' }));
  });
});

describe('ages', () => {
  for (const [text, seconds] of [
    ['30m', 1800],
    ['12h', 43_200],
    ['7d', 7 * day],
    ['4w', 28 * day],
  ] as const)
    it(text, () => expect(parseAge(text)).to.equal(seconds));
  for (const text of ['', '7', 'd', '0d', '-1d', '1.5d', '1d12h', '7 d'])
    it(`'${text}': refused`, async () =>
      expect((await failure(async () => parseAge(text))).code).to.equal('PMX_INVALID_AGE'));
});

describe('which snapshots are pruned', () => {
  const snapshots = [
    snapshot('pre-1', { takenSeconds: now - 9 * day }),
    snapshot('pre-2', { takenSeconds: now - 5 * day }),
    snapshot('night', { takenSeconds: now - 4 * day }),
    snapshot('pre-3', { takenSeconds: now - 1 * day }),
    snapshot('half', { takenSeconds: undefined }),
  ];
  for (const [keep, olderThanDays, match, gone] of [
    [1, undefined, undefined, 'pre-1 pre-2 night'],
    [2, undefined, 'pre-*', 'pre-1'],
    [0, undefined, 'pre-?', 'pre-1 pre-2 pre-3'],
    [undefined, 5, undefined, 'pre-1 pre-2'],
    [3, 5, undefined, 'pre-1'],
    [undefined, 30, undefined, ''],
    [9, undefined, undefined, ''],
  ] as Array<[number | undefined, number | undefined, string | undefined, string]>) {
    it(`keep ${keep}, older than ${olderThanDays} d, match ${match}: ${gone || 'none'}`, () => {
      const olderThanSeconds = olderThanDays === undefined ? undefined : olderThanDays * day;
      const pruned = prunedOf(snapshots, { keep, olderThanSeconds, match }, now);
      expect(pruned.map(({ name }) => name).join(' ')).to.equal(gone);
    });
  }
});

it('a tree has each snapshot below the one that it stands on', () => {
  const tree = treeOf([
    snapshot('one'),
    snapshot('two', { parent: 'one' }),
    snapshot('deep', { parent: 'two' }),
    snapshot('side', { parent: 'one' }),
    snapshot('orphan', { parent: 'gone' }),
  ]);
  expect(tree.map((row) => `${row.lines}${row.snapshot.name}`)).to.deep.equal([
    'one',
    '├─ two',
    '│  └─ deep',
    '└─ side',
    'orphan',
  ]);
});

describe('planning snapshots', () => {
  const plan = async (guests: Guest[], more: object = {}): Promise<[Plan[], FakePve]> => {
    const pve = server();
    return [await planSnapshots(pve, guests, { ...request, ...more }), pve];
  };

  it('of one guest: one call, with the marker, and its undo', async () => {
    const [[only]] = await plan([guestOf(101)], { description: 'why' });
    const [step] = allSteps(only!.steps);
    expect(step!.args).to.deep.include({
      method: 'POST',
      path: '/nodes/pve1/qemu/101/snapshot',
      lookup: { type: 'qmsnapshot', id: '101' },
    });
    expect(JSON.stringify(step!.args)).to.include(String.raw`"why","\n","pmx-operation:"`);
    expect(step!.undo).to.have.nested.property('[0].kind', 'pve.discard-snapshot');
  });

  it('of many guests: nothing is read for each', async () => {
    const [plans, pve] = await plan(many);
    expect(plans).to.have.length(9);
    expect(pve.reads).to.deep.equal([]);
  });

  it('of a container: its own tasks, no memory', async () => {
    const [[only]] = await plan([guestOf(101, { type: 'lxc' })]);
    expect(allSteps(only!.steps)[0]!.args).to.have.deep.property('lookup', {
      type: 'vzsnapshot',
      id: '101',
    });
  });

  it('memory only of what runs, and says so', async () => {
    const [plans] = await plan([guestOf(101), guestOf(102, { status: 'running' })], {
      vmstate: true,
    });
    const saved = plans.map(({ steps }) => JSON.stringify(steps).includes('"vmstate":true'));
    expect(saved).to.deep.equal([false, true]);
    expect(plans[0]!.notes!.join()).to.include('no memory to save');
  });

  it('names all guests that have one of that name', async () => {
    const error = await failure(() => plan([guestOf(101), guestOf(102)], { name: 'two' }));
    expect(error).to.include({ code: 'PMX_SNAPSHOT_EXISTS', exitCode: 1 });
    expect(error.message).to.include('101').and.to.include('102');
  });
});

describe('planning a rollback', () => {
  const plan = async (guests: Guest[], name: string, start = false): Promise<Plan> =>
    (await planRollback(server(), guests, { snapshot: name, start, wait: true }))[0]!;

  it('names what lies in between, and only that', async () => {
    const { impact } = await plan([guestOf(101)], 'one');
    expect(impact!.keeps.map(({ name }) => name)).to.deep.equal(['two', 'three']);
    expect((await plan([guestOf(101)], 'side')).impact!.keeps).to.deep.equal([]);
    expect((await plan([guestOf(101)], 'three')).impact!.keeps).to.deep.equal([]);
  });

  for (const [what, guest, name, start, note] of [
    [
      'a running guest stops',
      { status: 'running' },
      'one',
      false,
      'it is stopped by this. --start',
    ],
    ['with memory it goes on', { status: 'running' }, 'two', false, 'goes on running from'],
    ['a stopped one has nothing to say', {}, 'one', false, ''],
    ['started again', { status: 'running' }, 'one', true, ''],
  ] as Array<[string, Partial<Guest>, string, boolean, string]>)
    it(what, async () =>
      expect((await plan([guestOf(101, guest)], name, start)).notes!.join()).to.include(note),
    );

  it('of many reads nothing, and cannot be taken back', async () => {
    const pve = server();
    const plans = await planRollback(pve, many, { snapshot: 'one', start: false, wait: true });
    expect(pve.reads).to.deep.equal([]);
    expect(plans.every(({ steps }) => allSteps(steps)[0]!.destructive)).to.equal(true);
  });
});

it('deleting names each snapshot once, and has a step for each', async () => {
  const [plan] = await planSnapshotDelete(server(), [guestOf(101)], ['two', 'one', 'two']);
  expect(allSteps(plan!.steps).map(({ id }) => id)).to.deep.equal(['delete-two', 'delete-one']);
  expect(plan!.impact!.removes.map(({ detail }) => detail)[0]).to.include('with memory');
  const error = await failure(() => planSnapshotDelete(server(), [guestOf(101)], ['four']));
  expect(error).to.include({ code: 'PMX_SNAPSHOT_NOT_FOUND', exitCode: 1 });
  expect(error.hints.join()).to.include('one, two, side, three');
});
