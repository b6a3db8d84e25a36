import { randomInt } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';

import type { EndpointIdentity, Json, Plan, StepResult } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

/** The process that carries an operation out; `startTicks` tells it from a later one of that pid. */
export interface Owner {
  pid: number;
  host: string;
  startTicks?: string;
}

export type FinalStatus = 'completed' | 'rolled-back' | 'failed' | 'interrupted';

/** One line of a journal. The file is readable without pmx: JSON Lines, oldest first. */
export type JournalEvent =
  | {
      event: 'planned';
      plan: Omit<Plan, 'secrets'>;
      context: string | undefined;
      identity: EndpointIdentity | undefined;
      owner: Owner;
    }
  | { event: 'continued'; mode: 'rollback' | 'resume' | 'undo'; owner: Owner }
  | { event: 'step-started'; step: string }
  | { event: 'bound'; variables: { [name: string]: Json } }
  | { event: 'task'; step: string; upid: string }
  | { event: 'warning'; step: string; text: string }
  | { event: 'step-done'; step: string; result: StepResult }
  | { event: 'step-failed'; step: string; message: string }
  | { event: 'undo-started'; step: string; effect: number }
  | { event: 'undo-done'; step: string; effect: number }
  | { event: 'undo-failed'; step: string; effect: number; message: string }
  | { event: 'finished'; status: FinalStatus };

export type JournalLine = { time: string } & JournalEvent;

const suffix = '.jsonl';
/** In the order in which texts sort. */
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';
/** Three letters tell those of the same millisecond apart. */
const perMillisecond = alphabet.length ** 3;

/** What the last id of this process says. */
const last = { millis: 0, order: 0 };

/**
 * Sorts by time, within a process by the order in which they were made. Short enough to type, and
 * fits into file names and VM descriptions: `20261120-104233-` and five letters, the first two of
 * which are the milliseconds.
 */
export function newOperationId(now = new Date()): string {
  let millis = now.getTime();
  // Behind half of them there is room for those that follow within the same millisecond.
  let order = randomInt(perMillisecond / 2);
  const setBack = last.millis - millis;
  if (setBack >= 0 && setBack < 1000) ({ millis, order } = following());
  Object.assign(last, { millis, order });
  const second = new Date(millis).toISOString().slice(0, 19);
  const stamp = second.replaceAll(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${letters(millis % 1000, 2)}${letters(order, 3)}`;
}

function following(): typeof last {
  const order = last.order + 1 + randomInt(8);
  return order < perMillisecond
    ? { millis: last.millis, order }
    : { millis: last.millis + 1, order: randomInt(perMillisecond / 2) };
}

function letters(value: number, count: number): string {
  const base = alphabet.length;
  return Array.from(
    { length: count },
    (_, place) => alphabet[Math.floor(value / base ** (count - 1 - place)) % base],
  ).join('');
}

/** Appends events durably: each line is on disk before the step that it announces begins. */
export class Journal {
  readonly id: string;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #redact: (text: string) => string;
  /** The file may end in the middle of a line. */
  #torn = false;

  private constructor(id: string, path: string, flags: string, redact: (text: string) => string) {
    this.id = id;
    this.#path = path;
    this.#redact = redact;
    this.#descriptor = openSync(path, flags, 0o600);
  }

  static create(directory: string, id: string, redact: (text: string) => string): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const journal = new Journal(id, join(directory, id + suffix), 'ax', redact);
    syncDirectory(directory);
    return journal;
  }

  static reopen(directory: string, id: string, redact: (text: string) => string): Journal {
    const path = join(directory, id + suffix);
    const journal = new Journal(id, path, 'a', redact);
    journal.#torn = !readFileSync(path, 'utf8').endsWith('\n');
    return journal;
  }

  append(event: JournalEvent): void {
    const line: JournalLine = { time: new Date().toISOString(), ...event };
    const text = JSON.stringify(hideIn(line, this.#redact));
    // What a full disk cut off must not swallow the line behind it.
    const start = this.#torn ? '\n' : '';
    this.#torn = true;
    try {
      writeFileSync(this.#descriptor, `${start}${text}\n`);
      this.#torn = false;
      // The size comes with the data; only times are left out.
      fdatasyncSync(this.#descriptor);
    } catch (error) {
      // Node names no file where it was given an open one.
      throw Object.assign(error as NodeJS.ErrnoException, { path: this.#path });
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** What the journal itself goes by: a secret that happens to be such a word changes nothing there. */
const structure = new Set(['time', 'event', 'step', 'effect', 'mode', 'status', 'owner']);

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Hides secrets in the texts of an event. Text by text, so that the line stays the JSON it is; some
 * are only told by their name.
 */
function hideIn(event: JournalLine, redact: (text: string) => string): unknown {
  const hide = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      // What PVE calls the secret of a token that it has just made.
      if (key === 'value' && uuid.test(value)) return '[secret]';
      return /^(?:ci)?password$/i.test(key) && !/^\**$/.test(value) ? '[secret]' : redact(value);
    }
    if (Array.isArray(value)) return value.map((item) => hide(item, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, hide(item, name)]),
    );
  };
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      structure.has(name) ? value : hide(value, name),
    ]),
  );
}

/** A new file's name is only durable once its directory is. Windows cannot open directories. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws RequestError `PMX_OPERATION_NOT_FOUND` */
export function readJournal(directory: string, id: string): JournalLine[] {
  try {
    if (basename(id) !== id) throw new Error('not an id');
    return parseLines(readFileSync(join(directory, id + suffix), 'utf8'));
  } catch (error) {
    throw new RequestError({
      code: 'PMX_OPERATION_NOT_FOUND',
      message: `There is no operation '${id}'.`,
      hints: ['pmx op list shows those there are.'],
      cause: error,
    });
  }
}

/** A crash or a full disk can cut a line short; what stands before and behind it counts. */
function parseLines(content: string): JournalLine[] {
  const lines: JournalLine[] = [];
  for (const line of content.split('\n')) {
    if (line === '') continue;
    try {
      lines.push(JSON.parse(line) as JournalLine);
    } catch {
      continue;
    }
  }
  return lines;
}

/** Newest first. */
export function listJournals(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .sort()
      .reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function currentOwner(): Owner {
  return { pid: process.pid, host: hostname(), startTicks: startTicks(process.pid) };
}

/**
 * False when the process is gone, or its pid belongs to another one by now. Of another machine's
 * processes nothing is known (a shared home directory), so they count as alive.
 */
export function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return owner.startTicks === undefined || startTicks(owner.pid) === owner.startTicks;
}

/** Field 22 of /proc/PID/stat, proc(5); undefined where there is no such file. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
