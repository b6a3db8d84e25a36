import { appendFileSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';

import { lock } from 'proper-lockfile';

import { type AuditActor, type AuditEntry, type AuditEvent, chain } from './entry.js';
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

interface Waiting {
  /** The entry but for its place in the chain. */
  content: Omit<AuditEntry, 'seq' | 'previous' | 'hash'>;
  resolve(sequence: number): void;
  reject(error: unknown): void;
}

/**
 * Appends to the chain, one process at a time. What comes while the disk is busy is written together
 * with the next: many operations side by side would otherwise wait for each other's entries.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** @returns the entry's number, once it is on disk */
  append(what: AuditEvent, server?: AuditServer): Promise<number> {
    const { actor, redact } = this.#options;
    const content = redact({ time: new Date().toISOString(), actor, ...server, what });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ content, resolve, reject });
      void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    // What is appended in this turn goes into the first batch.
    await Promise.resolve();
    for (let batch; (batch = this.#waiting.splice(0)).length > 0;) {
      try {
        const first = await this.#write(batch.map(({ content }) => content));
        for (const [index, { resolve }] of batch.entries()) resolve(first + index);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = false;
  }

  /** @returns the number of the first */
  async #write(contents: ReadonlyArray<Waiting['content']>): Promise<number> {
    const { directory, forward } = this.#options;
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
      let last = lastEntry(directory);
      const lines: string[] = [];
      for (const content of contents) {
        last = chain(last, content);
        lines.push(JSON.stringify(last));
      }
      const file = openSync(auditFile(directory), 'a', 0o600);
      try {
        appendFileSync(file, lines.map((line) => `${line}\n`).join(''));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      for (const line of lines) forward?.(line);
      return last!.seq - contents.length + 1;
    } finally {
      await release();
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
