import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../state/store.js';

/** Lifetime of a ticket in PVE. */
export const TICKET_SECONDS = 2 * 60 * 60;

/** How long a console's ticket is good for, and the clock skew that is forgiven. */
const CONSOLE_SECONDS = 40;
const CONSOLE_SKEW = 20;

/** Signs and checks tickets and CSRF tokens with a key that never leaves the data directory. */
export class Tickets {
  readonly #key: Buffer;
  /** The server's clock and how long a ticket is good for; a fault may change both. */
  clock: () => number = Date.now;
  lifetime: () => number = () => TICKET_SECONDS;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Reads the key, or makes one the first time. */
  static async open(dataDir: string): Promise<Tickets> {
    const path = join(dataDir, 'ticket.key');
    try {
      return new Tickets(Buffer.from((await readFile(path, 'utf8')).trim(), 'hex'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const key = randomBytes(32);
    await writeAtomically(path, `${key.toString('hex')}\n`);
    return new Tickets(key);
  }

  #sign(text: string): string {
    return createHmac('sha512', this.#key).update(text).digest('base64');
  }

  #verify(text: string, signature: string): boolean {
    const expected = Buffer.from(this.#sign(text));
    const actual = Buffer.from(signature);
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }

  /** `PVE:<user>:<hex time>::<signature>`. */
  issue(userid: string, now = this.clock()): string {
    const plain = `PVE:${userid}:${stamp(now)}`;
    return `${plain}::${this.#sign(plain)}`;
  }

  /** The user of a ticket that is well signed and not older than two hours, else undefined. */
  userOf(ticket: string, now = this.clock()): string | undefined {
    const match = /^(PVE:(\S+):([0-9A-F]{8}))::(\S+)$/.exec(ticket);
    if (!match || !this.#verify(match[1]!, match[4]!)) return undefined;
    const age = now / 1000 - parseInt(match[3]!, 16);
    // Five minutes of clock skew between cluster nodes are forgiven, as in PVE.
    return age > -300 && age < this.lifetime() ? match[2] : undefined;
  }

  /** A console's ticket: good for one user at one path. */
  issueConsole(userid: string, path: string, now = this.clock()): string {
    const time = stamp(now);
    return `PVEVNC:${time}::${this.#sign(`PVEVNC:${time}:${userid}:${path}`)}`;
  }

  consoleMatches(ticket: string, userid: string, path: string, now = this.clock()): boolean {
    const match = /^PVEVNC:([0-9A-F]{8})::(\S+)$/.exec(ticket);
    if (!match || !this.#verify(`PVEVNC:${match[1]}:${userid}:${path}`, match[2]!)) return false;
    const age = now / 1000 - parseInt(match[1]!, 16);
    return age > -CONSOLE_SKEW && age < CONSOLE_SECONDS;
  }

  /** The CSRF prevention token of a user. */
  csrf(userid: string, now = this.clock()): string {
    const time = stamp(now);
    return `${time}:${this.#sign(`CSRF:${time}:${userid}`)}`;
  }

  /** Is this a CSRF token of that user, not older than a ticket may be? */
  csrfMatches(token: string, userid: string, now = this.clock()): boolean {
    const match = /^([0-9A-F]{8}):(\S+)$/.exec(token);
    if (!match || !this.#verify(`CSRF:${match[1]}:${userid}`, match[2]!)) return false;
    const age = now / 1000 - parseInt(match[1]!, 16);
    return age > -300 && age < this.lifetime();
  }
}

function stamp(now: number): string {
  return Math.floor(now / 1000)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');
}
