import {
  type Guest,
  type Plan,
  type PveReader,
  ref,
  type Step,
  type TimePlace,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { planConfigure } from '../guest/configure.js';
import { guestLabel, guestPath } from '../guest/kind.js';
import { readConfig } from '../guest/reads.js';
import { type HaView, readHa } from '../ha/read.js';
import type { GuestConfig } from '../shared/guest-config.js';
import { refuseLocked, refuseWithoutPrivilege, uuidOf } from './check.js';
import { type ColdRequest, offSteps, onSteps } from './cold-start.js';
import { readRecord, recordPath, type ShiftRecord } from './record.js';
import { type ShiftRequest, snapshotSteps } from './shift.js';
import { ownStartdate, startdateOf } from './startdate.js';

/** Until then the agent of a guest that was started cold is waited for, to measure its clock. */
const agentSeconds = 180;
/** Of a guest that shuts down while its clock is restored: what a shutdown of PVE gives as well. */
export const usualShutdownSeconds = 180;

/**
 * For guests without an agent: the hardware clock begins at another date, which takes a cold start.
 * @throws RequestError `PMX_GUEST_LOCKED`, `PMX_SHIFT_OPEN`; ProxmoxError `PMX_PERMISSION_DENIED`
 */
export async function planRtcShift(
  pve: PveReader,
  guest: Guest,
  request: ShiftRequest,
  /** Steps that see to its restore. */
  autoRestore: (place: TimePlace) => Step[],
): Promise<Plan> {
  const [config, ha] = await Promise.all([readConfig(pve, guest), readHa(pve)]);
  refuseLocked(guest, config);
  await refuseWithoutPrivilege(pve, guest, ['VM.Config.Options'], 'its startdate is changed');
  await refuseWithoutPrivilege(pve, guest, ['VM.PowerMgmt'], 'it is started cold');
  const { to, reason, restoreAfter, context } = request;
  const { vmid, name, node } = guest;
  const uuid = uuidOf(config);
  const record = recordPath(request.state, vmid, uuid);
  const known = readRecord(record);
  refuseOpenAgentShift(guest, known);
  const label = guestLabel(guest);
  const place = { node, vmid, record };
  const moment = new Date(to).toISOString();
  const on = guest.status !== 'stopped';
  const cold: ColdRequest = {
    ...{ guest, ha, force: request.force === true },
    timeoutSeconds: request.shutdownSeconds ?? usualShutdownSeconds,
  };
  return {
    operation: 'time.shift',
    target: label,
    title: `Shift the hardware clock of ${label} to ${moment}`,
    ...(on && { asks: `${label} is shut down and started again` }),
    steps: [
      ...snapshotSteps(guest, request),
      {
        id: 'save',
        title: `Write down how the clock of ${label} is kept`,
        kind: 'time.save',
        args: {
          ...place,
          ...{ name, uuid, to, rtc: { startdate: ownStartdate(config), running: on } },
          ...(context !== undefined && { context }),
          ...(reason !== undefined && { reason }),
          ...(restoreAfter !== undefined && { restoreAfter }),
        },
        bind: { original: 'original', restoreAt: 'restoreAt' },
        undo: [{ title: `Forget the shift of ${label}`, kind: 'time.discard', args: place }],
      },
      ...(on ? offSteps(cold, 'off') : []),
      ...startdateSteps(guest, config, startdateOf(to)),
      ...onSteps(cold, 'on'),
      {
        id: 'keep',
        title: `Keep the shift of ${label} open`,
        kind: 'time.mark',
        args: { ...place, state: 'open' },
      },
      ...autoRestore(place),
    ],
    notes: [...rtcNotes(guest, config, to), ...(request.autoRestore?.notes ?? []), ...ha.notes],
    variables: { upid: null, original: 0, restoreAt: null, after: null, pending: [] },
    result: {
      ...{ vmid, name, node, to: moment, mode: 'rtc', record },
      ...{ offset: null, error: null, stopped: [] },
      original: ref('original'),
      restoreAt: ref('restoreAt'),
      autoRestore: request.autoRestore?.by ?? null,
    },
  };
}

function rtcNotes({ vmid }: Guest, config: GuestConfig, to: number): string[] {
  const zone =
    /^(?:w|win)/.test(String(config['ostype'] ?? '')) || Number(config['localtime']) === 1;
  return [
    `A guest with systemd does not boot earlier than systemd was built: it goes to that date by itself. Once its agent answers, this sets it right: pmx time shift ${vmid} --to ${new Date(to).toISOString()}`,
    'An NTP service that starts with the guest sets the clock back.',
    ...(zone
      ? ['This guest takes its hardware clock for local time: it is off by its time zone.']
      : []),
    `To bring it home, by another cold start: pmx time restore ${vmid}`,
  ];
}

/** What the hardware clock begins with at the next start; nothing when it is so already. */
function startdateSteps(guest: Guest, config: GuestConfig, startdate: string | null): Step[] {
  return planConfigure({
    ...{ guest, config, verb: 'set' },
    ...(startdate === null ? { set: {}, remove: ['startdate'] } : { set: { startdate } }),
    title:
      startdate === null
        ? `Have the hardware clock of ${guestLabel(guest)} begin with the present`
        : `Have the hardware clock of ${guestLabel(guest)} begin at ${startdate}`,
  }).steps as Step[];
}

function refuseOpenAgentShift(guest: Guest, known: ShiftRecord | undefined): void {
  if (!known || known.rtc) return;
  throw new RequestError({
    code: 'PMX_SHIFT_OPEN',
    message: `${guestLabel(guest)} is shifted through its agent, so its hardware clock is left alone.`,
    hints: [
      `Bring it home first: pmx time restore ${guest.vmid}`,
      'Or shift it further through the agent: --mode agent',
    ],
  });
}

/** The exact inverse: off, the startdate of before, on if it was on; whatever of it is not so already. */
export async function rtcBackSteps(
  pve: PveReader,
  guest: Guest,
  place: TimePlace,
  record: ShiftRecord & { rtc: NonNullable<ShiftRecord['rtc']> },
): Promise<{ steps: Step[]; ha: HaView; cold: boolean }> {
  const { startdate, running } = record.rtc;
  const path = `${guestPath(guest)}/config`;
  const [config, current, ha] = await Promise.all([
    readConfig(pve, guest),
    pve.get<GuestConfig>(path, { current: 1 }),
    readHa(pve),
  ]);
  const isOn = guest.status !== 'stopped';
  // Only a shift that was cut off has left it off; otherwise somebody else wanted it so.
  const shallRun = isOn ? running : running && record.state === 'shifting';
  // What runs began with what the configuration had then; what was changed since is pending.
  const shifted = isOn && (ownStartdate(current) !== startdate || !running);
  const cold = { guest, ha, timeoutSeconds: usualShutdownSeconds, force: true };
  const label = guestLabel(guest);
  const steps: Step[] = [
    {
      id: 'begin',
      title: `Write down that ${label} is being restored`,
      kind: 'time.mark',
      args: { ...place, state: shallRun || !running ? 'shifting' : 'open' },
    },
    ...(shifted ? offSteps(cold, 'off') : []),
    ...startdateSteps(guest, config, startdate),
    ...(shallRun && (shifted || !isOn) ? onSteps(cold, 'on') : []),
  ];
  if (shallRun && agentOn(config))
    steps.push({
      id: 'measure',
      title: `Measure the clock of ${label}`,
      kind: 'time.measure',
      args: { ...place, of: 'first', agentSeconds },
      bind: { left: 'error' },
    });
  return { ha, cold: shifted, steps: steps.map(withoutUndo) };
}

/** A restore that was cut off is run once more; to shift the clock again is no way back. */
function withoutUndo({ undo: _, ...step }: Step): Step {
  return step as Step;
}

function agentOn(config: GuestConfig): boolean {
  return /^(?:1|enabled=1)\b/.test(String(config['agent'] ?? '0'));
}
