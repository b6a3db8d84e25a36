import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { LockoutRules } from './generations.js';

export interface Session {
  id: number;
  /** X-Auth-Token, cookie value or racadm session id. */
  token: string;
  /** The legacy GUI's second secret: header `ST2`. */
  formToken: string;
  via: 'Redfish' | 'WebUI' | 'RACADM';
  address: string;
  created: Date;
  lastSeen: number;
}

export type Verdict = 'ok' | 'wrong' | 'blocked';

interface Failures {
  times: number[];
  blocks: number;
  blockedUntil: number;
}

/** One user, as from the factory. */
export const USER = 'root';
const IDLE_MILLIS = 30 * 60 * 1000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Logins: passwords, blocked addresses, sessions. */
export class Gate {
  readonly rules: LockoutRules;
  readonly sessionLimit: number;
  private readonly password: Buffer;
  private readonly failures = new Map<string, Failures>();
  private readonly sessions = new Map<string, Session>();
  private lastId = 0;
  /** Since the beginning, whatever came of them. */
  readonly tries = { right: 0, wrong: 0 };

  constructor(password: string, rules: LockoutRules, sessionLimit: number) {
    this.password = digest(password);
    this.rules = rules;
    this.sessionLimit = sessionLimit;
  }

  /** Checks a login; a blocked address is refused whatever it knows. */
  check(user: string, password: string, address: string): Verdict {
    if (this.blockedFor(address) > 0) return 'blocked';
    // Both are looked at, so that the time says nothing about the name.
    const fits = timingSafeEqual(digest(password), this.password);
    if (fits && user === USER) {
      this.failures.delete(address);
      this.tries.right += 1;
      return 'ok';
    }
    this.tries.wrong += 1;
    this.countFailure(address);
    return 'wrong';
  }

  /** Seconds until the address may try again, rounded up. */
  blockedFor(address: string): number {
    const until = this.failures.get(address)?.blockedUntil ?? 0;
    return Math.max(0, Math.ceil((until - Date.now()) / 1000));
  }

  private countFailure(address: string): void {
    const { failures: limit, windowSeconds, blockSeconds } = this.rules;
    if (limit === 0) return;
    const now = Date.now();
    const known = this.failures.get(address) ?? { times: [], blocks: 0, blockedUntil: 0 };
    known.times = [...known.times.filter((time) => now - time < windowSeconds * 1000), now];
    if (known.times.length >= limit) {
      const seconds = blockSeconds[Math.min(known.blocks, blockSeconds.length - 1)] ?? 0;
      known.blockedUntil = now + seconds * 1000;
      known.blocks += 1;
      known.times = [];
    }
    this.failures.set(address, known);
  }

  /** Opens a session; nothing when as many as allowed are open (RAC0218). */
  open(via: Session['via'], address: string, created: Date): Session | undefined {
    if (this.list().length >= this.sessionLimit) return undefined;
    const session: Session = {
      id: ++this.lastId,
      token: randomBytes(16).toString('hex'),
      formToken: randomBytes(16).toString('hex'),
      via,
      address,
      created,
      lastSeen: Date.now(),
    };
    this.sessions.set(session.token, session);
    return session;
  }

  /** The session of a token; using it keeps it alive. */
  find(token: string): Session | undefined {
    const session = this.list().find((candidate) => candidate.token === token);
    if (session) session.lastSeen = Date.now();
    return session;
  }

  list(): Session[] {
    const oldest = Date.now() - IDLE_MILLIS;
    for (const session of this.sessions.values())
      if (session.lastSeen < oldest) this.sessions.delete(session.token);
    return [...this.sessions.values()];
  }

  close(session: Session): void {
    this.sessions.delete(session.token);
  }

  /** A restart ends all sessions; blocks stay. */
  closeAll(): void {
    this.sessions.clear();
  }
}
