import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fraction } from '../state/random.js';
import { writeAtomically } from '../state/store.js';
import { ACTIONS } from './actions.js';
import type { ActionType, FaultAction } from './actions.js';
import { compileGlob } from './glob.js';
import { parseRule, startsAtOnce } from './rule.js';
import type { FaultRule } from './rule.js';

/** A rule with what has become of it so far. */
export interface FaultEntry extends FaultRule {
  /** Matching requests so far. */
  seen: number;
  /** How often it has happened. */
  fired: number;
  /** A lasting fault that is in force. */
  active: boolean;
  /** Storage full: how much lay there when it came into force. */
  baseline?: Record<string, number>;
}

const SAVE_MILLIS = 20;
const FORMAT = 1;

/** The rules in force, on disk and in memory. Counting is all it does; effects are elsewhere. */
export class FaultBook {
  readonly #path: string;
  readonly #seed: string;
  #entries: FaultEntry[];
  #saving: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #onDisk: boolean;
  /** Told about each fault that comes into force or goes. */
  onChange: (entries: readonly FaultEntry[]) => void = () => undefined;

  private constructor(path: string, entries: FaultEntry[], onDisk: boolean, seed: string) {
    this.#path = path;
    this.#seed = seed;
    this.#entries = entries;
    this.#onDisk = onDisk;
  }

  /** Reads the rules of a data directory; a damaged file is an error, not an empty one. */
  static async open(dataDir: string, seed = '1'): Promise<FaultBook> {
    const path = join(dataDir, 'faults.json');
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return new FaultBook(path, [], false, seed);
      throw error;
    }
    return new FaultBook(path, readEntries(text, path), true, seed);
  }

  get entries(): readonly FaultEntry[] {
    return this.#entries;
  }

  /** Puts rules in force; one of the same id is replaced and counts anew. */
  async put(rules: readonly FaultRule[]): Promise<void> {
    this.noticeRemoval();
    const ids = new Set(rules.map(({ id }) => id));
    const added = rules.map((rule) => ({
      ...rule,
      seen: 0,
      fired: 0,
      active: startsAtOnce(rule),
    }));
    this.#entries = [...this.#entries.filter(({ id }) => !ids.has(id)), ...added];
    this.onChange(this.#entries);
    await this.flush();
  }

  /** Takes rules out of force. @returns the ids that were there */
  async remove(ids: readonly string[]): Promise<string[]> {
    const gone = this.#entries.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
    this.#entries = this.#entries.filter(({ id }) => !ids.includes(id));
    this.onChange(this.#entries);
    await this.flush();
    return gone;
  }

  /** Counts a request. @returns the rules that happen to it; lasting ones come into force with it */
  match(method: string, path: string): FaultEntry[] {
    const fired: FaultEntry[] = [];
    for (const entry of this.#entries) {
      if (entry.active || !fits(entry, method, path)) continue;
      entry.seen++;
      if (happens(entry, this.#seed)) {
        entry.fired++;
        entry.active = isLasting(entry.action);
        fired.push(entry);
      }
      this.touch();
    }
    if (fired.some(({ active }) => active)) this.onChange(this.#entries);
    return fired;
  }

  /** The lasting faults of a kind that are in force. */
  active(type: ActionType): FaultEntry[] {
    return this.#entries.filter((entry) => entry.active && entry.action.type === type);
  }

  /**
   * Somebody who cannot reach the server any more, because it shows another certificate, may remove
   * the file instead of asking.
   */
  noticeRemoval(): void {
    if (!this.#onDisk || existsSync(this.#path)) return;
    this.#onDisk = false;
    this.#entries = [];
    this.onChange(this.#entries);
  }

  touch(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), SAVE_MILLIS);
    this.#timer.unref();
  }

  /** Saves now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(async () => {
        this.noticeRemoval();
        if (!this.#onDisk && this.#entries.length === 0) return;
        await writeAtomically(
          this.#path,
          `${JSON.stringify({ format: FORMAT, rules: this.#entries }, undefined, 2)}\n`,
        );
        this.#onDisk = true;
      });
    return this.#saving;
  }
}

/** Reads what `flush` wrote. @throws Error that names the file */
export function readEntries(text: string, path: string): FaultEntry[] {
  try {
    const { rules } = JSON.parse(text) as { rules: FaultEntry[] };
    return rules.map(({ seen, fired, active, baseline, ...rule }) => ({
      ...parseRule(rule, `Rule '${rule.id}'`, rule.id),
      seen,
      fired,
      active,
      ...(baseline && { baseline }),
    }));
  } catch (error) {
    throw new Error(`${path} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

function isLasting({ type }: FaultAction): boolean {
  return ACTIONS[type].lasting;
}

function fits({ match }: FaultRule, method: string, path: string): boolean {
  return (
    (match.method === undefined || match.method === method) &&
    (match.path === undefined || compileGlob(match.path)?.test(path) === true)
  );
}

function happens({ id, match, seen, fired }: FaultEntry, byDefault: string): boolean {
  const { nth, times, probability, seed = byDefault } = match;
  if (nth !== undefined && seen < nth) return false;
  if (fired >= (times ?? (nth === undefined ? Infinity : 1))) return false;
  return probability === undefined || draw(`${seed}:${id}:${seen}`) < probability;
}

/** A number that is always the same for a text: no state to keep over a restart. */
function draw(text: string): number {
  return fraction(createHash('sha256').update(text).digest());
}
