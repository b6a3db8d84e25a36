import type { Proxmox } from 'proxmox-api';

/** Values that a query may carry; booleans go over the wire as 0 and 1. */
export type QueryParams = Record<string, string | number | boolean | undefined>;

type Read<F> = F extends (...parameters: infer P) => infer R ? (...parameters: P) => R : never;

/**
 * Only the GET side of proxmox-api's model of the API: everything that could write is absent, so a
 * command cannot even name it. The model is PVE 8.2's; use `get` where 9 differs.
 */
export type ReadOnly<T> = {
  [K in keyof T as K extends '$post' | '$put' | '$delete' ? never : K]: K extends '$get'
    ? Read<T[K]>
    : K extends '$'
      ? T[K] extends (id: infer I) => infer R
        ? (id: I) => ReadOnly<R>
        : never
      : ReadOnly<T[K]>;
};

export type PveApi = ReadOnly<Proxmox.Api>;

/** Who answered: undo is only ever run against the same endpoint. */
export interface EndpointIdentity {
  host: string;
  port: number;
  /** SHA-256 of the certificate, `AA:BB:…`. */
  fingerprint: string;
}

/** The read side of a Proxmox VE server. Writers exist inside step handlers only. */
export interface PveReader {
  /** GET with a plain path, for endpoints that the typed model does not know. */
  get<T>(path: string, params?: QueryParams): Promise<T>;
  /** GET with typed paths: `pve.api.nodes.$('pve1').qemu.$get()`. */
  readonly api: PveApi;
  /**
   * Waits until a task has ended.
   * @throws ProxmoxError `PMX_TASK_FAILED`, SurroundingsError `PMX_TASK_TIMEOUT`
   */
  waitForTask(
    upid: string,
    options?: { signal?: AbortSignal; /** Milliseconds. */ timeout?: number },
  ): Promise<{ exitstatus?: string }>;
  identity(): Promise<EndpointIdentity>;
  /** `user@realm` or `user@realm!token` that the server sees. */
  readonly user: string;
}
