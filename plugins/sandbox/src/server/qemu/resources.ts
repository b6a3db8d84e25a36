import { NO_FIGURES } from '../engine/engine.js';
import type { GuestFigures } from '../engine/engine.js';
import type { Settings } from '../options.js';
import type { Vm } from '../state/model.js';
import type { Store } from '../state/store.js';
import { resourceRow } from '../guests/resource-row.js';
import { kindOf } from './vms.js';

type Row = Record<string, unknown>;

interface Published {
  /** What pvestatd last told about this number; undefined for a VM that it does not know yet. */
  row: Row | undefined;
  changedAt: number;
}

/**
 * The slow view of the cluster. pvestatd tells the cluster about its VMs every few seconds only, so
 * cluster/resources shows a new VM without its name, and a changed one as it was.
 */
export class Resources {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #published = new Map<number, Published>();
  /** A node that is offline tells nothing about its guests. */
  isDown: (node: string) => boolean = () => false;
  /** What a guest uses; the engine knows. */
  figuresOf: (vm: Vm) => GuestFigures = () => NO_FIGURES;

  constructor(store: Store, settings: Settings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Keeps the old view of a VM that is about to change. */
  beforeChange(vmid: number): void {
    const now = Date.now();
    const known = this.#published.get(vmid);
    if (known && now - known.changedAt < this.#settings.staleMillis) {
      known.changedAt = now;
      return;
    }
    const vm = this.#store.state.vms[vmid];
    // A VM that has not changed since the start of the server counts as known.
    // One that is only just being made is not: it shows without a name until it has been there for a while.
    const isNew =
      vm === undefined || vm.config['lock'] === 'create' || vm.config['lock'] === 'clone';
    this.#published.set(vmid, {
      row: isNew ? undefined : resourceRow(vm, this.figuresOf(vm)),
      changedAt: now,
    });
  }

  /** The row of a VM in cluster/resources. */
  rowOf(vm: Vm): Row {
    const row = this.#liveRow(vm);
    if (!this.isDown(vm.node)) return row;
    // The name comes from the node as well; only what stands in the configuration is left.
    const known = ['id', 'node', 'type', 'vmid', 'tags', 'lock'];
    const kept = Object.entries(row).filter(([key]) => known.includes(key));
    return { ...Object.fromEntries(kept), status: 'unknown' };
  }

  #liveRow(vm: Vm): Row {
    const fresh = resourceRow(vm, this.figuresOf(vm));
    const known = this.#published.get(vm.vmid);
    if (!known || Date.now() - known.changedAt >= this.#settings.staleMillis) {
      this.#published.delete(vm.vmid);
      return fresh;
    }
    // Tags and lock come from the configuration itself and are always right.
    const config = {
      ...(vm.config['tags'] === undefined ? {} : { tags: vm.config['tags'] }),
      ...(vm.config['lock'] === undefined ? {} : { lock: vm.config['lock'] }),
    };
    if (!known.row)
      return {
        id: fresh['id'],
        node: vm.node,
        type: kindOf(vm),
        vmid: vm.vmid,
        status: 'unknown',
        ...config,
      };
    const { tags: _tags, lock: _lock, ...old } = known.row;
    return { ...old, node: vm.node, ...config };
  }
}
