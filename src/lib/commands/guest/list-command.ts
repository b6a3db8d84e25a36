import { type Guest, ListCommand } from '@pmx-cli/kit';

/** What `vm list`, `ct list` and `template list` have in common: the guests of one sort, by id. */
export abstract class GuestListCommand<Row extends Guest = Guest> extends ListCommand<Row> {
  protected abstract readonly sort: Pick<Guest, 'type' | 'template'>;
  #names = new Map<string, number>();

  protected override prepare(rows: readonly Row[]): void {
    this.#names = new Map();
    for (const { name } of rows) this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
  }

  /** The name where it stands for one guest only, else the VMID. */
  protected override reference({ name, vmid }: Row): string {
    return name !== '' && this.#names.get(name) === 1 ? name : String(vmid);
  }

  /** Subclasses whose rows hold more than a guest give their own. */
  protected override async list(): Promise<Row[]> {
    return (await this.guests()) as Row[];
  }

  protected async guests(): Promise<Guest[]> {
    const node = this.parsedFlags['node'] as string | undefined;
    const selectors = (this.parsedFlags['selector'] ?? []) as string[];
    const selector =
      selectors.length > 0 ? (await import('@pmx-cli/kit')).parseSelector(selectors) : undefined;
    const inventory = await this.inventory();
    const guests = (await inventory.guests())
      .filter(({ type, template }) => type === this.sort.type && template === this.sort.template)
      .filter((guest) => node === undefined || guest.node === node);
    // Nothing there is right for an empty node and wrong for a misspelt one.
    if (node !== undefined && guests.length === 0) await inventory.node(node);
    return guests
      .filter((guest) => selector?.matches(guest) ?? true)
      .sort((a, b) => a.vmid - b.vmid);
  }
}
