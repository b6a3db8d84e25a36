import { RequestError } from '../errors/index.js';
import type { Guest, Inventory, Node, ResolveOptions, Storage } from '../pve/index.js';
import { parseTarget } from '../validate/index.js';

export interface FakeStock {
  guests: readonly Guest[];
  nodes: readonly Node[];
  storages: readonly Storage[];
}

/** Finds guests as the real inventory does; its messages are shorter. */
export class FakeInventory implements Inventory {
  readonly unreachable = new Set<string>();
  readonly #stock: FakeStock;

  constructor(stock: FakeStock) {
    this.#stock = stock;
  }

  async guests(): Promise<Guest[]> {
    for (const { node, status } of this.#stock.nodes) {
      const silent = this.#stock.guests.some((guest) => guest.node === node);
      if (status === 'offline' && silent) this.unreachable.add(node);
    }
    return structuredClone([...this.#stock.guests]).sort((a, b) => a.vmid - b.vmid);
  }

  freshGuests(): Promise<Guest[]> {
    return this.guests();
  }

  async resolveGuests(targets: readonly string[], options: ResolveOptions): Promise<Guest[]> {
    const suitable = (await this.guests()).filter(
      ({ type, template }) =>
        (options.type ?? type) === type && (options.template ?? template) === template,
    );
    const found = new Map<number, Guest>();
    for (const word of targets) {
      for (const guest of findGuests(word, suitable, options)) found.set(guest.vmid, guest);
    }
    const named = targets.length === 0 && options.selector ? suitable : [...found.values()];
    const selected = named.filter((guest) => options.selector?.matches(guest) ?? true);
    if (selected.length > 0 || options.allowEmpty || !options.selector) return selected;
    throw new RequestError({ code: 'PMX_NO_MATCH', message: `No ${options.noun} is selected.` });
  }

  forget(): void {
    // Nothing is remembered here.
  }

  async nodes(): Promise<Node[]> {
    return structuredClone([...this.#stock.nodes]);
  }

  async node(name: string): Promise<Node> {
    const found = (await this.nodes()).find(({ node }) => node === name);
    if (found) return found;
    throw new RequestError({
      code: 'PMX_NODE_NOT_FOUND',
      message: `There is no node '${name}'.`,
      hints: ['See the nodes: pmx node list'],
    });
  }

  async fromNodes<T>(ask: (node: string) => Promise<T[]>, nodes?: readonly string[]): Promise<T[]> {
    const asked = this.#stock.nodes.filter(({ node }) => nodes?.includes(node) ?? true);
    for (const { node, status } of asked) if (status === 'offline') this.unreachable.add(node);
    const online = asked.filter(({ status }) => status !== 'offline');
    return (await Promise.all(online.map(({ node }) => ask(node)))).flat();
  }

  async storages(node?: string): Promise<Storage[]> {
    return structuredClone(
      this.#stock.storages.filter((storage) => node === undefined || storage.node === node),
    );
  }
}

function findGuests(
  word: string,
  guests: readonly Guest[],
  { noun, allowEmpty }: ResolveOptions,
): Guest[] {
  const target = parseTarget(word);
  const found = guests.filter(({ vmid, name }) => {
    switch (target.kind) {
      case 'id':
        return vmid === target.vmid;
      case 'range':
        return vmid >= target.from && vmid <= target.to;
      case 'glob':
        return target.pattern.test(name);
      case 'name':
        return name.toLowerCase() === target.name.toLowerCase();
    }
  });
  if (found.length === 0 && !(allowEmpty && (target.kind === 'glob' || target.kind === 'range'))) {
    throw new RequestError({
      code: `PMX_${noun.toUpperCase().replaceAll(/\W+/g, '_')}_NOT_FOUND`,
      message: `There is no ${noun} '${word}'.`,
      hints: ['See what there is.'],
    });
  }
  if (target.kind === 'name' && found.length > 1) {
    const ids = found.map(({ vmid }) => vmid).join(', ');
    throw new RequestError({
      code: 'PMX_AMBIGUOUS_NAME',
      message: `${found.length} guests are called '${word}': ${ids}.`,
      hints: [`Name the ${noun} by its id.`],
    });
  }
  return found;
}
