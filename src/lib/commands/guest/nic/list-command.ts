import { type Column, ListCommand } from '@pmx-cli/kit';

import type { GuestKind } from '../../../operations/guest/kind.js';
import type { Nic } from '../../../operations/guest/nic/read.js';

/** What `vm nic list` and `ct nic list` have in common. */
export abstract class NicListCommand extends ListCommand<Nic> {
  protected abstract readonly kind: GuestKind;
  protected readonly whenEmpty = 'No network devices.';
  protected readonly columns: ReadonlyArray<Column<Nic>> = [
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'guest', value: (row) => row.guest },
    { header: 'device', value: (row) => row.device },
    { header: 'model', value: (row) => row.model ?? undefined },
    { header: 'bridge', value: (row) => row.bridge ?? undefined },
    { header: 'vlan', value: (row) => row.vlan ?? undefined, align: 'right' },
    { header: 'mac', value: (row) => row.mac ?? undefined },
    { header: 'address', value: (row) => row.address ?? undefined },
    { header: 'firewall', value: (row) => (row.firewall ? 'yes' : 'no') },
    { header: 'link', key: 'linkDown', value: (row) => (row.linkDown ? 'down' : 'up') },
    { header: 'rate', value: (row) => row.rate ?? undefined, align: 'right', wide: true },
    { header: 'mtu', value: (row) => row.mtu ?? undefined, align: 'right', wide: true },
    { header: 'queues', value: (row) => row.queues ?? undefined, align: 'right', wide: true },
  ];

  protected override reference({ vmid, device }: Nic): string {
    return `${vmid}/${device}`;
  }

  protected override async list(): Promise<Nic[]> {
    const { selectGuests } = await import('@pmx-cli/kit');
    const { readNics } = await import('../../../operations/guest/nic/read.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const words = { words: this.positionals, flags: this.parsedFlags };
    const { type, noun } = this.kind;
    const guests = await selectGuests(this.session, words, { type, noun });
    const pve = await this.pve();
    return (await eachGuest(guests, (guest) => readNics(pve, guest))).flat();
  }
}
