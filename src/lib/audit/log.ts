import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';

import { lock } from 'proper-lockfile';

import { type AuditActor, type AuditEvent, chain } from './entry.js';
import { auditFile, lastEntry, mendTail, rotate } from './files.js';

const maxBytes = 10 * 1024 * 1024;

export interface AuditServer {
  identity: string;
  endpoint: string;
}

export interface AuditLogOptions {
  directory: string;
  actor: AuditActor;
  /** A copy without secrets. */
  redact<T>(value: T): T;
  /** Gets every entry, too: a syslog server. */
  forward?(line: string): void;
  maxBytes?: number;
}

/** Appends to the chain, one process at a time. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** @returns the entry's number */
  append(what: AuditEvent, server?: AuditServer): Promise<number> {
    const appended = this.#turn.then(() => this.#append(what, server));
    this.#turn = appended.catch(() => undefined);
    return appended;
  }

  async #append(what: AuditEvent, server: AuditServer | undefined): Promise<number> {
    const { directory, actor, redact, forward } = this.#options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // A process that was killed leaves its lock; the next one takes it over.
    const release = await lock(directory, {
      lockfilePath: `${auditFile(directory)}.lock`,
      stale: 10_000,
      retries: { retries: 100, minTimeout: 5, maxTimeout: 100, factor: 1.3 },
    });
    try {
      mendTail(auditFile(directory));
      if (sizeOf(auditFile(directory)) >= (this.#options.maxBytes ?? maxBytes)) rotate(directory);
      const time = new Date().toISOString();
      const entry = chain(lastEntry(directory), redact({ time, actor, ...server, what }));
      const line = JSON.stringify(entry);
      const file = openSync(auditFile(directory), 'a', 0o600);
      try {
        appendFileSync(file, `${line}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      forward?.(line);
      return entry.seq;
    } finally {
      await release();
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
