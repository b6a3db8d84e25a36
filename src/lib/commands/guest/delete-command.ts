import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { DeleteResult } from '../../operations/guest/delete/plan.js';

const whatGoes = 'WHAT GOES';

/** Flags of templates, too, which never run. */
export const deleteFlags = {
  'keep-backups': Flags.boolean({
    description: 'Backups stay; that is so without it, too.',
    exclusive: ['delete-backups'],
    helpGroup: whatGoes,
  }),
  'delete-backups': Flags.boolean({
    description: 'Backups go as well, except protected ones.',
    helpGroup: whatGoes,
  }),
  'backup-first': Flags.boolean({
    description: 'Make a backup first. When that fails, nothing is deleted.',
    helpGroup: whatGoes,
  }),
  'backup-storage': Flags.string({
    description: 'Storage for that backup.',
    dependsOn: ['backup-first'],
    helpGroup: whatGoes,
    helpValue: 'STORAGE',
  }),
  purge: Flags.boolean({
    description:
      'Take it out of backup jobs, HA and replication. --no-purge refuses what HA or replication knows.',
    default: true,
    allowNo: true,
    helpGroup: whatGoes,
  }),
};

export const stopFlag = Flags.boolean({
  description: 'Cut the power of running ones first.',
  aliases: ['force'],
});

export const keepIsoFlag = Flags.boolean({
  description: 'A cloud-init ISO that was made for it stays.',
  helpGroup: whatGoes,
});

/** What `vm delete`, `ct delete` and `template delete` have in common. */
export abstract class GuestDeleteCommand extends GuestChangeCommand<DeleteResult> {
  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planGuestDeletes } = await import('../../operations/guest/delete/plan.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return planGuestDeletes(pve, inventory, guests, {
      stop: this.parsedFlags['stop'] === true,
      keepIso: this.parsedFlags['keep-iso'] === true,
      deleteBackups: this.parsedFlags['delete-backups'] === true,
      purge: this.parsedFlags['purge'] !== false,
      ...(this.parsedFlags['backup-first'] === true && {
        backupFirst: { storage: this.parsedFlags['backup-storage'] as string | undefined },
      }),
    });
  }

  protected override view({ removed, kept, restore }: DeleteResult): void {
    const [guest = ''] = removed;
    this.output.print(`${guest.charAt(0).toUpperCase()}${guest.slice(1)} is gone.`);
    for (const item of kept) this.output.print(`  kept: ${item}`);
    if (restore !== undefined) this.output.print(`  brings it back: ${restore}`);
  }
}
