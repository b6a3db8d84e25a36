import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import type { ColdState } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import { isAlive, type Owner } from '../engine/journal.js';

/** A service that keeps the clock of a guest. */
export interface TimeService {
  /** `chrony.service`, or the name of a program or Windows service. */
  name: string;
  manager: 'systemd' | 'rc' | 'service' | 'windows';
  active: boolean;
  /** Comes with the next boot; only systemd and Windows tell. */
  enabled: boolean;
  /** How Windows starts it: `Automatic`, `Manual`, `Disabled`. */
  startup?: string;
}

/** How the clock of a guest was kept at one moment. */
export interface ClockState {
  /** `rtc`: nobody asked the guest, its hardware clock was shifted. */
  system: 'posix' | 'windows' | 'rtc';
  /** Milliseconds that the guest was ahead of this machine. */
  offset: number;
  zone: string;
  /** The same of the hardware clock; null when it could not be read. */
  rtcOffset: number | null;
  services: TimeService[];
}

export interface ShiftEntry {
  operation: string;
  /** ISO 8601. */
  at: string;
  to: string;
  reason: string | null;
  before: ClockState;
  /** What this shift has begun to change and nobody has brought home since. */
  touched?: Touched[];
}

export type Touched = 'services' | 'clock';

/** One open shift of one VM. The file is readable without pmx. */
export interface ShiftRecord {
  version: 1;
  vmid: number;
  name: string;
  uuid: string;
  context: string | null;
  /** `shifting`: a process is at it, or was when it ended. */
  state: 'shifting' | 'open';
  owner: Owner;
  restoreAt: string | null;
  persist: boolean;
  /** Its hardware clock was shifted: how the VM was before that. */
  rtc?: ColdState;
  /** Oldest first: the first one knows the true original. */
  shifts: ShiftEntry[];
}

export function recordsFolder(state: string): string {
  return join(state, 'time');
}

/** Where the record of a VM is; its firmware's id tells it from others of that number. */
export function recordPath(state: string, vmid: number, uuid: string): string {
  return join(recordsFolder(state), `${vmid}${uuid === '' ? '' : `-${uuid}`}.json`);
}

export function readRecord(path: string): ShiftRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const record = JSON.parse(text) as ShiftRecord;
    if (record.version === 1 && record.shifts.length > 0) return record;
  } catch {
    // Said below.
  }
  throw new SurroundingsError({
    code: 'PMX_SHIFT_RECORD_UNREADABLE',
    message: `${path} does not say how the clock of its VM was before: it is damaged or of a newer pmx.`,
    hints: [
      'Set the clock in the guest by hand, start its NTP service, then remove the file.',
      'The journal of the shift has the same facts: pmx op list',
    ],
  });
}

/** All of it or nothing, and on disk before this returns. */
export function writeRecord(path: string, record: ShiftRecord): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** How the clock was kept before the first shift, as far as a guest has told it. */
export function trueOriginal({ shifts }: ShiftRecord): ClockState {
  return (shifts.find(({ before }) => before.system !== 'rtc') ?? shifts[0]!).before;
}

/** What the last shift has changed, or has changed no longer; on disk before this returns. */
export function markTouched(path: string, what: Touched, touched: boolean): void {
  const record = readRecord(path);
  const last = record?.shifts.at(-1);
  if (!record || !last) return;
  const others = (last.touched ?? []).filter((one) => one !== what);
  const shift = { ...last, touched: touched ? [...others, what] : others };
  writeRecord(path, { ...record, shifts: [...record.shifts.slice(0, -1), shift] });
}

export function removeRecord(path: string): void {
  rmSync(path, { force: true });
}

export interface FoundRecord {
  path: string;
  record: ShiftRecord;
}

/** Every open shift of this machine, in the order of the VMs. */
export function listRecords(state: string): FoundRecord[] {
  let names: string[];
  try {
    names = readdirSync(recordsFolder(state));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => /^\d+(?:-[\w-]+)?\.json$/.test(name))
    .map((name) => join(recordsFolder(state), name))
    .flatMap((path) => {
      const record = readRecord(path);
      return record ? [{ path, record }] : [];
    })
    .sort((a, b) => a.record.vmid - b.record.vmid);
}

/** Its time has come, or whoever was at it is gone. */
export function isDue({ state, owner, restoreAt }: ShiftRecord, now: number): boolean {
  if (state === 'shifting' && !isAlive(owner)) return true;
  return restoreAt !== null && Date.parse(restoreAt) <= now;
}
