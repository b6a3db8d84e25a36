import { type Guest, ListCommand } from '@pmx-cli/kit';

/** What `vm list` and `template list` have in common: the VMs of one sort, by id. */
export abstract class GuestListCommand extends ListCommand<Guest> {
  protected abstract readonly templates: boolean;

  protected override async list(): Promise<Guest[]> {
    const node = this.parsedFlags['node'] as string | undefined;
    const inventory = await this.inventory();
    const guests = (await inventory.guests())
      .filter((guest) => guest.type === 'qemu' && guest.template === this.templates)
      .filter((guest) => node === undefined || guest.node === node);
    // Nothing there is right for an empty node and wrong for a misspelt one.
    if (node !== undefined && guests.length === 0) await inventory.node(node);
    return guests.sort((a, b) => a.vmid - b.vmid);
  }
}
