import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Reachability } from '../api/types.js';

/** A node that reboots is back after this long; milliseconds. */
const rememberFor = 120_000;

/** Remembers dead endpoints in the cache directory, so that not every command waits for them. */
export class ReachabilityFile implements Reachability {
  readonly #directory: string;
  readonly #now: () => number;

  constructor(directory: string, now: () => number = Date.now) {
    this.#directory = directory;
    this.#now = now;
  }

  isDown(endpoint: string): boolean {
    return this.#downSince(this.#read()[endpoint]);
  }

  note(endpoint: string, down: boolean): void {
    const known = this.#read();
    if (!down && known[endpoint] === undefined) return;
    const { [endpoint]: _, ...others } = known;
    const still = Object.entries(others).filter(([, since]) => this.#downSince(since));
    const next = { ...Object.fromEntries(still), ...(down && { [endpoint]: this.#now() }) };
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(this.#path, `${JSON.stringify(next)}\n`, { mode: 0o600 });
    } catch {
      // A cache that cannot be written only costs time.
    }
  }

  get #path(): string {
    return join(this.#directory, 'unreachable.json');
  }

  #downSince(since: unknown): boolean {
    // Later than now: the clock was set back meanwhile, and the note would stand for ever.
    return typeof since === 'number' && since <= this.#now() && this.#now() - since < rememberFor;
  }

  #read(): Record<string, unknown> {
    try {
      return Object(JSON.parse(readFileSync(this.#path, 'utf8'))) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
