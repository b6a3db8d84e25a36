import { createHash } from 'node:crypto';
import { failure } from '../errors.js';
import type { ConfigValue, GuestKind, Vm, VmConfig } from '../state/model.js';
import { PoolIndex } from '../state/pool-index.js';
import type { Store } from '../state/store.js';
import type { Resources } from './resources.js';

/** What stands in place of a password. */
const HIDDEN_PASSWORD = '**********';

/** Where the configuration files of each kind lie. */
const CONFIG_DIRECTORIES = { qemu: 'qemu-server', lxc: 'lxc' } as const;

/** The VMs and containers: looking up, changing, making and removing them. All changes go through here, so that staleness and saving are right. */
export class Vms {
  readonly #store: Store;
  readonly #resources: Resources;
  readonly #pools: PoolIndex;

  constructor(store: Store, resources: Resources, pools = new PoolIndex(store)) {
    this.#store = store;
    this.#pools = pools;
    this.#resources = resources;
  }

  find(vmid: number): Vm | undefined {
    return this.#store.state.vms[vmid];
  }

  /** The guest of this node and kind; PVE's error if there is none. */
  get(vmid: number, node: string, kind: GuestKind = 'qemu'): Vm {
    const vm = this.find(vmid);
    if (!vm || vm.node !== node || kindOf(vm) !== kind)
      throw failure(
        `Configuration file 'nodes/${node}/${CONFIG_DIRECTORIES[kind]}/${vmid}.conf' does not exist`,
      );
    return vm;
  }

  all(): Vm[] {
    return Object.values(this.#store.state.vms);
  }

  /** The guests of a node, of one kind or of both. */
  onNode(node: string, kind?: GuestKind): Vm[] {
    return this.all().filter(
      (vm) => vm.node === node && (kind === undefined || kindOf(vm) === kind),
    );
  }

  /** Throws PVE's text when the number is taken, by a guest of whatever kind. */
  checkUnused(vmid: number): void {
    const other = this.find(vmid);
    if (other) throw failure(`${typeName(other)} ${vmid} already exists on node '${other.node}'`);
  }

  /** Makes a guest whose configuration is only its lock. */
  add(vmid: number, node: string, lock: string, kind: GuestKind = 'qemu'): Vm {
    this.#resources.beforeChange(vmid);
    const vm: Vm = {
      vmid,
      ...(kind === 'lxc' ? { kind } : {}),
      node,
      config: { lock },
      pending: {},
      pendingDelete: [],
    };
    this.#store.state.vms[vmid] = vm;
    this.#store.touch(vmid);
    return vm;
  }

  /** Changes a VM. */
  change(vm: Vm, action: (vm: Vm) => void): void {
    this.#resources.beforeChange(vm.vmid);
    action(vm);
    this.#store.touch(vm.vmid);
  }

  /** Takes back a VM that was only being made; rights that were granted on its number before stay. */
  discard(vmid: number): void {
    this.#resources.beforeChange(vmid);
    delete this.#store.state.vms[vmid];
    delete this.#store.state.firewall?.[`guest/${vmid}`];
    this.#store.touch(vmid);
  }

  /** Removes a VM, and the rights on its number: a later VM of that number starts with none. */
  remove(vmid: number): void {
    this.discard(vmid);
    const { state } = this.#store;
    state.acl = state.acl.filter((entry) => entry.path !== `/vms/${vmid}`);
    // PVE's user.cfg forgets a removed VM's pool as well.
    for (const pool of Object.values(state.pools))
      pool.vms = pool.vms.filter((member) => member !== vmid);
    this.#store.touch();
  }

  /** Throws when the guest is locked. */
  checkLock(vm: Vm): void {
    const { lock } = vm.config;
    if (lock !== undefined) throw failure(`${typeName(vm)} is locked (${String(lock)})`);
  }

  /** The lowest number that is free. */
  nextFree(): number {
    for (let vmid = 100; ; vmid++) if (!this.find(vmid)) return vmid;
  }

  poolOf(vmid: number): string | undefined {
    return this.#pools.ofVm(vmid);
  }
}

export function kindOf(vm: Vm): GuestKind {
  return vm.kind ?? 'qemu';
}

/** What PVE's texts call a guest. */
export function typeName(vm: Vm): 'VM' | 'CT' {
  return vm.kind === 'lxc' ? 'CT' : 'VM';
}

/** The checksum that guards against lost updates. */
export function digestOf(vm: Vm): string {
  const section = (config: VmConfig): string =>
    Object.keys(config)
      .sort()
      .map((key) => `${key}: ${String(config[key])}\n`)
      .join('');
  return createHash('sha1')
    .update(section(vm.config))
    .update('\n[PENDING]\n')
    .update(section(vm.pending))
    .update(vm.pendingDelete.join(','))
    .digest('hex');
}

/** Throws when somebody else has changed the configuration meanwhile. */
export function checkDigest(vm: Vm, digest: string | undefined): void {
  if (digest !== undefined && digest !== digestOf(vm))
    throw failure('checksum mismatch (file change by other user?)');
}

function shown(key: string, value: ConfigValue): ConfigValue {
  return key === 'cipassword' ? HIDDEN_PASSWORD : value;
}

/** The configuration as GET config shows it: with what is pending, or as the VM runs. */
export function configView(vm: Vm, current: boolean): Record<string, ConfigValue> {
  const merged: VmConfig = { ...vm.config };
  if (!current) {
    for (const key of vm.pendingDelete) delete merged[key];
    Object.assign(merged, vm.pending);
  }
  return {
    ...Object.fromEntries(Object.entries(merged).map(([key, value]) => [key, shown(key, value)])),
    digest: digestOf(vm),
  };
}

/** Every option with its current and its pending value. */
export function pendingView(vm: Vm): Record<string, unknown>[] {
  const keys = [...new Set([...Object.keys(vm.config), ...Object.keys(vm.pending)])];
  const rows: Record<string, unknown>[] = keys.map((key) => ({
    key,
    ...(key in vm.config ? { value: shown(key, vm.config[key]!) } : {}),
    ...(key in vm.pending ? { pending: shown(key, vm.pending[key]!) } : {}),
    ...(vm.pendingDelete.includes(key) ? { delete: 1 } : {}),
  }));
  return [...rows, { key: 'digest', value: digestOf(vm) }];
}

/** What a VM has when nothing is set. */
export function numberOf(config: VmConfig, key: string, byDefault: number): number {
  const value = config[key];
  return value === undefined ? byDefault : Number(value);
}

/** The memory in bytes; `memory` is a text such as "512" or "current=512". */
export function memoryBytes(config: VmConfig): number {
  const text = String(config['memory'] ?? '512');
  return Number(/(\d+)$/.exec(text)?.[1] ?? 512) * 1024 * 1024;
}

export function cpuCount(config: VmConfig): number {
  const all = numberOf(config, 'sockets', 1) * numberOf(config, 'cores', 1);
  return Math.min(all, numberOf(config, 'vcpus', all));
}

/** Is the guest agent switched on in the configuration? */
export function agentEnabled(config: VmConfig): boolean {
  return (
    /^(?:enabled=)?1(?:,|$)/.test(String(config['agent'] ?? '')) ||
    /,enabled=1(?:,|$)/.test(String(config['agent'] ?? ''))
  );
}
