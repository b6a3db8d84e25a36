import { type Guest, ShowCommand } from '@pmx-cli/kit';

import { type GuestKind, guestPath } from '../../operations/guest/kind.js';
import { bytes, duration } from '../../output/format.js';

export interface GuestDetails extends Guest {
  config: Record<string, string | number>;
}

/** What `vm show` and `ct show` have in common; templates are shown as well. */
export abstract class GuestShowCommand extends ShowCommand<GuestDetails> {
  protected abstract readonly kind: GuestKind;

  protected override async show(): Promise<GuestDetails> {
    const { type, noun } = this.kind;
    const inventory = await this.inventory();
    const [guest] = await inventory.resolveGuests(this.positionals.slice(0, 1), { type, noun });
    const pve = await this.pve();
    const config = await pve.get<Record<string, string | number>>(`${guestPath(guest!)}/config`);
    return { ...guest!, config };
  }

  protected override view(guest: GuestDetails): void {
    const { digest: _, ...config } = guest.config;
    this.output.fields([
      ['VMID', guest.vmid],
      ['Name', guest.name],
      ['Kind', guest.template ? 'template' : this.kind.noun],
      ['Status', guest.status],
      ['Node', guest.node],
      ['Lock', guest.lock],
      ['Uptime', duration(guest.uptimeSeconds)],
      ['Memory', bytes(guest.memoryBytes)],
      ['Tags', guest.tags.join(', ')],
    ]);
    this.output.print('');
    this.output.fields(Object.entries(config).sort(([a], [b]) => a.localeCompare(b)));
  }
}
