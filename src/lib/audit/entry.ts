import { createHash } from 'node:crypto';

/** What happened; who did it is the same for all entries of a run. */
export type AuditEvent =
  | { event: 'begun' | 'continued'; operation: string; kind: string; target: string }
  | { event: 'ended'; operation: string; status: string }
  /** A write that is about to be sent: names of its parameters, never values. */
  | { event: 'sent'; method: string; path: string; parameters: readonly string[] }
  | { event: 'answered'; sent: number; upid?: string }
  | { event: 'refused' | 'unanswered'; sent: number; code: string; message: string };

export interface AuditActor {
  /** Name of the local user. */
  user: string;
  host: string;
  pid: number;
  /** Of this run of pmx; errors and logs show it, too. */
  request: string;
  /** The command without its values. */
  command: string;
}

export interface AuditEntry {
  seq: number;
  time: string;
  actor: AuditActor;
  /** PVE identity and server; left out for changes on this machine. */
  identity?: string;
  endpoint?: string;
  what: AuditEvent;
  /** Hash of the entry before. */
  previous: string;
  hash: string;
}

/** What the first entry of all has before it. */
export const genesis = '0'.repeat(64);

/** SHA-256 over the entry without its hash; keys in the order in which they are written. */
export function hashOf({ hash: _, ...entry }: AuditEntry): string {
  return createHash('sha256').update(JSON.stringify(entry)).digest('hex');
}

/** An entry behind another; undefined for the first. */
export function chain(
  last: Pick<AuditEntry, 'seq' | 'hash'> | undefined,
  entry: Omit<AuditEntry, 'seq' | 'previous' | 'hash'>,
): AuditEntry {
  const unsigned = {
    seq: (last?.seq ?? 0) + 1,
    ...entry,
    previous: last?.hash ?? genesis,
    hash: '',
  };
  return { ...unsigned, hash: hashOf(unsigned) };
}
