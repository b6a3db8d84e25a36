import type { EndpointIdentity, PveApi, PveReader, QueryParams } from '../pve/index.js';
import type { Recording } from './recording.js';

/** The `data` of an answer, or what makes it from the query. A thrown error is the answer then. */
export type FakeRoute =
  string | number | boolean | object | null | ((params: QueryParams) => unknown);

/** API path without `/api2/json` → what a GET of it answers. */
export type FakeRoutes = Readonly<Record<string, FakeRoute>>;

type RouteFunction = (params: QueryParams) => unknown;

const identity: EndpointIdentity = {
  host: 'pve.test',
  port: 8006,
  fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
};

/** Answers GETs from a table. A path that is not in it throws, for the test forgot it. */
export class FakeReader implements PveReader {
  readonly user = 'root@pam!test';
  readonly api: PveApi;
  readonly #routes: FakeRoutes;
  readonly #recording: Recording;

  constructor(routes: FakeRoutes, recording: Recording) {
    this.#routes = routes;
    this.#recording = recording;
    this.api = typedPath('', (path, params) => this.get(path, params)) as PveApi;
  }

  async get<T>(path: string, params?: QueryParams): Promise<T> {
    this.#recording.requests.push({ path, ...(params && { params }) });
    if (!Object.hasOwn(this.#routes, path)) {
      const known = Object.keys(this.#routes).join(', ') || 'none';
      throw new Error(`The fake host has no answer for GET ${path}; it has: ${known}.`);
    }
    const route = this.#routes[path];
    const answer: unknown =
      typeof route === 'function' ? await (route as RouteFunction)(params ?? {}) : route;
    // A copy, as over the wire: a command must not change the table.
    return structuredClone(answer) as T;
  }

  async waitForTask(): Promise<{ exitstatus?: string }> {
    return { exitstatus: 'OK' };
  }

  async identity(): Promise<EndpointIdentity> {
    return identity;
  }
}

/** `api.nodes.$('pve1').qemu.$get()` → get('/nodes/pve1/qemu'). */
function typedPath(
  path: string,
  get: (path: string, params?: QueryParams) => Promise<unknown>,
): unknown {
  return new Proxy(Object.freeze({}), {
    get(_, name) {
      // `await` asks for `then`: a path is no promise.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      const below = (part: string | number): unknown =>
        typedPath(`${path}/${encodeURIComponent(String(part))}`, get);
      if (name === '$get') return (params?: QueryParams) => get(path === '' ? '/' : path, params);
      if (name === '$') return below;
      return name.startsWith('$') ? undefined : below(name);
    },
  });
}
