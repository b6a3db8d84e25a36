import { Flags } from '@oclif/core';
import { ChangeCommand, parseAge, type Plan } from '@pmx-cli/kit';

import type { PruneResult } from '../../lib/operations/op/prune.js';

export default class OpPrune extends ChangeCommand<PruneResult> {
  static override summary = 'Remove the journals of operations that ended long ago.';
  static override description = `Journals are what pmx op rollback, resume and undo go by. Those of operations that are running, were
interrupted or could not be taken back always stay.`;
  static override examples = [
    '<%= config.bin %> op prune --dry-run',
    '<%= config.bin %> op prune --older-than 30d --keep 100 --yes',
  ];
  static override flags = {
    'older-than': Flags.custom<number>({
      description: 'Only of operations that ended longer ago.',
      helpValue: 'AGE',
      default: 30 * 86_400_000,
      defaultHelp: async () => '30d',
      parse: async (value) => parseAge(value),
    })(),
    keep: Flags.integer({
      description: 'The newest ones that stay, however old they are.',
      default: 0,
      min: 0,
      max: 1_000_000,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { 'older-than': olderThan, keep } = this.flagsOf(OpPrune);
    const { planPrune } = await import('../../lib/operations/op/prune.js');
    return planPrune({ operations: await this.session.operations.list(), olderThan, keep });
  }

  protected override view({ removed, kept }: PruneResult): void {
    this.output.print(`${removed} journals removed, ${kept} stay.`);
  }
}
