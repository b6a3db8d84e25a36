import type { Guest, Plan } from '@pmx-cli/kit';

import type { SnapshotDeleteResult } from '../../../operations/guest/snapshot/delete.js';
import { NamedSnapshotCommand } from './named-command.js';

/** What `vm snapshot delete` and `ct snapshot delete` have in common. */
export abstract class SnapshotDeleteCommand extends NamedSnapshotCommand<SnapshotDeleteResult> {
  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planSnapshotDelete } = await import('../../../operations/guest/snapshot/delete.js');
    return planSnapshotDelete(await this.pve(), guests, this.snapshots);
  }

  protected override view({ vmid, name, removed }: SnapshotDeleteResult): void {
    const guest = `${this.kind.noun} ${vmid} (${name})`;
    for (const snapshot of removed) this.output.print(`Snapshot ${snapshot} of ${guest} is gone.`);
  }
}
