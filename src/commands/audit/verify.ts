import { join } from 'node:path';

import { Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';
import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { AuditVerdict } from '../../lib/audit/index.js';

export default class AuditVerify extends ShowCommand<AuditVerdict> {
  static override summary = 'Check that nothing in the audit log was changed or removed.';
  static override description =
    'Every entry holds the hash of the one before. Whoever may write the files could make a new chain, so keep the newest hash ("head") elsewhere from time to time and give it back with --head.';
  static override examples = [
    '<%= config.bin %> audit verify',
    '<%= config.bin %> audit verify -o jsonpath={.head}',
  ];
  static override flags = {
    head: Flags.string({
      description: 'A hash that was the newest once: it has to be in the chain.',
      helpValue: 'SHA256',
    }),
  };

  protected override async show(): Promise<AuditVerdict> {
    const { head } = this.flagsOf(AuditVerify);
    if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
      throw new RequestError({
        code: 'PMX_AUDIT_HEAD',
        message: `'${head}' is no hash of the audit log: it has 64 hexadecimal digits.`,
        hints: ['pmx audit verify -o jsonpath={.head} prints the newest one.'],
      });
    }
    const { verifyAudit } = await import('../../lib/audit/index.js');
    const verdict = verifyAudit(join(this.session.paths.state, 'audit'), head);
    const [first] = verdict.problems;
    if (!first) return verdict;
    throw new SurroundingsError({
      code: 'PMX_AUDIT_BROKEN',
      message: `The audit log is broken in ${verdict.problems.length} places, first in ${first.file}:${first.line}: ${first.problem}.`,
      hints: [
        'Somebody changed the files, or a disk did. Compare them with a copy (syslog, backup).',
      ],
      data: { ...verdict },
    });
  }

  protected override view(verdict: AuditVerdict): void {
    this.output.fields([
      ['Entries', verdict.entries],
      ['From', verdict.first],
      ['To', verdict.last],
      ['Head', verdict.head],
    ]);
    if (verdict.shortened) this.output.note('The oldest entries were rotated away.');
    this.output.print('The chain is whole.');
  }
}
