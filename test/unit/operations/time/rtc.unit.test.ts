import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { allSteps, type Guest, type Plan, type PveReader } from '@pmx-cli/kit';
import { expect } from 'chai';

import { currentOwner } from '#dist/lib/operations/engine/journal.js';
import { chooseAutoRestore } from '#dist/lib/operations/time/auto-restore.js';
import { recordPath, type ShiftRecord, writeRecord } from '#dist/lib/operations/time/record.js';
import { planRestore } from '#dist/lib/operations/time/restore.js';
import { planShift } from '#dist/lib/operations/time/shift.js';

const to = Date.UTC(2020, 0, 31);
const shifted = '2020-01-31T00:00:00';

interface World {
  status?: Guest['status'];
  config?: Record<string, unknown>;
  /** What QEMU began with. */
  current?: Record<string, unknown>;
  ha?: boolean;
  privileges?: string[];
}

function guestIn({ status = 'running' }: World): Guest {
  return {
    ...{ type: 'qemu', vmid: 101, name: 'old', node: 'pve1', status, template: false },
    tags: [],
  };
}

function serverOf(world: World): PveReader {
  const { config = {}, current = config, ha = false } = world;
  const { privileges = ['VM.Config.Options', 'VM.PowerMgmt'] } = world;
  const get = async (path: string, params?: Record<string, unknown>): Promise<unknown> => {
    if (path.endsWith('/config')) return params?.['current'] === 1 ? current : config;
    if (path === '/cluster/ha/resources') return ha ? [{ sid: 'vm:101', state: 'started' }] : [];
    if (path === '/access/permissions')
      return { '/vms/101': Object.fromEntries(privileges.map((name) => [name, 1])) };
    throw new Error(`nobody should ask for ${path}`);
  };
  return { user: 'ann@pve', get } as unknown as PveReader;
}

describe('shifts of the hardware clock', () => {
  let state: string;

  beforeEach(() => (state = mkdtempSync(join(tmpdir(), 'pmx-rtc-'))));
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  const ids = ({ steps }: Plan): string[] => allSteps(steps).map(({ id }) => id);
  const shift = (world: World, more: object = {}): Promise<Plan> =>
    planShift(serverOf(world), guestIn(world), {
      ...{ state, to, persist: false, snapshot: false, mode: 'rtc' },
      ...more,
    });

  function written(rtc: ShiftRecord['rtc'], at: ShiftRecord['state'] = 'open'): void {
    const before = { system: 'rtc', offset: 0, zone: '', rtcOffset: null, services: [] } as const;
    writeRecord(recordPath(state, 101, ''), {
      ...{ version: 1, vmid: 101, name: 'old', uuid: '', context: null, state: at },
      ...{ owner: currentOwner(), restoreAt: null, persist: false },
      ...(rtc && { rtc }),
      shifts: [
        {
          ...{ operation: 'op', at: '2026-01-01T00:00:00Z', to: '2020-01-31T00:00:00Z' },
          reason: null,
          before: { ...before, services: [] },
        },
      ],
    });
  }

  it('starts a guest cold, and each step has what takes it back in the right order', async () => {
    const plan = await shift({});
    expect(ids(plan)).to.deep.equal(['save', 'off', 'configure', 'on', 'keep']);
    expect(plan.asks).to.include('shut down and started again');
    const undone = allSteps(plan.steps)
      .flatMap(({ undo = [] }) => undo)
      .reverse();
    expect(undone.map(({ title }) => title)).to.deep.equal([
      'Stop VM 101 (old) again',
      'Restore startdate of VM 101 (old)',
      'Start VM 101 (old) again',
      'Forget the shift of VM 101 (old)',
    ]);
  });

  it('a guest that is off is only started, and one that HA manages goes by HA', async () => {
    const off = await shift({ status: 'stopped' });
    expect(ids(off)).to.deep.equal(['save', 'configure', 'on', 'keep']);
    expect(off.asks).to.equal(undefined);
    expect(ids(await shift({ ha: true }))).to.deep.equal([
      ...['save', 'off', 'await-stopped', 'configure', 'on', 'await-running', 'keep'],
    ]);
  });

  it('says that Windows takes the hardware clock for local time', async () => {
    const { notes } = await shift({ config: { ostype: 'win11' } });
    expect(notes!.join()).to.include('local time');
    expect((await shift({ config: { ostype: 'l26' } })).notes!.join()).not.to.include('local time');
  });

  const refusals: Array<[title: string, world: World, code: string]> = [
    ['a locked VM', { config: { lock: 'backup' } }, 'PMX_GUEST_LOCKED'],
    ['no right to its options', { privileges: ['VM.PowerMgmt'] }, 'PMX_PERMISSION_DENIED'],
    ['no right to start it', { privileges: ['VM.Config.Options'] }, 'PMX_PERMISSION_DENIED'],
  ];
  for (const [title, world, code] of refusals)
    it(`refuses ${title}`, async () => {
      const error = await shift(world).catch((thrown: unknown) => thrown);
      expect(error).to.include({ code });
    });

  it('refuses one that is shifted through its agent', async () => {
    written(undefined);
    expect(await shift({}).catch((thrown: unknown) => thrown)).to.include({
      code: 'PMX_SHIFT_OPEN',
    });
  });

  const back = ['forget', 'old-watcher'];
  const home = { startdate: null, running: true };
  const away = { config: { startdate: shifted } };
  const restores: Array<
    [
      title: string,
      world: World,
      rtc: NonNullable<ShiftRecord['rtc']>,
      state: ShiftRecord['state'],
      steps: string[],
    ]
  > = [
    ['all of it', away, home, 'open', ['begin', 'off', 'configure', 'on', ...back]],
    [
      'a startdate of its own, and no agent to measure by',
      away,
      { startdate: '2001-01-01', running: true },
      'open',
      ['begin', 'off', 'configure', 'on', ...back],
    ],
    [
      'with an agent it is measured',
      { config: { startdate: shifted, agent: '1' } },
      home,
      'open',
      ['begin', 'off', 'configure', 'on', 'measure', ...back],
    ],
    ['cut off before the configuration was changed', {}, home, 'shifting', ['begin', ...back]],
    ['cut off while it was off', { status: 'stopped' }, home, 'shifting', ['begin', 'on', ...back]],
    [
      'cut off while it was off, its startdate set already',
      { ...away, status: 'stopped' },
      home,
      'shifting',
      ['begin', 'configure', 'on', ...back],
    ],
    [
      'changed back by hand, and still running with the old one',
      { config: {}, current: { startdate: shifted } },
      home,
      'open',
      ['begin', 'off', 'on', ...back],
    ],
    [
      'somebody has switched it off since: it stays off',
      { ...away, status: 'stopped' },
      home,
      'open',
      ['begin', 'configure', ...back],
    ],
    [
      'it was off before',
      away,
      { startdate: null, running: false },
      'open',
      ['begin', 'off', 'configure', ...back],
    ],
  ];
  for (const [title, world, rtc, at, steps] of restores)
    it(`restores ${title}`, async () => {
      written(rtc, at);
      const plan = await planRestore(serverOf(world), guestIn(world), state);
      expect(ids(plan)).to.deep.equal(steps);
      // To shift the clock again is no way back.
      expect(allSteps(plan.steps).flatMap(({ undo = [] }) => undo)).to.deep.equal([]);
    });

  it('no timer has a secret that is in the environment only', async () => {
    process.env['PMX_TOKEN_SECRET'] = 'x';
    try {
      const { by, notes } = await chooseAutoRestore();
      expect(by).to.equal('watcher');
      expect(notes.join()).to.include('PMX_TOKEN_SECRET');
    } finally {
      delete process.env['PMX_TOKEN_SECRET'];
    }
  });
});
