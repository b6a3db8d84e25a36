import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';
import type { SnapshotDeleteResult } from '../../../operations/guest/snapshot/delete.js';

export const pruneFlags = {
  keep: Flags.integer({
    description: 'How many of each guest stay, the newest ones.',
    helpValue: 'N',
    min: 0,
    max: 1000,
  }),
  'older-than': Flags.string({
    description: 'Only those that are older: 12h, 7d, 4w.',
    helpValue: 'AGE',
  }),
  match: Flags.string({ description: "Only those of such a name: 'pre-*'.", helpValue: 'PATTERN' }),
};

/** What `vm snapshot prune` and `ct snapshot prune` have in common. */
export abstract class SnapshotPruneCommand extends GuestChangeCommand<SnapshotDeleteResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const given = this.parsedFlags as { keep?: number; 'older-than'?: string; match?: string };
    const [{ planSnapshotPrune }, { parseAge }] = await Promise.all([
      import('../../../operations/guest/snapshot/prune.js'),
      import('../../../operations/guest/snapshot/age.js'),
    ]);
    const age = given['older-than'];
    return planSnapshotPrune(await this.pve(), guests, {
      keep: given.keep,
      olderThanSeconds: age === undefined ? undefined : parseAge(age),
      match: given.match,
    });
  }

  protected override view({ vmid, name, removed }: SnapshotDeleteResult): void {
    const guest = `${this.kind.noun} ${vmid} (${name})`;
    if (removed.length === 0) this.output.print(`${guest}: no snapshot to delete.`);
    for (const snapshot of removed) this.output.print(`Snapshot ${snapshot} of ${guest} is gone.`);
  }
}
