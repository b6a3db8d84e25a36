import { genesis, hashOf } from './entry.js';
import { auditLines } from './files.js';

export interface AuditVerdict {
  entries: number;
  first?: string;
  last?: string;
  /** Hash of the newest entry: kept elsewhere, it proves later that nothing was cut off. */
  head?: string;
  /** The oldest files were rotated away, so the chain does not begin with its first entry. */
  shortened: boolean;
  problems: Array<{ file: string; line: number; problem: string }>;
}

/** Follows the chain from the oldest entry there is. `head`: a hash that has to be in it. */
export function verifyAudit(directory: string, head?: string): AuditVerdict {
  const verdict: AuditVerdict = { entries: 0, shortened: false, problems: [] };
  let before: { seq: number; hash: string } | undefined;
  let headSeen = head === undefined;
  for (const { file, line, entry } of auditLines(directory)) {
    const report = (problem: string): void => void verdict.problems.push({ file, line, problem });
    if (!entry) {
      report('is no entry');
      continue;
    }
    if (hashOf(entry) !== entry.hash) report(`entry ${entry.seq} was changed`);
    if (!before) verdict.shortened = entry.previous !== genesis;
    else if (entry.previous !== before.hash || entry.seq !== before.seq + 1)
      report(`entry ${entry.seq} does not follow entry ${before.seq}: something was removed`);
    verdict.entries++;
    verdict.first ??= entry.time;
    verdict.last = entry.time;
    verdict.head = entry.hash;
    headSeen ||= entry.hash === head;
    before = entry;
  }
  if (!headSeen) {
    verdict.problems.push({
      file: directory,
      line: 0,
      problem: `no entry has the hash ${head}: the end of the log was cut off`,
    });
  }
  return verdict;
}
