import type { PveReader, Rehearsed } from '@pmx-cli/kit';

import { type ApiSchema, describedMethod, type PveClient } from '../../api/index.js';
import { loadSchema } from '../check.js';
import { type ApiCall, callsOf, readCalls } from './calls.js';
import { describedNeed } from './expression.js';
import { GuestConfigs, newGuests } from './guests.js';
import { all, any, type Need, on } from './need.js';
import { undescribedNeed } from './rules.js';

/** One call and what it needs. */
export interface CallNeed {
  call: ApiCall;
  need: Need;
}

/** The server's description of its API, if it has one. */
export function descriptionOf(pve: PveReader, cache: string): Promise<ApiSchema | undefined> {
  const client = pve as PveClient;
  return client.fetchDocument === undefined
    ? Promise.resolve(undefined)
    : loadSchema(client, cache);
}

/** Every call that a rehearsed command line would make, with its needs; reads come first. */
export async function needsOf(
  pve: PveReader,
  schema: ApiSchema | undefined,
  { plans, reads }: Pick<Rehearsed, 'plans' | 'reads'>,
): Promise<CallNeed[]> {
  const changes = plans.flatMap(callsOf);
  const guests = new GuestConfigs(pve, newGuests(changes));
  const calls = [...readCalls(reads), ...changes];
  const bridges = await guardsBridges(pve);
  const needs: CallNeed[] = [];
  for (const call of calls) {
    const need = all(
      described(schema, call, pve.user, guests),
      await undescribedNeed(call, guests),
    );
    needs.push({ call, need: bridges ? need : withoutBridges(need) });
  }
  return needs;
}

/** Bridges are objects with rights of their own since Proxmox VE 8. */
async function guardsBridges(pve: PveReader): Promise<boolean> {
  const { version } = await pve.get<{ version: string }>('/version');
  return Number(version.split('.')[0]) >= 8;
}

function withoutBridges(need: Need): Need {
  if (need.kind === 'privilege')
    return need.path.startsWith('/sdn/zones/localnetwork/') ? all() : need;
  return 'of' in need ? { ...need, of: need.of.map(withoutBridges) } : need;
}

function described(
  schema: ApiSchema | undefined,
  call: ApiCall,
  user: string,
  guests: GuestConfigs,
): Need {
  const name = `${call.method} ${call.path}`;
  if (!schema)
    return { kind: 'unknown', what: `what ${name} needs: the server offers no API description` };
  const found = describedMethod(schema, call);
  if (!found)
    return { kind: 'unknown', what: `what ${name} needs: the server does not describe it` };
  const need = describedNeed(found.info, { ...call.params, ...found.pathParams }, user, name);
  return withPools(need, guests);
}

/** A VM that is made in a pool has the pool's rights from then on. */
function withPools(need: Need, guests: GuestConfigs): Need {
  if (need.kind === 'privilege') {
    const vmid = /^\/vms\/([^/]+)$/.exec(need.path)?.[1];
    const pool = vmid === undefined ? undefined : guests.poolOf(vmid);
    return pool === undefined ? need : any(need, on(`/pool/${pool}`, ...need.oneOf));
  }
  return 'of' in need ? { ...need, of: need.of.map((part) => withPools(part, guests)) } : need;
}
