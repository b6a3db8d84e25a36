import type { Store } from './store.js';

/** Which pool a VM is in, without looking through all pools. */
export class PoolIndex {
  readonly #store: Store;
  #revision = -1;
  #byVm = new Map<number, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  ofVm(vmid: number): string | undefined {
    if (this.#revision !== this.#store.revision) this.#build();
    return this.#byVm.get(vmid);
  }

  #build(): void {
    this.#byVm = new Map();
    for (const [name, pool] of Object.entries(this.#store.state.pools))
      for (const vmid of pool.vms) if (!this.#byVm.has(vmid)) this.#byVm.set(vmid, name);
    this.#revision = this.#store.revision;
  }
}
