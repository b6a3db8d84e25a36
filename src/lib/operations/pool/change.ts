import {
  type Guest,
  type ImpactItem,
  type Inventory,
  invalid,
  type Plan,
  type PveReader,
  ref,
  type Step,
} from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { findPool, type PoolDetails, readPool } from './read.js';

export interface PoolResult {
  pool: string;
}

export interface MembersResult extends PoolResult {
  vms: number[];
  storages: string[];
}

/** @throws RequestError `PMX_INVALID_POOL`, `PMX_POOL_EXISTS` */
export async function planPoolCreate(
  pve: PveReader,
  pool: string,
  comment: string | undefined,
): Promise<Plan> {
  if (!/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,2}$/.test(pool)) {
    throw invalid(
      'PMX_INVALID_POOL',
      'Pool name',
      pool,
      'it must be letters, digits, - _ and ., at most three levels with / between them',
      'For example: web, customers/acme',
    );
  }
  if (await findPool(pve, pool)) {
    throw new RequestError({
      code: 'PMX_POOL_EXISTS',
      message: `There is a pool '${pool}' already.`,
      hints: [`See what is in it: pmx pool show ${pool}`],
    });
  }
  return {
    operation: 'pool.create',
    target: `pool ${pool}`,
    title: `Create pool ${pool}`,
    variables: { made: '' },
    steps: [
      {
        id: 'create',
        title: `Create pool ${pool}`,
        kind: 'pve.pool',
        args: { pool, ...(comment !== undefined && { comment }) },
        bind: { made: 'pool' },
        undo: [
          {
            title: `Remove pool ${pool}`,
            kind: 'pve.discard-pool',
            args: { pool, made: ref('made') },
          },
        ],
      },
    ],
    result: { pool },
  };
}

export interface MembersRequest {
  pool: string;
  guests: readonly Guest[];
  storages: readonly string[];
  /** Also guests that are in another pool. */
  move: boolean;
}

/** @throws RequestError `PMX_POOL_NOT_FOUND`, `PMX_GUEST_IN_OTHER_POOL`, `PMX_STORAGE_NOT_FOUND` */
export async function planPoolAdd(
  pve: PveReader,
  inventory: Inventory,
  { pool, guests, storages, move }: MembersRequest,
): Promise<Plan> {
  const details = await readPool(pve, pool);
  await requireStorages(inventory, storages);
  const vms = guests
    .map(({ vmid }) => vmid)
    .filter((vmid) => !details.guests.some((member) => member.vmid === vmid));
  const fresh = storages.filter((storage) => !details.storages.includes(storage));
  const before = await poolsOf(inventory, vms);
  if (before.size > 0 && !move) {
    const [[vmid, other]] = [...before] as [[number, string]];
    throw new RequestError({
      code: 'PMX_GUEST_IN_OTHER_POOL',
      message: `Guest ${vmid} is in pool '${other}', and a guest is in one pool only.`,
      hints: ['Move it: add --move.', `Or take it out first: pmx pool remove ${other} ${vmid}`],
      data: { guests: Object.fromEntries(before) },
    });
  }
  const effect = { pool, member: true, vms, storages: fresh, ...(move && { move }) };
  const back = [...new Set(before.values())].map((other) => ({
    title: `Put guests back into pool ${other}`,
    kind: 'pve.pool-members' as const,
    args: {
      pool: other,
      member: true,
      move: true,
      vms: vms.filter((vmid) => before.get(vmid) === other),
      storages: [],
    },
  }));
  const own = vms.filter((vmid) => !before.has(vmid));
  return membersPlan('pool.add', pool, vms, fresh, {
    id: 'add',
    title: `Put ${inWords(vms, fresh)} into pool ${pool}`,
    kind: 'pve.pool-members',
    args: effect,
    undo: [
      ...back,
      ...(own.length + fresh.length > 0
        ? [
            {
              title: `Take ${inWords(own, fresh)} out of pool ${pool}`,
              kind: 'pve.pool-members' as const,
              args: { pool, member: false, vms: own, storages: fresh },
            },
          ]
        : []),
    ],
  });
}

/** @throws RequestError `PMX_POOL_NOT_FOUND` */
export async function planPoolRemove(
  pve: PveReader,
  { pool, guests, storages }: Omit<MembersRequest, 'move'>,
): Promise<Plan> {
  const details = await readPool(pve, pool);
  const vms = guests
    .map(({ vmid }) => vmid)
    .filter((vmid) => details.guests.some((member) => member.vmid === vmid));
  const there = storages.filter((storage) => details.storages.includes(storage));
  return membersPlan('pool.remove', pool, vms, there, takeOut(pool, vms, there));
}

function takeOut(pool: string, vms: readonly number[], storages: readonly string[]): Step {
  return {
    id: 'remove',
    title: `Take ${inWords(vms, storages)} out of pool ${pool}`,
    kind: 'pve.pool-members',
    args: { pool, member: false, vms, storages },
    undo: [
      {
        title: `Put ${inWords(vms, storages)} back into pool ${pool}`,
        kind: 'pve.pool-members',
        args: { pool, member: true, vms, storages },
      },
    ],
  };
}

function membersPlan(
  operation: string,
  pool: string,
  vms: number[],
  storages: string[],
  step: Step,
): Plan {
  const changes = vms.length + storages.length > 0;
  return {
    operation,
    target: `pool ${pool}`,
    title: changes ? step.title : `Pool ${pool} is as wanted`,
    steps: changes ? [step] : [],
    ...(!changes && { notes: [`Pool ${pool} is so already.`] }),
    result: { pool, vms, storages },
  };
}

/** @throws RequestError `PMX_POOL_NOT_FOUND`, `PMX_POOL_NOT_EMPTY` */
export async function planPoolDelete(
  pve: PveReader,
  pool: string,
  removeMembers: boolean,
): Promise<Plan> {
  const details = await readPool(pve, pool);
  const vms = details.guests.map(({ vmid }) => vmid);
  const { storages } = details;
  const members = vms.length + storages.length;
  if (members > 0 && !removeMembers) {
    throw new RequestError({
      code: 'PMX_POOL_NOT_EMPTY',
      message: `Pool '${pool}' is not empty: it holds ${inWords(vms, storages)}.`,
      hints: ['Take its members out with it: add --remove-members. They themselves stay.'],
      data: { pool, vms, storages },
    });
  }
  const destroy: Step = {
    id: 'delete',
    title: `Delete pool ${pool}`,
    kind: 'pve.discard-pool',
    args: { pool },
    // Made anew it would be there, but the grants on it are gone for good.
    destructive: true,
  };
  return {
    operation: 'pool.delete',
    target: `pool ${pool}`,
    title: `Delete pool ${pool}`,
    steps: [...(members > 0 ? [takeOut(pool, vms, storages)] : []), destroy],
    impact: {
      removes: [{ what: 'pool', name: pool }, ...(await grantsOn(pve, pool))],
      keeps: keptMembers(details),
    },
    result: { pool },
  };
}

function keptMembers({ guests, storages }: PoolDetails): ImpactItem[] {
  const detail = 'only its membership goes';
  return [
    ...guests.map(({ vmid, name, type }) => ({
      what: type === 'lxc' ? 'container' : 'VM',
      name: `${vmid} (${name})`,
      detail,
    })),
    ...storages.map((name) => ({ what: 'storage', name, detail })),
  ];
}

/** Grants on /pool/NAME go with the pool; who may not see them is not told. */
async function grantsOn(pve: PveReader, pool: string): Promise<ImpactItem[]> {
  try {
    const rows =
      await pve.get<Array<{ path: string; ugid: string; roleid: string }>>('/access/acl');
    return rows
      .filter(({ path }) => path === `/pool/${pool}`)
      .map(({ ugid, roleid }) => ({ what: 'grant', name: `${roleid} of ${ugid}` }));
  } catch (error) {
    if (isPmxError(error) && error.exitCode === 3) return [];
    throw error;
  }
}

async function poolsOf(
  inventory: Inventory,
  vmids: readonly number[],
): Promise<Map<number, string>> {
  const guests = await inventory.guests();
  return new Map(
    vmids.flatMap((vmid): Array<[number, string]> => {
      const pool = guests.find((guest) => guest.vmid === vmid)?.pool;
      return pool === undefined ? [] : [[vmid, pool]];
    }),
  );
}

async function requireStorages(inventory: Inventory, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const known = new Set((await inventory.storages()).map(({ storage }) => storage));
  const wrong = names.find((name) => !known.has(name));
  if (wrong === undefined) return;
  throw new RequestError({
    code: 'PMX_STORAGE_NOT_FOUND',
    message: `There is no storage '${wrong}'.`,
    hints: [`There are: ${[...known].join(', ') || 'none that you may see'}.`],
  });
}

function inWords(vms: readonly number[], storages: readonly string[]): string {
  const parts = [
    ...(vms.length > 0 ? [`${vms.length === 1 ? 'guest' : 'guests'} ${vms.join(', ')}`] : []),
    ...(storages.length > 0
      ? [`${storages.length === 1 ? 'storage' : 'storages'} ${storages.join(', ')}`]
      : []),
  ];
  return parts.join(' and ') || 'nothing';
}
