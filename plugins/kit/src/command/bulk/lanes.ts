import { loadOf, type Plan } from '../../plan/index.js';

/** How many operations of one command run side by side. */
export interface Limits {
  overall: number;
  /** PVE's daemons have three workers each, and lose tasks of their own in bursts. */
  node: number;
  /** Whoever makes a volume holds the storage's lock; more of them only wait for it. */
  storage: number;
}

export const usualLimits: Limits = { overall: 32, node: 8, storage: 4 };

/** Hands out what may begin now: the first in line whose nodes and storages have room. */
export class Lanes {
  readonly #limits: Limits;
  /** Indices of plans with the same load, in order: looking for the next one stays cheap. */
  readonly #waiting = new Map<string, { lanes: ReadonlyMap<string, number>; indices: number[] }>();
  readonly #used = new Map<string, number>();
  #running = 0;

  constructor(plans: readonly Plan[], limits: Limits) {
    this.#limits = limits;
    for (const [index, plan] of plans.entries()) {
      const lanes = this.#lanesOf(plan);
      const key = [...lanes.keys()].join(' ');
      const group = this.#waiting.get(key) ?? { lanes, indices: [] };
      group.indices.push(index);
      this.#waiting.set(key, group);
    }
    // From the end, for `pop` costs nothing.
    for (const { indices } of this.#waiting.values()) indices.reverse();
  }

  /** @returns the index of a plan and what to call at its end; undefined when none may begin now */
  next(): { index: number; release(): void } | undefined {
    if (this.#running >= this.#limits.overall) return undefined;
    let best: { lanes: ReadonlyMap<string, number>; indices: number[] } | undefined;
    for (const group of this.#waiting.values()) {
      if (group.indices.length === 0 || !this.#hasRoom(group.lanes)) continue;
      if (!best || group.indices.at(-1)! < best.indices.at(-1)!) best = group;
    }
    if (!best) return undefined;
    const { lanes } = best;
    this.#count(lanes, 1);
    return { index: best.indices.pop()!, release: () => this.#count(lanes, -1) };
  }

  #lanesOf(plan: Plan): ReadonlyMap<string, number> {
    const { nodes, storages } = loadOf(plan);
    return new Map([
      ...[...nodes].sort().map((node) => [`node ${node}`, this.#limits.node] as const),
      ...[...storages].sort().map((name) => [`storage ${name}`, this.#limits.storage] as const),
    ]);
  }

  #hasRoom(lanes: ReadonlyMap<string, number>): boolean {
    return [...lanes].every(([lane, limit]) => (this.#used.get(lane) ?? 0) < limit);
  }

  #count(lanes: ReadonlyMap<string, number>, change: 1 | -1): void {
    this.#running += change;
    for (const lane of lanes.keys()) this.#used.set(lane, (this.#used.get(lane) ?? 0) + change);
  }
}
