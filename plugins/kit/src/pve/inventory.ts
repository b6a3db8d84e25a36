import type { Selector } from '../validate/index.js';

export type GuestStatus = 'running' | 'stopped' | 'paused' | 'unknown';

/** A VM or container, as lists show it. Sizes in bytes. */
export interface Guest {
  type: 'qemu' | 'lxc';
  vmid: number;
  name: string;
  node: string;
  status: GuestStatus;
  template: boolean;
  tags: string[];
  pool?: string;
  cpus?: number;
  memoryBytes?: number;
  diskBytes?: number;
  uptimeSeconds?: number;
  lock?: string;
}

export interface Node {
  node: string;
  status: 'online' | 'offline' | 'unknown';
  cpus?: number;
  /** 0…1 */
  cpuUsage?: number;
  memoryBytes?: number;
  memoryUsedBytes?: number;
  uptimeSeconds?: number;
}

export interface Storage {
  storage: string;
  node: string;
  type: string;
  content: string[];
  shared: boolean;
  /** Left out where its node does not answer, so that nobody knows. */
  active?: boolean;
  totalBytes?: number;
  usedBytes?: number;
  availableBytes?: number;
}

export interface ResolveOptions {
  type?: 'qemu' | 'lxc';
  /** Only templates, only plain guests, or both (left out). */
  template?: boolean;
  /** What the messages call it: `VM`, `template`. */
  noun: string;
  /** Of those named, or of all, only these. */
  selector?: Selector;
  /** A range, pattern or selector that matches nothing is no mistake. */
  allowEmpty?: boolean;
  /** A name that several versions of a template share is not enough: none is meant by itself. */
  exactVersion?: boolean;
  /** Of several with the name that is asked for, the one there: copies of a template. */
  preferNode?: string;
}

/** What there is, by name and by id. */
export interface Inventory {
  /** One request. May lag up to 10 s behind a change (PVE's own cache), names are filled in. */
  guests(): Promise<Guest[]>;
  /** Asks every online node: no lag. For everything that decides about a change. */
  freshGuests(): Promise<Guest[]>;
  /**
   * Names, ids, ranges (`110-120`) and globs (`web-*`) → guests, each once, in the order given;
   * without any of them all that the selector selects.
   * @throws RequestError `PMX_…_NOT_FOUND`, `PMX_AMBIGUOUS_NAME` (naming all ids), `PMX_NO_MATCH`
   */
  resolveGuests(targets: readonly string[], options: ResolveOptions): Promise<Guest[]>;
  nodes(): Promise<Node[]>;
  /** @throws RequestError `PMX_NODE_NOT_FOUND` */
  node(name: string): Promise<Node>;
  storages(node?: string): Promise<Storage[]>;
  /**
   * Asks nodes side by side, all of them when none are named. One that is offline or does not answer
   * gives nothing and is noted in `unreachable`.
   */
  fromNodes<T>(ask: (node: string) => Promise<T[]>, nodes?: readonly string[]): Promise<T[]>;
  /**
   * Nodes that what was listed so far lacks or knows only from hearsay. Lists warn about them; one
   * that finds out by itself adds to it.
   */
  readonly unreachable: Set<string>;
  /** After a change: what was listed is asked for anew. */
  forget(): void;
}
