import type { Guest, Inventory, Node, PveReader, ResolveOptions, Storage } from '@pmx-cli/kit';
import { isPmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { closest } from './closest.js';
import { resolveTargets } from './resolve.js';
import {
  flag,
  guestOf,
  nodeOf,
  number,
  type Row,
  storageOf,
  storageOfResource,
  text,
} from './rows.js';

/** Nodes asked at once. */
const maxConcurrent = 8;

/** What there is on the server, by name and by id. One instance serves one run of a command. */
export function createInventory(pve: PveReader): Inventory {
  return new PveInventory(pve);
}

class PveInventory implements Inventory {
  readonly #pve: PveReader;
  readonly unreachable = new Set<string>();
  #fresh: Promise<Guest[]> | undefined;
  /** Nodes that could not be asked for fresh guests. */
  #offline: string[] = [];

  constructor(pve: PveReader) {
    this.#pve = pve;
  }

  async guests(): Promise<Guest[]> {
    const rows = await this.#pve.get<Row[]>('/cluster/resources', { type: 'vm' });
    const guests = rows.map((row) =>
      guestOf(row, text(row, 'node') ?? '', row['type'] === 'lxc' ? 'lxc' : 'qemu'),
    );
    // For up to 10 s a new guest is a row without name and with status unknown: pvestatd's cache.
    // So are those of a node that does not answer.
    const stale = guests.filter(({ status }) => status === 'unknown');
    if (stale.length > 0) await this.#fillIn(guests, stale);
    return guests.sort(byId);
  }

  freshGuests(): Promise<Guest[]> {
    return (this.#fresh ??= this.#askNodes());
  }

  async #askNodes(): Promise<Guest[]> {
    const all = await this.nodes();
    this.#offline = all.filter(({ status }) => status === 'offline').map(({ node }) => node);
    const nodes = all.filter(({ status }) => status !== 'offline');
    const lists = await inParallel(
      nodes.flatMap(({ node, status }) =>
        (['qemu', 'lxc'] as const).map((type) => async () => {
          try {
            return await this.#guestsOf(node, type);
          } catch (error) {
            // `unknown` is what a node without Sys.Audit looks like, and one that just went away.
            if (status === 'unknown' && isUnreachable(error)) return [];
            throw error;
          }
        }),
      ),
    );
    return lists.flat().sort(byId);
  }

  async resolveGuests(targets: readonly string[], options: ResolveOptions): Promise<Guest[]> {
    // Not at the top: kit's index brings oclif along, and lists never need this.
    const { parseTarget } = await import('@pmx-cli/kit');
    const expressions = targets.map((word) => ({ word, target: parseTarget(word) }));
    const guests = options.selector?.needsPools
      ? await this.#withPools()
      : await this.freshGuests();
    try {
      return resolveTargets(expressions, guests, options);
    } catch (error) {
      throw await this.#onOfflineNode(error);
    }
  }

  /** The lists of the nodes do not know pools; this one takes them from the configuration, unlagged. */
  async #withPools(): Promise<Guest[]> {
    const [guests, rows] = await Promise.all([
      this.freshGuests(),
      this.#pve.get<Row[]>('/cluster/resources', { type: 'vm' }),
    ]);
    const pools = new Map(rows.map((row) => [number(row, 'vmid'), text(row, 'pool')]));
    return guests.map((guest) => {
      const pool = pools.get(guest.vmid);
      return pool === undefined ? guest : { ...guest, pool };
    });
  }

  /** A guest that was not found may only be out of sight, with its node. */
  async #onOfflineNode(error: unknown): Promise<unknown> {
    if (!isPmxError(error) || this.#offline.length === 0) return error;
    const target = error.data?.['target'];
    const unknown = error.code.endsWith('_NOT_FOUND') && error.data?.['matches'] === undefined;
    if (!unknown || typeof target !== 'string') return error;
    const rows = await this.#pve
      .get<Row[]>('/cluster/resources', { type: 'vm' })
      .catch((failed: unknown) => ignorable<Row[]>(failed, []));
    const row = rows.find(
      (candidate) =>
        text(candidate, 'vmid') === target ||
        number(candidate, 'vmid') === Number(target) ||
        text(candidate, 'name') === target,
    );
    const node = row && text(row, 'node');
    if (node !== undefined && this.#offline.includes(node)) {
      return new SurroundingsError({
        code: 'PMX_NODE_UNREACHABLE',
        message: `Guest '${target}' is on node ${node}, which is offline.`,
        hints: [
          'pmx node list shows which nodes are online.',
          'Bring the node back, or use HA to move its guests.',
        ],
        data: { target, node },
      });
    }
    const { code, message, hints, data } = error;
    return new RequestError({
      code,
      message,
      hints: [
        ...hints,
        `Guests of offline nodes cannot be told by name: ${this.#offline.join(', ')}.`,
      ],
      data,
    });
  }

  forget(): void {
    this.#fresh = undefined;
  }

  async nodes(): Promise<Node[]> {
    const rows = await this.#pve.get<Row[]>('/nodes');
    return rows.map(nodeOf).sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  async node(name: string): Promise<Node> {
    const nodes = await this.nodes();
    const found = nodes.find(({ node }) => node === name);
    if (found) return found;
    const names = nodes.map(({ node }) => node);
    const offers = closest(name, names);
    throw new RequestError({
      code: 'PMX_NODE_NOT_FOUND',
      message: `There is no node '${name}'; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ') || 'none'}.`,
      hints:
        offers.length > 0
          ? [`Did you mean ${offers.join(' or ')}?`]
          : ['See the nodes: pmx node list'],
      data: { node: name, nodes: names },
    });
  }

  async storages(node?: string): Promise<Storage[]> {
    const storages =
      node === undefined
        ? await this.#storagesOfCluster()
        : (await this.#pve.get<Row[]>(`/nodes/${encodeURIComponent(node)}/storage`))
            // Disabled ones are listed, but nothing can be done with them.
            .filter((row) => row['enabled'] === undefined || flag(row, 'enabled'))
            .map((row) => storageOf(row, node));
    return storages.sort((a, b) =>
      `${a.storage}\0${a.node}` < `${b.storage}\0${b.node}` ? -1 : 1,
    );
  }

  async fromNodes<T>(ask: (node: string) => Promise<T[]>, nodes?: readonly string[]): Promise<T[]> {
    const all = await this.nodes();
    const asked = all.filter(({ node }) => nodes?.includes(node) ?? true);
    const lists = await inParallel(
      asked.map(({ node, status }) => async () => {
        try {
          if (status !== 'offline') return await ask(node);
        } catch (error) {
          if (!isUnreachable(error)) throw error;
        }
        this.unreachable.add(node);
        return [];
      }),
    );
    return lists.flat();
  }

  /** Nobody knows what is with a storage that only a silent node could ask. */
  async #storagesOfCluster(): Promise<Storage[]> {
    const rows = await this.#pve.get<Row[]>('/cluster/resources', { type: 'storage' });
    const storages = rows.map(storageOfResource);
    if (storages.every(({ active }) => active)) return storages;
    const offline = await this.#offlineNodes();
    return storages.map((storage) => {
      if (storage.active || !offline.has(storage.node)) return storage;
      this.unreachable.add(storage.node);
      const { active: _, ...known } = storage;
      return known;
    });
  }

  /** What cannot be had is none: this is only about looks. */
  async #offlineNodes(): Promise<Set<string>> {
    const nodes = await this.nodes().catch((error: unknown) => ignorable(error, []));
    return new Set(nodes.filter(({ status }) => status === 'offline').map(({ node }) => node));
  }

  async #guestsOf(node: string, type: Guest['type']): Promise<Guest[]> {
    const rows = await this.#pve.get<Row[]>(`/nodes/${encodeURIComponent(node)}/${type}`);
    return rows
      .filter((row) => number(row, 'vmid') !== undefined)
      .map((row) => guestOf(row, node, type));
  }

  /** Asks the nodes of nameless rows. What cannot be had stays as it is: this is only about looks. */
  async #fillIn(guests: Guest[], stale: Guest[]): Promise<void> {
    // A dead node would only be waited for.
    const offline = await this.#offlineNodes();
    for (const { node } of stale) if (offline.has(node)) this.unreachable.add(node);
    const reachable = stale.filter(({ node }) => !offline.has(node));
    const sources = new Map(reachable.map(({ node, type }) => [`${node}/${type}`, { node, type }]));
    const lists = await inParallel(
      [...sources.values()].map(({ node, type }) => async () => {
        try {
          return await this.#guestsOf(node, type);
        } catch (error) {
          if (isUnreachable(error)) this.unreachable.add(node);
          return ignorable(error, []);
        }
      }),
    );
    const fresh = new Map(lists.flat().map((guest) => [guest.vmid, guest]));
    for (const guest of stale) {
      const found = fresh.get(guest.vmid);
      // The cached row knows the pool, the node does not.
      if (found) guests[guests.indexOf(guest)] = { ...guest, ...found };
    }
  }
}

/** @throws the error again when it is a bug or Ctrl-C */
function ignorable<T>(error: unknown, instead: T): T {
  if (isPmxError(error) && error.exitCode !== 130) return instead;
  throw error;
}

function isUnreachable(error: unknown): boolean {
  return isPmxError(error) && error.code === 'PMX_NODE_UNREACHABLE';
}

function byId(a: Guest, b: Guest): number {
  return a.vmid - b.vmid;
}

/** Runs all jobs, a few at a time; results in the order of the jobs. */
async function inParallel<T>(jobs: Array<() => Promise<T>>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      results[index] = await jobs[index]!();
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxConcurrent, jobs.length) }, worker));
  return results;
}
