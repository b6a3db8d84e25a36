import type { PveApi, QueryParams } from '@pmx-cli/kit';

type Get = (path: string, params?: QueryParams) => Promise<unknown>;

/**
 * proxmox-api's typed paths over our own `get`. Only types come from that package (GPL-3.0); at run
 * time a path is what was asked for: `api.nodes.$('pve1').qemu.$get()` → GET /nodes/pve1/qemu.
 */
export function typedReader(get: Get): PveApi {
  return at('', get) as PveApi;
}

function at(path: string, get: Get): unknown {
  return new Proxy(Object.freeze({}), {
    get(_, name) {
      // `then` is asked for by `await`; a path must not look like a promise.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      if (name === '$get') return (params?: QueryParams) => get(path === '' ? '/' : path, params);
      if (name === '$')
        return (id: string | number) => at(`${path}/${encodeURIComponent(String(id))}`, get);
      // Everything else with a `$` writes, and this is a reader.
      return name.startsWith('$') ? undefined : at(`${path}/${encodeURIComponent(name)}`, get);
    },
  });
}
