import { type DiskSize, flags, type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { ConfigureResult } from '../../../operations/guest/configure.js';
import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';
import { viewConfigured } from '../view-configured.js';

export interface DiskAddResult extends ConfigureResult {
  slot: string;
}

export const commonAddFlags = {
  size: flags.disk({ description: 'Size of the new disk: 20G.', required: true }),
  storage: flags.storage('Storage for it; that of the first disk when left out.'),
  slot: Flags.string({
    description: 'Slot for it; the next free one when left out.',
    helpValue: 'SLOT',
  }),
  backup: Flags.boolean({
    description: 'Backups of the guest hold this disk, too; --no-backup leaves it out.',
    allowNo: true,
  }),
};

export const vmAddFlags = {
  ...commonAddFlags,
  bus: Flags.option({
    description: 'How the VM sees it.',
    options: ['scsi', 'virtio', 'sata', 'ide'] as const,
    default: 'scsi' as const,
    exclusive: ['slot'],
  })(),
  format: Flags.option({
    description: "Format of its file, on storages with files; the storage's own when left out.",
    options: ['raw', 'qcow2', 'vmdk'] as const,
  })(),
  cache: Flags.option({
    description: 'How the host caches it.',
    options: ['none', 'writethrough', 'writeback', 'unsafe', 'directsync'] as const,
  })(),
  discard: Flags.boolean({ description: 'Give back what the guest deletes (TRIM).' }),
  ssd: Flags.boolean({ description: 'Show it to the guest as a solid-state disk.' }),
  iothread: Flags.boolean({ description: 'A thread of its own for its reads and writes.' }),
};

export const ctAddFlags = {
  ...commonAddFlags,
  path: Flags.string({
    description: 'Where the container sees it: /data.',
    required: true,
    helpValue: 'PATH',
  }),
  ro: Flags.boolean({ description: 'Read-only.' }),
};

/** What `vm disk add` and `ct disk add` have in common. */
export abstract class DiskAddCommand extends GuestChangeCommand<DiskAddResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planDiskAdd } = await import('../../../operations/guest/disk/add.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const given = this.parsedFlags as {
      size: DiskSize;
      storage?: string;
      bus?: string;
      slot?: string;
      path?: string;
    };
    const { size, storage, bus = 'scsi', slot, path } = given;
    return eachGuest(guests, (guest) =>
      planDiskAdd(pve, inventory, {
        guest,
        size,
        bus,
        options: this.#options(),
        ...(storage !== undefined && { storage }),
        ...(slot !== undefined && { slot }),
        ...(path !== undefined && { path }),
      }),
    );
  }

  #options(): Record<string, string> {
    const given = this.parsedFlags as Record<string, string | boolean | undefined>;
    const { backup } = given;
    const on = ['ssd', 'iothread', 'ro'].filter((name) => given[name] === true);
    const words = ['format', 'cache'].filter((name) => given[name] !== undefined);
    return {
      ...Object.fromEntries(words.map((name) => [name, String(given[name])])),
      ...(given['discard'] === true && { discard: 'on' }),
      ...Object.fromEntries(on.map((name) => [name, '1'])),
      ...(backup !== undefined && { backup: backup ? '1' : '0' }),
    };
  }

  protected override view(result: DiskAddResult): void {
    viewConfigured(this.output, this.kind, result);
  }
}
