import type { Guest, State, Vm, VmConfig } from '../state/model.js';
import { bytesFor, fraction, uuidOf } from '../state/random.js';
import type { Store } from '../state/store.js';
import { metaOf } from './normalize.js';

const ROLES = ['web', 'db', 'app', 'cache', 'ci', 'mail', 'mon', 'dev'] as const;
const STAGES = ['prod', 'prod', 'prod', 'stage', 'test'] as const;
const MEMORY = [512, 1024, 2048, 2048, 4096, 8192] as const;
const FIRST_VMID = 100;
const TEMPLATE_EVERY = 25;
const RUNNING_SHARE = 0.6;
const DAY_MILLIS = 86_400_000;

/** Deals out what a guest is like; the same for the same seed and number. */
function dealer(
  seed: string,
  number: number,
): { chance(what: string): number; uuid(what: string): string } {
  const bytes = (what: string, count: number): Buffer =>
    bytesFor(`${seed}:guest:${number}:${what}`, count);
  return {
    chance: (what) => fraction(bytes(what, 4)),
    uuid: (what) => uuidOf(bytes(what, 16)),
  };
}

function pick<T>(items: readonly T[], chance: number): T {
  return items[Math.floor(chance * items.length)]!;
}

/** An address that no other number has. */
function macOf(prefix: string, number: number): string {
  const head = prefix.replace(/:$/, '').split(':');
  const tail = (number + 1).toString(16).padStart((6 - head.length) * 2, '0');
  return [...head, ...tail.match(/../g)!].join(':').toUpperCase();
}

function makeGuest(state: State, seed: string, number: number, vmid: number): Vm {
  const { chance, uuid } = dealer(seed, number);
  const role = pick(ROLES, chance('role'));
  const stage = pick(STAGES, chance('stage'));
  const template = number % TEMPLATE_EVERY === TEMPLATE_EVERY - 1;
  const config: VmConfig = {
    // Without a disk there is nothing on the storages that could be out of step.
    boot: 'order=net0',
    name: template ? `tpl-${role}-${number + 1}` : `${role}-${stage}-${number + 1}`,
    cores: pick([1, 1, 2, 4], chance('cores')),
    memory: String(pick(MEMORY, chance('memory'))),
    net0: `virtio=${macOf(String(state.clusterOptions['mac_prefix'] ?? 'BC:24:11'), number)},bridge=vmbr0`,
    ostype: 'l26',
    scsihw: 'virtio-scsi-single',
    agent: '1',
    tags: template ? 'template' : [role, stage].sort().join(';'),
    meta: metaOf(state.createdAt),
    smbios1: `uuid=${uuid('smbios')}`,
    vmgenid: uuid('vmgenid'),
    ...(template ? { template: 1 } : {}),
  };
  const node = state.nodes[number % state.nodes.length]!;
  const vm: Vm = { vmid, node, config, pending: {}, pendingDelete: [] };
  if (!template && chance('running') < RUNNING_SHARE)
    vm.guest = runningSince(state, Math.floor(chance('uptime') * 60 * DAY_MILLIS));
  const pool = state.pools[stage];
  if (!template) (pool ?? (state.pools[stage] = { vms: [], storages: [] })).vms.push(vmid);
  return vm;
}

function runningSince(state: State, millis: number): Guest {
  const startedAt = state.createdAt * 1000 - millis;
  return {
    startedAt,
    pid: state.nextPid++,
    paused: false,
    agentAt: startedAt,
    netin: 170,
    netout: 0,
  };
}

/** Brings the pretended guests to `count`; those that somebody has deleted do not come back. */
export function addGuests(store: Store, count: number, seed: string): void {
  const { state } = store;
  const before = state.pretended ?? 0;
  if (count <= before) return;
  let vmid = FIRST_VMID;
  for (let number = before; number < count; number++) {
    while (state.vms[vmid]) vmid++;
    state.vms[vmid] = makeGuest(state, seed, number, vmid);
    store.touch(vmid);
  }
  state.pretended = count;
}
