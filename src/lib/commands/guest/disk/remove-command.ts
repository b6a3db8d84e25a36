import type { Guest, Plan } from '@pmx-cli/kit';

import type { DiskRemoveResult } from '../../../operations/guest/disk/remove.js';
import { DiskSlotCommand } from './slot-command.js';

/** What `vm disk remove` and `ct disk remove` have in common. */
export abstract class DiskRemoveCommand extends DiskSlotCommand<DiskRemoveResult> {
  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planDiskRemove } = await import('../../../operations/guest/disk/remove.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const pve = await this.pve();
    return eachGuest(guests, (guest) => planDiskRemove(pve, guest, this.slot));
  }

  protected override view(result: DiskRemoveResult): void {
    const { slot, volid, changed } = result;
    this.output.print(
      changed
        ? `${this.label(result)}: ${slot} is gone, and its volume ${volid} with it.`
        : `${this.label(result)} has no ${slot}; nothing to change.`,
    );
  }
}
