import type { Guest, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { askAgent, queryAgent } from '../reach/agent-read.js';
import { readConfig, uuidOf } from './check.js';
import { isDue, readRecord, recordPath } from './record.js';

export interface TimeStatus {
  vmid: number;
  name: string;
  node: string;
  status: string;
  /** ISO 8601; null when the guest does not tell. */
  guest: string | null;
  host: string;
  rtc: string | null;
  /** Milliseconds that the guest is ahead of this machine. */
  offset: number | null;
  /** Services that keep the time in there; null when that cannot be told. */
  ntp: string[] | null;
  shift: {
    to: string;
    /** Through the agent, or by the hardware clock. */
    mode: 'agent' | 'rtc';
    since: string;
    reason: string | null;
    restoreAt: string | null;
    due: boolean;
  } | null;
  /** Why the guest does not tell. */
  problem: string | null;
}

const units = ['systemd-timesyncd', 'chrony', 'chronyd', 'ntpsec', 'ntpd', 'ntp', 'openntpd'];

/** Reads only: nothing is run in the guest, so VM.GuestAgent.Audit and .FileRead do. */
export async function readStatus(pve: PveReader, guest: Guest, state: string): Promise<TimeStatus> {
  const { vmid, name, node, status } = guest;
  const record = readRecord(recordPath(state, vmid, uuidOf(await readConfig(pve, guest))));
  const last = record?.shifts.at(-1);
  const told = await askClock(pve, guest);
  return {
    ...{ vmid, name, node, status },
    ...told,
    shift:
      record && last
        ? {
            to: last.to,
            mode: record.rtc ? 'rtc' : 'agent',
            since: record.shifts[0]!.at,
            reason: last.reason,
            restoreAt: record.restoreAt,
            due: isDue(record, Date.now()),
          }
        : null,
  };
}

type Told = Pick<TimeStatus, 'guest' | 'host' | 'rtc' | 'offset' | 'ntp' | 'problem'>;

async function askClock(pve: PveReader, guest: Guest): Promise<Told> {
  const nothing = { guest: null, rtc: null, offset: null, ntp: null };
  const unable = (problem: string): Told => ({
    ...nothing,
    host: new Date().toISOString(),
    problem,
  });
  if (guest.status !== 'running') return unable(`It is ${guest.status}.`);
  try {
    const before = Date.now();
    const nanos = Number(await queryAgent<number>(pve, guest, 'get-time'));
    const host = (before + Date.now()) / 2;
    const [rtc, ntp] = await Promise.all([readRtc(pve, guest), readServices(pve, guest)]);
    return {
      guest: new Date(nanos / 1e6).toISOString(),
      host: new Date(host).toISOString(),
      rtc,
      offset: Math.round(nanos / 1e6 - host),
      ntp,
      problem: null,
    };
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    return unable(error.message);
  }
}

async function fileOf(pve: PveReader, guest: Guest, file: string): Promise<string | undefined> {
  try {
    return (await askAgent<{ content: string }>(pve, guest, 'file-read', { file })).content;
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    return undefined;
  }
}

async function readRtc(pve: PveReader, guest: Guest): Promise<string | null> {
  const text = await fileOf(pve, guest, '/sys/class/rtc/rtc0/since_epoch');
  return text === undefined || !/^\d+\s*$/.test(text)
    ? null
    : new Date(Number(text) * 1000).toISOString();
}

/** systemd keeps a control group for each service that runs. */
async function readServices(pve: PveReader, guest: Guest): Promise<string[] | null> {
  const folder = '/sys/fs/cgroup/system.slice';
  const found = await Promise.all(
    units.map(async (unit) => {
      const text = await fileOf(pve, guest, `${folder}/${unit}.service/cgroup.procs`);
      return text === undefined ? [] : [`${unit}.service`];
    }),
  );
  return found.flat();
}
