import type { StepResult, TimePlace } from '@pmx-cli/kit';
import { isPmxError, ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import {
  type ClockState,
  markTouched,
  readRecord,
  trueOriginal,
  removeRecord,
  type ShiftRecord,
  type Touched,
  writeRecord,
} from '../../time/record.js';
import { type GuestConfig } from '../../shared/guest-config.js';
import { ownStartdate } from '../../time/startdate.js';
import { currentOwner } from '../journal.js';
import { patiently } from './agent-patience.js';
import { GuestClock } from './guest-clock.js';
import { removal, repeatable, type StepContext, type StepHandler } from './handler.js';

/** Nearer than this nothing is set again: milliseconds. */
const goodEnough = 200;
/** What the clock may be off by, once it was set. */
const mostError = 1000;
/** A hardware clock has whole seconds, and a boot takes it at any moment of one. */
const mostErrorOfRtc = 2000;
const tries = 4;
/** A service that steps the clock back does it within moments. */
const settleMillis = 500;

async function clockOf(args: TimePlace, context: StepContext): Promise<GuestClock> {
  return new GuestClock(await context.pve(), args, context);
}

/** @throws SurroundingsError `PMX_SHIFT_RECORD_UNREADABLE` */
function recordOf({ record, vmid }: TimePlace): ShiftRecord {
  const found = readRecord(record);
  if (found) return found;
  throw new SurroundingsError({
    code: 'PMX_SHIFT_RECORD_UNREADABLE',
    message: `${record} is gone, so nobody knows how the clock of VM ${vmid} was before.`,
    hints: ['If it was restored meanwhile, there is nothing left to do: pmx time status'],
  });
}

/** What is known of a guest that nobody asks: its clock began with the present. */
const unasked: ClockState = { system: 'rtc', offset: 0, zone: '', rtcOffset: null, services: [] };

/** The true original stays what it was when the VM is shifted a second time. */
export const timeSave: StepHandler<'time.save'> = {
  async run(args, context) {
    const known = readRecord(args.record);
    const before = args.rtc ? unasked : await (await clockOf(args, context)).read();
    const entry = {
      operation: context.operationId,
      at: new Date().toISOString(),
      to: new Date(args.to).toISOString(),
      reason: args.reason ?? null,
      before,
    };
    const restoreAt =
      args.restoreAfter === undefined
        ? (known?.restoreAt ?? null)
        : new Date(Date.now() + args.restoreAfter).toISOString();
    const rtc = known?.rtc ?? args.rtc;
    writeRecord(args.record, {
      version: 1,
      vmid: args.vmid,
      name: args.name,
      uuid: args.uuid,
      context: args.context ?? known?.context ?? null,
      state: 'shifting',
      owner: currentOwner(),
      restoreAt,
      persist: args.persist === true || known?.persist === true,
      ...(rtc && { rtc }),
      shifts: [...(known?.shifts ?? []), entry],
    });
    return saved(known?.shifts[0]?.before.offset ?? before.offset, before.zone, restoreAt);
  },
  async recover(args, context) {
    const record = readRecord(args.record);
    const last = record?.shifts.at(-1);
    if (last?.operation !== context.operationId) return undefined;
    writeRecord(args.record, { ...record!, owner: currentOwner() });
    return saved(record!.shifts[0]!.before.offset, last.before.zone, record!.restoreAt);
  },
};

function saved(original: number, zone: string, restoreAt: string | null): StepResult {
  return { original, zone, restoreAt };
}

export const timeDiscard = removal<'time.discard'>(
  async (args, context) => {
    const record = readRecord(args.record);
    const last = record?.shifts.at(-1);
    if (!record || last?.operation !== context.operationId) return { removed: false };
    refuseToForget(args, last.touched ?? []);
    if (last.before.system === 'rtc') await refuseShiftedStart(args, record, context);
    const shifts = record.shifts.slice(0, -1);
    if (shifts.length === 0) removeRecord(args.record);
    else writeRecord(args.record, { ...record, state: 'open', shifts });
    return { removed: true };
  },
  async (args) => readRecord(args.record) !== undefined,
);

/** While something is not home, the record is all that knows where that is. */
function refuseToForget({ vmid, record }: TimePlace, touched: readonly Touched[]): void {
  if (touched.length === 0) return;
  const what = touched.includes('clock') ? 'The clock' : 'What keeps the time';
  throw new SurroundingsError({
    code: 'PMX_CLOCK_STILL_OFF',
    message: `${what} of VM ${vmid} was not brought back, so the shift stays written down: ${record}.`,
    hints: [`When the guest answers again: pmx time restore ${vmid}`],
  });
}

async function refuseShiftedStart(
  { node, vmid, record }: TimePlace,
  { rtc }: ShiftRecord,
  context: StepContext,
): Promise<void> {
  const pve = await context.pve();
  const config = await pve.get<GuestConfig>(`/nodes/${node}/qemu/${vmid}/config`);
  if (!rtc || ownStartdate(config) === rtc.startdate) return;
  throw new SurroundingsError({
    code: 'PMX_CLOCK_STILL_OFF',
    message: `VM ${vmid} still has the startdate of the shift, so that stays written down: ${record}.`,
    hints: [`Bring it home: pmx time restore ${vmid}`],
  });
}

export const timeServices = repeatable<'time.services'>(async (args, context) => {
  const clock = await clockOf(args, context);
  if (!args.running) {
    const { persist, shifts } = recordOf(args);
    const { system, services: known } = shifts.at(-1)!.before;
    const running = known.filter(({ active }) => active);
    if (running.length === 0) return { services: [] };
    markTouched(args.record, 'services', true);
    for (const service of running) await clock.stop(service, persist);
    const still = await clock.running(system);
    if (still.length > 0)
      throw new ProxmoxError({
        code: 'PMX_NTP_RUNNING',
        message: `VM ${args.vmid}: ${still.join(', ')} still runs after it was stopped, and would set the clock back.`,
        hints: ['Something in the guest starts it again: stop that first.'],
      });
    return { services: running.map(({ name }) => name) };
  }
  const saved = stateOf(args, context);
  const services = saved?.services ?? [];
  const persist = readRecord(args.record)?.persist === true;
  for (const service of services) await patiently(context, () => clock.bringBack(service, persist));
  if (saved && args.of === 'last') markTouched(args.record, 'services', false);
  return { services: services.filter(({ active }) => active).map(({ name }) => name) };
});

/** For an undo only what this operation itself has written down counts. */
function stateOf(
  args: TimePlace & { of: 'last' | 'first' },
  context: StepContext,
): ShiftRecord['shifts'][number]['before'] | undefined {
  if (args.of === 'first') return trueOriginal(recordOf(args));
  const last = readRecord(args.record)?.shifts.at(-1);
  return last?.operation === context.operationId ? last.before : undefined;
}

export const timeSet = repeatable<'time.set'>(async (args, context) => {
  const { to, vmid } = args;
  const saved = typeof to === 'number' ? undefined : stateOf({ ...args, of: to }, context);
  // Nothing was written down, so nothing was set.
  if (typeof to !== 'number' && !saved) return { offset: 0, error: 0 };
  const system = saved?.system ?? trueOriginal(recordOf(args)).system;
  const offset = typeof to === 'number' ? to - Date.now() : saved!.offset;
  const clock = await clockOf(args, context);
  if (!saved) markTouched(args.record, 'clock', true);
  const error = saved
    ? await patiently(context, () => setNear(clock, system, offset))
    : await setNear(clock, system, offset);
  if (Math.abs(error) > mostError)
    throw new ProxmoxError({
      code: 'PMX_CLOCK_NOT_SET',
      message: `The clock of VM ${vmid} was set and is ${seconds(error)} off: something else in the guest, or its host, sets it.`,
      hints: [
        'Stop what keeps the time in the guest: VMware tools, an NTP client that pmx does not know.',
      ],
    });
  if (args.rtc === true && system === 'posix') await clock.writeRtc();
  if (to === 'last') markTouched(args.record, 'clock', false);
  return { offset: Math.round(offset), error: Math.round(error) };
});

/** @returns milliseconds that it is off then */
async function setNear(
  clock: GuestClock,
  system: ClockState['system'],
  offset: number,
): Promise<number> {
  let lead = 0;
  let error = Infinity;
  for (let index = 0; index < tries && Math.abs(error) > goodEnough; index++) {
    await clock.set(system, offset, lead);
    error = (await clock.offset()) - offset;
    lead -= error;
  }
  return error;
}

export const timeKeep = repeatable<'time.keep'>(async (args, context) => {
  const offset = context.resolve<unknown>(args.offset) as number;
  await context.sleep(settleMillis, context.signal);
  const moved = (await (await clockOf(args, context)).offset(1)) - offset;
  if (Math.abs(moved) > mostError)
    throw new ProxmoxError({
      code: 'PMX_CLOCK_NOT_SET',
      message: `The clock of VM ${args.vmid} went away by ${seconds(moved)} right after it was set: something else sets it.`,
      hints: ['Stop what keeps the time in the guest, then shift again.'],
    });
  const record = recordOf(args);
  writeRecord(args.record, { ...record, state: 'open' });
  return { restoreAt: record.restoreAt };
});

/** A service that keeps the time may have made the clock better than it was. */
export const timeMeasure = repeatable<'time.measure'>(async (args, context) => {
  const { before } = recordOf(args).shifts.at(args.of === 'first' ? 0 : -1)!;
  const clock = await clockOf(args, context);
  const offset =
    args.agentSeconds === undefined
      ? await clock.offset()
      : await offsetOnceUp(clock, context, args.agentSeconds);
  if (offset === undefined) return { error: null };
  const most = args.agentSeconds === undefined ? mostError : mostErrorOfRtc;
  const kept = before.services.some(({ active }) => active);
  const error = Math.min(Math.abs(offset - before.offset), kept ? Math.abs(offset) : Infinity);
  if (error >= most)
    throw new SurroundingsError({
      code: 'PMX_CLOCK_STILL_OFF',
      message: `The clock of VM ${args.vmid} is ${seconds(error)} from where it was before the shift.`,
      hints: [
        `The shift stays written down: pmx time restore ${args.vmid}`,
        "Is this machine's own clock right?",
      ],
      data: { errorMillis: error },
    });
  return { error };
});

/** A guest without an agent cannot be measured, and that is no fault of its clock. */
async function offsetOnceUp(
  clock: GuestClock,
  context: StepContext,
  agentSeconds: number,
): Promise<number | undefined> {
  try {
    return await patiently(context, () => clock.offset(), agentSeconds * 1000);
  } catch (error) {
    if (isPmxError(error) && error.code === 'PMX_AGENT_UNAVAILABLE') return undefined;
    throw error;
  }
}

export const timeMark = repeatable<'time.mark'>(async (args) => {
  writeRecord(args.record, { ...recordOf(args), state: args.state, owner: currentOwner() });
  return {};
});

function seconds(millis: number): string {
  return `${(millis / 1000).toFixed(1)} s`;
}
