import { type Guest, ListCommand } from '@pmx-cli/kit';

/** What `vm list` and `template list` have in common: the VMs of one sort, by id. */
export abstract class GuestListCommand extends ListCommand<Guest> {
  protected abstract readonly templates: boolean;
  #names = new Map<string, number>();

  protected override prepare(rows: readonly Guest[]): void {
    this.#names = new Map();
    for (const { name } of rows) this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
  }

  /** The name where it stands for one guest only, else the VMID. */
  protected override reference({ name, vmid }: Guest): string {
    return name !== '' && this.#names.get(name) === 1 ? name : String(vmid);
  }

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
