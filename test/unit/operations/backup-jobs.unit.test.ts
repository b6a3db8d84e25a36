import { allSteps, type Plan } from '@pmx-cli/kit';
import { expect } from 'chai';

import { parseSchedule } from '#dist/lib/operations/backup/job/calendar.js';
import {
  planJobCreate,
  planJobDeletes,
  planJobsEnabled,
  planJobSet,
} from '#dist/lib/operations/backup/job/change.js';
import { listJobs, showJob } from '#dist/lib/operations/backup/job/read.js';
import { planJobRun } from '#dist/lib/operations/backup/job/run.js';
import type { FakePve } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { cluster } from './support.ts';

const nightly = {
  id: 'nightly',
  type: 'vzdump',
  enabled: 1,
  schedule: '02:00',
  storage: 'dump',
  vmid: '101,102,999',
  mode: 'snapshot',
  // As a real server gives it.
  'prune-backups': { 'keep-last': 3 },
  'next-run': 1_800_000_000,
};

function prepared(job: object = nightly): ReturnType<typeof cluster> {
  const { pve, inventory } = cluster();
  pve.guest(101, { name: 'web' });
  pve.guest(102, { name: 'db' }, { node: 'pve2' });
  pve.answers.set('/cluster/backup', [job]);
  pve.answers.set('/pools', [{ poolid: 'shop' }]);
  pve.answers.set('/nodes/pve1/storage', [
    { storage: 'dump', type: 'dir', content: 'backup', active: 1, enabled: 1 },
    { storage: 'fast', type: 'dir', content: 'images', active: 1, enabled: 1 },
  ]);
  pve.answers.set('/nodes/pve2/storage', []);
  const rows = [
    { type: 'storage', storage: 'dump', node: 'pve1', content: 'backup', status: 'available' },
    { type: 'storage', storage: 'fast', node: 'pve1', content: 'images', status: 'available' },
  ];
  const guests = [
    { type: 'qemu', vmid: 101, name: 'web', node: 'pve1' },
    { type: 'qemu', vmid: 102, name: 'db', node: 'pve2' },
    { type: 'qemu', vmid: 900, name: 'debian', node: 'pve1', template: 1 },
  ];
  pve.answers.set('/cluster/resources', ({ type }: { type?: string }) =>
    type === 'storage' ? rows : guests,
  );
  return { pve, inventory };
}

const onlyStep = (plan: Plan) => {
  const steps = allSteps(plan.steps);
  expect(steps).to.have.length(1);
  return steps[0] as unknown as {
    args: { params: object };
    undo: Array<{ args: { params: object } }>;
  };
};

describe('schedules of backup jobs', () => {
  for (const good of [
    ...['sun 02:00', '*/15', 'daily', 'mon..fri 22:30', 'mon,wed 0,12:00', '02:00', '*-*-1 04:00'],
    ...['sat *-1..7 15:00', '12..14/2:05', 'saturday', '21:00 UTC', '2027-1-31 1:02:03', '/5'],
  ]) {
    it(`takes ${good}`, () => {
      expect(parseSchedule(` ${good} `)).to.equal(good);
    });
  }

  for (const bad of [
    ...['', '0 2 * * *', '24:00', '02:60', 'sunny 02:00', 'mon.fri', '*/0', '10..5', 'never'],
    ...[
      '02:00 sun',
      '13-1 02:00',
      '1:2:3:4',
      'daily 02:00',
      'utc',
      '1-1-1-1',
      '*/99',
      'x'.repeat(200),
    ],
  ]) {
    it(`refuses ${JSON.stringify(bad).slice(0, 30)}`, async () => {
      const error = await failure(async () => parseSchedule(bad));
      expect(error).to.include({ code: 'PMX_INVALID_SCHEDULE', exitCode: 1 });
    });
  }
});

describe('reading backup jobs', () => {
  it('names guests and options; what has parts is one text', async () => {
    const { pve } = prepared();
    expect(await listJobs(pve)).to.deep.equal([
      {
        job: 'nightly',
        enabled: true,
        schedule: '02:00',
        nextRunSeconds: 1_800_000_000,
        covers: '101,102,999',
        node: undefined,
        storage: 'dump',
        mode: 'snapshot',
        keep: 'keep-last=3',
        notes: undefined,
        comment: undefined,
      },
    ]);
    const { guests, missing, options } = await showJob(pve, 'nightly');
    expect(guests.map(({ vmid }) => vmid)).to.deep.equal([101, 102]);
    expect(missing).to.deep.equal([999]);
    expect(options).to.include({ 'prune-backups': 'keep-last=3', storage: 'dump' });
  });

  for (const [selection, covers, guests] of [
    [{ all: 1 }, 'all', [101, 102, 900]],
    [{ all: 1, exclude: '101;900' }, 'all but 101,900', [102]],
    [{ vmid: '101,102', node: 'pve2' }, '101,102', [102]],
    [{ pool: 'shop' }, 'pool shop', []],
  ] as Array<[object, string, number[]]>) {
    it(`${JSON.stringify(selection)} covers ${covers}`, async () => {
      const { pve } = prepared({ id: 'j', starttime: '2:30', dow: 'sat', ...selection });
      const job = await showJob(pve, 'j');
      expect(job).to.include({ covers, schedule: 'sat 2:30', enabled: true });
      expect(job.guests.map(({ vmid }) => vmid)).to.deep.equal(guests);
    });
  }

  it('a job that is not there is told, with those that are', async () => {
    const error = await failure(() => showJob(prepared().pve, 'nighty'));
    expect(error).to.include({ code: 'PMX_BACKUP_JOB_NOT_FOUND', exitCode: 1 });
    expect(error.hints.join()).to.include('nightly');
  });
});

describe('planning backup jobs', () => {
  const create = (name: string, wishes: object, pveOf = prepared()) =>
    planJobCreate(pveOf.pve, pveOf.inventory, name, wishes);
  const set = (wishes: object, unset: string[] = [], job: object = nightly) => {
    const { pve, inventory } = prepared(job);
    return planJobSet(pve, inventory, 'nightly', wishes, unset as never);
  };

  it('create: an entry that is discarded again by its own name', async () => {
    const { pve, inventory } = prepared();
    const plan = await planJobCreate(pve, inventory, 'weekly', {
      schedule: 'sun 02:00',
      exclude: ['900', '102'],
      storage: 'dump',
      keep: { last: 4, weekly: 2 },
      notes: 'a\nb',
      enabled: false,
    });
    expect(pve.writes).to.deep.equal([]);
    const [step] = allSteps(plan.steps);
    expect(step).to.deep.include({
      kind: 'pve.entry',
      args: {
        list: '/cluster/backup',
        key: 'id',
        name: 'weekly',
        params: {
          schedule: 'sun 02:00',
          all: true,
          exclude: '900,102',
          storage: 'dump',
          'prune-backups': 'keep-last=4,keep-weekly=2',
          'notes-template': String.raw`a\nb`,
          enabled: false,
        },
      },
    });
    expect(step!.undo![0]).to.include({ kind: 'pve.discard-entry' });
    expect(plan.notes).to.deep.equal(['It covers 1 guest now: 101.']);
  });

  for (const [what, name, wishes, code] of [
    ['a name with a blank', 'a b', { all: true }, 'PMX_INVALID_JOB_NAME'],
    ['a name that is there', 'nightly', { all: true }, 'PMX_BACKUP_JOB_EXISTS'],
    ['no guests', 'x1', {}, 'PMX_BACKUP_JOB_GUESTS'],
    ['two choices', 'x1', { all: true, pool: 'shop' }, 'PMX_BACKUP_JOB_GUESTS'],
    ['named ones but', 'x1', { vmid: ['101'], exclude: ['102'] }, 'PMX_BACKUP_JOB_GUESTS'],
    ['no VMID', 'x1', { vmid: ['web'] }, 'PMX_INVALID_VMID'],
    ['no pool', 'x1', { pool: 'nosuch' }, 'PMX_POOL_NOT_FOUND'],
    ['no node', 'x1', { all: true, node: 'pve9' }, 'PMX_NODE_NOT_FOUND'],
    ['no storage', 'x1', { all: true, storage: 'nosuch' }, 'PMX_STORAGE_NOT_FOUND'],
    ['no backups there', 'x1', { all: true, storage: 'fast' }, 'PMX_STORAGE_LACKS_CONTENT'],
    ['cron', 'x1', { all: true, schedule: '0 2 * * *' }, 'PMX_INVALID_SCHEDULE'],
  ] as Array<[string, string, object, string]>) {
    it(`create refuses ${what}: ${code}`, async () => {
      expect((await failure(() => create(name, wishes))).code).to.equal(code);
    });
  }

  it('set: old → new, and undo sends the old values', async () => {
    const plan = await set({ schedule: 'sun 02:00', keep: { last: 3 }, comment: 'c' });
    expect(plan.notes).to.deep.equal(['schedule: 02:00 → sun 02:00', 'comment: (not set) → c']);
    const { args, undo } = onlyStep(plan);
    expect(args).to.deep.include({
      path: '/cluster/backup/nightly',
      params: { schedule: 'sun 02:00', comment: 'c' },
    });
    expect(undo[0]!.args.params).to.deep.equal({ schedule: '02:00', delete: 'comment' });
  });

  it('set: another choice of guests takes the place of the old one, also in undo', async () => {
    const { args, undo } = onlyStep(await set({ all: true }));
    expect(args.params).to.deep.equal({ all: '1', delete: 'vmid' });
    expect(undo[0]!.args.params).to.deep.equal({ vmid: '101,102,999', delete: 'all' });
  });

  it('set: notes go along with the storage, without which the API refuses them', async () => {
    const { args, undo } = onlyStep(
      await set({ notes: 'n' }, [], { ...nightly, 'notes-template': 'o' }),
    );
    expect(args.params).to.deep.equal({ storage: 'dump', 'notes-template': 'n' });
    expect(undo[0]!.args.params).to.deep.equal({ storage: 'dump', 'notes-template': 'o' });
  });

  it('set: --unset goes back to the default', async () => {
    const { args, undo } = onlyStep(await set({}, ['keep', 'comment']));
    expect(args.params).to.deep.equal({ delete: 'prune-backups' });
    expect(undo[0]!.args.params).to.deep.equal({ 'prune-backups': 'keep-last=3' });
  });

  it('what is so already changes nothing; absent means enabled', async () => {
    const { enabled: _, ...job } = nightly;
    const { pve } = prepared(job);
    const [plan] = await planJobsEnabled(pve, ['nightly', 'nightly'], true);
    expect(plan!.steps).to.deep.equal([]);
    const [off] = await planJobsEnabled(pve, ['nightly'], false);
    const { args, undo } = onlyStep(off!);
    expect(args.params).to.deep.equal({ enabled: '0' });
    expect(undo[0]!.args.params).to.deep.equal({ enabled: '1' });
  });

  for (const [what, wishes, unset, code] of [
    ['nothing', {}, [], 'PMX_NOTHING_TO_SET'],
    ['both', { comment: 'c' }, ['comment'], 'PMX_NOTHING_TO_SET'],
    ['leaving out of named ones', { exclude: ['101'] }, [], 'PMX_BACKUP_JOB_GUESTS'],
  ] as Array<[string, object, string[], string]>) {
    it(`set refuses ${what}: ${code}`, async () => {
      expect((await failure(() => set(wishes, unset))).code).to.equal(code);
    });
  }

  it('delete is destructive and names whom the job covers', async () => {
    const [plan] = await planJobDeletes(prepared().pve, ['nightly']);
    expect(allSteps(plan!.steps)[0]).to.include({ destructive: true });
    expect(plan!.impact!.keeps.map(({ name }) => name)).to.deep.equal(['101 (web)', '102 (db)']);
  });
});

describe('running a backup job', () => {
  it('one plan for each node, with its options and the marker; undo removes each archive', async () => {
    const { pve } = prepared({ ...nightly, bwlimit: 100, 'notes-template': '{{guestname}}' });
    const plans = await planJobRun(pve, 'nightly', false);
    expect(plans.map(({ target }) => target)).to.deep.equal([
      'backup job nightly on node pve1',
      'backup job nightly on node pve2',
    ]);
    const [step] = allSteps(plans[0]!.steps);
    expect(step!.args).to.deep.include({
      path: '/nodes/pve1/vzdump',
      lookup: { type: 'vzdump', id: '101' },
    });
    const { params } = onlyStep(plans[0]!).args;
    expect(params).to.deep.include({
      vmid: '101',
      storage: 'dump',
      mode: 'snapshot',
      bwlimit: '100',
      remove: false,
    });
    expect(params).to.not.have.any.keys('id', 'schedule', 'next-run', 'type', 'prune-backups');
    expect(JSON.stringify(params)).to.include('pmx-operation').and.to.include('{{guestname}}');
    expect(step!.destructive).to.equal(undefined);
    expect(step!.undo).to.deep.equal([
      {
        title: 'Remove the backup of guest 101',
        kind: 'pve.discard-backup',
        args: { node: 'pve1', vmid: 101, storage: 'dump' },
      },
    ]);
    expect(plans[0]!.notes!.join()).to.include('--prune');
  });

  it('--prune also carries its retention out, and that cannot be taken back', async () => {
    const [plan] = await planJobRun(prepared().pve, 'nightly', true);
    const [step] = allSteps(plan!.steps);
    expect(step).to.include({ destructive: true });
    expect(step!.undo).to.equal(undefined);
    expect(onlyStep(plan!).args.params).to.include({
      'prune-backups': 'keep-last=3',
      remove: true,
    });
    expect(plan!.impact!.removes).to.have.length(1);
  });

  it('several guests of one node are one task without an id', async () => {
    const [plan] = await planJobRun(prepared({ id: 'j', all: 1, node: 'pve1' }).pve, 'j', false);
    expect(allSteps(plan!.steps)[0]!.args).to.deep.include({ lookup: { type: 'vzdump', id: '' } });
    expect(onlyStep(plan!).args.params).to.include({ vmid: '101,900', storage: 'local' });
  });

  for (const job of [
    { id: 'j', vmid: '999' },
    { id: 'j', all: 1, dumpdir: '/srv' },
  ]) {
    it(`refuses ${JSON.stringify(job)}`, async () => {
      const error = await failure(() => planJobRun(prepared(job).pve as FakePve, 'j', false));
      expect(error).to.include({ code: 'PMX_BACKUP_JOB_NOT_RUNNABLE', exitCode: 1 });
    });
  }
});
