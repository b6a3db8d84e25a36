import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  timeDiscard,
  timeKeep,
  timeMeasure,
  timeSave,
  timeServices,
  timeSet,
} from '#dist/lib/operations/engine/handlers/time.js';
import { readRecord, type ShiftRecord } from '#dist/lib/operations/time/record.js';
import { apiError } from '../engine/fake-pve.ts';
import { failure } from '../engine/lab.ts';
import { contextFor, type TestContext } from './context.ts';
import { FakeClockGuest, FakeWindowsGuest } from './fake-clock-guest.ts';

const to = Date.UTC(2020, 0, 31);
/** Of the moment: a whole run of tests is minutes older than the file. */
const far = (): number => to - Date.now();

describe('steps of a shifted clock', () => {
  let folder: string;
  let place: { node: string; vmid: number; record: string };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-time-'));
    place = { node: 'pve1', vmid: 101, record: join(folder, '101-u.json') };
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const save = (context: TestContext, more: object = {}) =>
    timeSave.run({ ...place, name: 'jump', uuid: 'u', to, ...more }, context);
  const stop = (context: TestContext) =>
    timeServices.run({ ...place, running: false, of: 'last' }, context);
  const start = (context: TestContext) =>
    timeServices.run({ ...place, running: true, of: 'last' }, context);
  const record = (): ShiftRecord => readRecord(place.record)!;

  describe('Windows', () => {
    let guest: FakeWindowsGuest;
    let context: TestContext;

    beforeEach(() => {
      guest = new FakeWindowsGuest();
      context = contextFor(guest, { offset: far() });
    });

    it('stops w32time, sets the clock by PowerShell, and brings both back', async () => {
      guest.ahead = 40;
      await save(context);
      expect(record().shifts[0]!.before).to.deep.include({
        system: 'windows',
        zone: 'W. Europe Standard Time',
        services: [
          {
            name: 'w32time',
            manager: 'windows',
            active: true,
            enabled: true,
            startup: 'Automatic',
          },
        ],
      });
      expect(await stop(context)).to.deep.equal({ services: ['w32time'] });
      expect(guest.service).to.include({ status: 'Stopped', startup: 'Auto' });
      const { error } = await timeSet.run({ ...place, to }, context);
      expect(Math.abs(error as number)).to.be.below(1000);
      expect(guest.scripts.at(-1)).to.match(
        /^Set-Date -Date \(\[DateTimeOffset\]::FromUnixTimeSeconds\(\d+\)\.LocalDateTime\)$/,
      );
      await timeKeep.run({ ...place, offset: { $var: 'offset' } }, context);
      await timeSet.run({ ...place, to: 'last' }, context);
      await start(context);
      expect(guest.service).to.include({ status: 'Running', startup: 'Auto' });
      const measured = await timeMeasure.run({ ...place, of: 'last' }, context);
      expect(measured['error']).to.be.below(1000);
      await timeDiscard.run(place, context);
      expect(existsSync(place.record)).to.equal(false);
    });

    it('keeps w32time from coming back with a reboot, as long as the shift is to outlive it', async () => {
      guest.service.startup = 'Manual';
      await save(context, { persist: true });
      await stop(context);
      expect(guest.service).to.include({ status: 'Stopped', startup: 'Disabled' });
      await start(context);
      expect(guest.service).to.include({ status: 'Running', startup: 'Manual' });
    });

    it('leaves a service alone that did not run, or is not there', async () => {
      guest.service.status = 'Stopped';
      await save(context);
      expect(await stop(context)).to.deep.equal({ services: [] });
      await start(context);
      expect(guest.service.status).to.equal('Stopped');
      guest.service.there = false;
      await save(context);
      expect(record().shifts.at(-1)!.before.services).to.deep.equal([]);
    });

    it('without PowerShell nothing is done, and that is said', async () => {
      guest.agentFaults.push({
        command: 'exec',
        error: apiError(
          "Agent error: Guest agent command failed, error was 'Failed to execute child process (No such file or directory)'",
        ),
      });
      const error = await failure(() => save(context));
      expect(error.code).to.equal('PMX_GUEST_PROGRAM_NOT_FOUND');
      expect(error.message).to.include('has no PowerShell');
      expect(error.hints.join()).to.include('--mode rtc');
      expect(existsSync(place.record)).to.equal(false);
    });
  });

  describe('a guest that goes away meanwhile', () => {
    let guest: FakeClockGuest;
    let context: TestContext;

    beforeEach(async () => {
      guest = new FakeClockGuest();
      guest.programs.set('date', (words) => {
        guest.ahead = Number(words.at(-1)!.slice(1)) * 1000 - Date.now();
        return { exitcode: 0 };
      });
      guest.programs.set('systemctl', () => ({ exitcode: 0 }));
      context = contextFor(guest, {}, { operationId: folder });
      guest.text = () => undefined;
      guest.put('x', '');
      await savedAs();
    });

    /** As the probe would have found it: its own `sh` is not that of a guest. */
    async function savedAs(): Promise<void> {
      guest.os = 'mswindows';
      const windows = new FakeWindowsGuest();
      const asWindows = contextFor(windows, {}, { operationId: folder });
      await save(asWindows);
      await stop(asWindows);
      guest.programs.set('powershell.exe', windows.programs.get('powershell.exe')!);
    }

    it('is waited for when its clock is to come home', async () => {
      await timeSet.run({ ...place, to }, contextFor(new FakeWindowsGuest()));
      expect(record().shifts[0]!.touched).to.have.members(['services', 'clock']);
      guest.silent = 5;
      await timeSet.run({ ...place, to: 'last' }, context);
      expect(context.reports.join()).to.include('does not answer');
      expect(record().shifts[0]!.touched).to.deep.equal(['services']);
      await start(context);
      await timeDiscard.run(place, context);
      expect(existsSync(place.record)).to.equal(false);
    });

    it('is not forgotten while its clock is somewhere else', async () => {
      await timeSet.run({ ...place, to }, contextFor(new FakeWindowsGuest()));
      const error = await failure(() => timeDiscard.run(place, context));
      expect(error.code).to.equal('PMX_CLOCK_STILL_OFF');
      expect(error.hints.join()).to.include('pmx time restore 101');
      expect(existsSync(place.record)).to.equal(true);
    });
  });

  describe('the hardware clock', () => {
    const rtc = { startdate: null, running: true };
    const context = (guest = new FakeClockGuest()): TestContext => contextFor(guest);

    it('asks no guest, and keeps the true original through a second shift', async () => {
      const guest = new FakeClockGuest();
      guest.silent = Infinity;
      await save(context(guest), { rtc });
      await save(context(guest), { rtc: { startdate: '2020-01-31T00:00:00', running: false } });
      expect(record().rtc).to.deep.equal(rtc);
      expect(record().shifts).to.have.length(2);
    });

    it('is not forgotten while the configuration has the date of the shift', async () => {
      const guest = new FakeClockGuest();
      await save(context(guest), { rtc });
      guest.config = { startdate: '2020-01-31T00:00:00' };
      expect((await failure(() => timeDiscard.run(place, context(guest)))).code).to.equal(
        'PMX_CLOCK_STILL_OFF',
      );
      guest.config = {};
      await timeDiscard.run(place, context(guest));
      expect(existsSync(place.record)).to.equal(false);
    });

    it('is measured when an agent comes up, and only then', async () => {
      const guest = new FakeClockGuest();
      await save(context(guest), { rtc });
      guest.silent = 3;
      const measure = { ...place, of: 'first', agentSeconds: 60 } as const;
      expect((await timeMeasure.run(measure, context(guest)))['error']).to.be.below(1000);
      guest.silent = Infinity;
      const never = { ...measure, agentSeconds: 0 };
      expect(await timeMeasure.run(never, context(guest))).to.deep.equal({ error: null });
      guest.silent = 0;
      guest.ahead = 5000;
      expect((await failure(() => timeMeasure.run(measure, context(guest)))).code).to.equal(
        'PMX_CLOCK_STILL_OFF',
      );
    });
  });
});
