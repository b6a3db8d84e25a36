import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { AuditEntry } from './entry.js';

const keptFiles = 5;

/** `audit.jsonl` is the newest, `audit.5.jsonl` the oldest. */
export function auditFile(directory: string, age = 0): string {
  return join(directory, age === 0 ? 'audit.jsonl' : `audit.${age}.jsonl`);
}

export function rotate(directory: string): void {
  rmSync(auditFile(directory, keptFiles), { force: true });
  for (let age = keptFiles - 1; age >= 0; age--) {
    try {
      renameSync(auditFile(directory, age), auditFile(directory, age + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Longest line that is read back; an entry is far shorter. */
const tailBytes = 64 * 1024;

/** The newest entry, read from the end of its file. */
export function lastEntry(directory: string): AuditEntry | undefined {
  for (let age = 0; age <= keptFiles; age++) {
    const line = lastLine(auditFile(directory, age));
    if (line !== undefined) return parseEntry(line, auditFile(directory, age));
  }
  return undefined;
}

function lastLine(path: string): string | undefined {
  return withTail(path, 'r', (_file, tail) => {
    const whole = tail.subarray(0, tail.lastIndexOf('\n') + 1).toString('utf8');
    return whole.trimEnd().split('\n').at(-1) || undefined;
  });
}

/** Takes away a line that a crash has cut off in the middle. */
export function mendTail(path: string): void {
  withTail(path, 'r+', (file, tail, size) => {
    const rest = tail.length - 1 - tail.lastIndexOf('\n');
    if (rest > 0) ftruncateSync(file, size - rest);
  });
}

function withTail<T>(
  path: string,
  flags: 'r' | 'r+',
  look: (file: number, tail: Buffer, size: number) => T,
): T | undefined {
  let file: number;
  try {
    file = openSync(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, tail, 0, tail.length, size - tail.length);
    return look(file, tail, size);
  } finally {
    closeSync(file);
  }
}

export interface AuditLine {
  file: string;
  line: number;
  /** Undefined for a line that is no entry. */
  entry: AuditEntry | undefined;
}

/** All entries there are, the oldest first. */
export function* auditLines(directory: string): Generator<AuditLine> {
  for (let age = keptFiles; age >= 0; age--) {
    const file = auditFile(directory, age);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const [index, line] of lines.entries()) {
      yield { file, line: index + 1, entry: tryParse(line) };
    }
  }
}

function tryParse(line: string): AuditEntry | undefined {
  try {
    const entry = JSON.parse(line) as AuditEntry;
    return typeof entry?.seq === 'number' && typeof entry.hash === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

function parseEntry(line: string, path: string): AuditEntry {
  const entry = tryParse(line);
  if (entry) return entry;
  throw new SurroundingsError({
    code: 'PMX_AUDIT_DAMAGED',
    message: `The last line of the audit log ${path} is no entry.`,
    hints: ['pmx audit verify tells where it broke.', 'Move the file away to begin a new chain.'],
  });
}
