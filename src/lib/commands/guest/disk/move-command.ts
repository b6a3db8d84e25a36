import type { Guest, Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { DiskMoveResult } from '../../../operations/guest/disk/move.js';
import { DiskSlotCommand } from './slot-command.js';

export const moveFlags = {
  storage: Flags.string({
    description: 'Storage that it goes to.',
    required: true,
    helpValue: 'STORAGE',
  }),
  delete: Flags.boolean({
    description: 'Delete the first volume; --no-delete keeps it as an unused disk.',
    default: true,
    allowNo: true,
  }),
};

/** What `vm disk move` and `ct disk move` have in common. */
export abstract class DiskMoveCommand extends DiskSlotCommand<DiskMoveResult> {
  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planDiskMove } = await import('../../../operations/guest/disk/move.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const given = this.parsedFlags as { storage: string; format?: string; delete: boolean };
    return eachGuest(guests, (guest) =>
      planDiskMove(pve, inventory, {
        guest,
        slot: this.slot,
        storage: given.storage,
        keep: !given.delete,
        ...(given.format !== undefined && { format: given.format }),
      }),
    );
  }

  protected override view(result: DiskMoveResult): void {
    const { slot, from, storage: to, changed } = result;
    this.output.print(
      changed
        ? `${this.label(result)}: ${slot} is on ${to} now, it was on ${from}.`
        : `${this.label(result)}: ${slot} is on ${to} already; nothing to change.`,
    );
  }
}
