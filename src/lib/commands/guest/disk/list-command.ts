import { type Column, ListCommand } from '@pmx-cli/kit';

import type { Disk } from '../../../operations/guest/disk/read.js';
import type { GuestKind } from '../../../operations/guest/kind.js';

/** What `vm disk list` and `ct disk list` have in common; templates have disks, too. */
export abstract class DiskListCommand extends ListCommand<Disk> {
  protected abstract readonly kind: GuestKind;
  protected readonly whenEmpty = 'No disks.';

  protected get columns(): ReadonlyArray<Column<Disk>> {
    return [
      { header: 'vmid', value: (row) => row.vmid, align: 'right' },
      { header: 'guest', value: (row) => row.guest },
      { header: 'slot', value: (row) => row.slot },
      { header: 'kind', value: (row) => row.kind },
      { header: 'size', value: (row) => row.size ?? undefined, align: 'right' },
      { header: 'volid', value: (row) => row.volid },
      ...(this.kind.type === 'lxc'
        ? [{ header: 'path', value: (row: Disk) => row.path ?? undefined } as const]
        : []),
      { header: 'options', value: (row) => row.options, wide: true },
    ];
  }

  protected override reference({ vmid, slot }: Disk): string {
    return `${vmid}/${slot}`;
  }

  protected override async list(): Promise<Disk[]> {
    const { selectGuests } = await import('@pmx-cli/kit');
    const { readDisks } = await import('../../../operations/guest/disk/read.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const words = { words: this.positionals, flags: this.parsedFlags };
    const { type, noun } = this.kind;
    const guests = await selectGuests(this.session, words, { type, noun });
    const pve = await this.pve();
    return (await eachGuest(guests, (guest) => readDisks(pve, guest))).flat();
  }
}
