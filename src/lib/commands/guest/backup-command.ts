import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { BackupResult } from '../../operations/guest/backup.js';
import { bytes } from '../../output/format.js';

export const backupFlags = {
  storage: Flags.string({
    description:
      'Storage for the backup; of those with content "backup" the emptiest when left out.',
    helpValue: 'STORAGE',
  }),
  mode: Flags.option({
    description:
      'Keep it running (snapshot), pause it (suspend), or shut it down meanwhile (stop).',
    options: ['snapshot', 'suspend', 'stop'] as const,
    default: 'snapshot',
  })(),
  compress: Flags.option({
    description: 'How the archive is packed; 0 for not at all.',
    options: ['zstd', 'gzip', 'lzo', '0'] as const,
    default: 'zstd',
  })(),
  notes: Flags.string({
    description: 'Notes of the backup; {{guestname}}, {{vmid}} and {{node}} are replaced.',
    default: '{{guestname}}',
    helpValue: 'TEXT',
  }),
  protected: Flags.boolean({ description: 'Nothing prunes or deletes it.' }),
  keep: Flags.integer({
    description:
      'So many of each guest stay on the storage; older ones go once the new one is there.',
    helpValue: 'N',
    min: 1,
    max: 1000,
  }),
};

/** What `vm backup`, `ct backup` and `backup create` have in common. */
export abstract class BackupCommand extends GuestChangeCommand<BackupResult> {
  protected async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    return this.plansWith(guests, (_, notes) => notes);
  }

  /** @param notesOf what stands in the notes of the backup of each guest */
  protected async plansWith(
    guests: readonly Guest[],
    notesOf: (guest: Guest, notes: string) => string,
  ): Promise<Plan[]> {
    const given = this.parsedFlags as {
      storage?: string;
      mode: 'snapshot' | 'suspend' | 'stop';
      compress: string;
      notes: string;
      protected?: boolean;
      keep?: number;
    };
    const { planBackups } = await import('../../operations/guest/backup.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return planBackups(pve, inventory, guests, {
      storage: given.storage,
      mode: given.mode,
      compress: given.compress,
      notes: (guest) => notesOf(guest, given.notes),
      protected: given.protected === true,
      keep: given.keep,
    });
  }

  protected override view({ vmid, name, volid, sizeBytes, pruned }: BackupResult): void {
    const size = sizeBytes === null ? '' : ` (${bytes(sizeBytes)})`;
    this.output.print(`${vmid} (${name}) is backed up: ${volid}${size}`);
    for (const older of pruned) this.output.print(`  gone: ${older}`);
    this.output.note(`  → pmx backup restore ${volid}`);
  }
}
