import type { Inventory, PveReader, QueryParams } from '@pmx-cli/kit';

/** For plans that are made together: what one of them has read the others need not read again. */
export function shareReads(
  pve: PveReader,
  inventory: Inventory,
): { pve: PveReader; inventory: Inventory } {
  return {
    pve: shareGets(pve),
    inventory: {
      guests: remember(() => inventory.guests()),
      freshGuests: remember(() => inventory.freshGuests()),
      nodes: remember(() => inventory.nodes()),
      node: remember((name: string) => inventory.node(name)),
      storages: remember((node?: string) => inventory.storages(node)),
      resolveGuests: (...words) => inventory.resolveGuests(...words),
      fromNodes: (ask, nodes) => inventory.fromNodes(ask, nodes),
      unreachable: inventory.unreachable,
      forget: () => inventory.forget(),
    },
  };
}

/** Asks once for each path. */
export function shareGets(pve: PveReader): PveReader {
  const get = remember((path: string, params?: QueryParams) => pve.get<unknown>(path, params));
  return {
    get: async <T>(path: string, params?: QueryParams) =>
      structuredClone(await get(path, params)) as T,
    api: pve.api,
    user: pve.user,
    waitForTask: (...words) => pve.waitForTask(...words),
    identity: () => pve.identity(),
  };
}

function remember<Words extends unknown[], T>(
  read: (...words: Words) => Promise<T>,
): (...words: Words) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (...words) => {
    const key = JSON.stringify(words);
    const answer = known.get(key) ?? read(...words);
    known.set(key, answer);
    return answer;
  };
}
