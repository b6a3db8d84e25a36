import { flags, type Guest, type Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';
import { Flags } from '@oclif/core';

import type { RollbackResult } from '../../../operations/guest/snapshot/rollback.js';
import { NamedSnapshotCommand } from './named-command.js';

export const rollbackFlags = {
  start: Flags.boolean({ description: 'Start the guest afterwards.' }),
  wait: flags.wait(),
};

/** What `vm snapshot rollback` and `ct snapshot rollback` have in common. */
export abstract class SnapshotRollbackCommand extends NamedSnapshotCommand<RollbackResult> {
  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const [snapshot, ...more] = this.snapshots;
    if (more.length > 0) {
      throw new RequestError({
        code: 'PMX_ONE_SNAPSHOT',
        message: `A rollback goes to one snapshot, and ${more.length + 1} are named: ${[snapshot, ...more].join(', ')}.`,
        hints: ["Several guests are one word: a range (110-120) or a pattern ('web-*'), or -l."],
      });
    }
    const { planRollback } = await import('../../../operations/guest/snapshot/rollback.js');
    return planRollback(await this.pve(), guests, {
      snapshot: snapshot!,
      start: this.parsedFlags['start'] === true,
      wait: this.parsedFlags['wait'] !== false,
    });
  }

  protected override view({ vmid, name, snapshot, upid }: RollbackResult): void {
    if (this.parsedFlags['wait'] === false) return this.output.print(upid ?? '');
    this.output.print(`${this.kind.noun} ${vmid} (${name}) is as in snapshot ${snapshot}.`);
  }
}
