import { type Inventory, parseGuestName, type Plan, type PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { shareReads } from '../shared/shared-reads.js';
import { VmidPicker } from '../shared/vmid-range.js';
import { conflictNotes, countUp, staticAddresses } from './addresses.js';
import { type NewVmRequest, planNewVm } from './create-any.js';
import { expandNames } from './names.js';

export interface VmRow {
  /** `web-01`, `web-01..05`, `web-{n}`. */
  pattern: string;
  count?: number;
  request: Omit<NewVmRequest, 'name'>;
}

/**
 * One plan for each VM: names spread, ids distinct, static addresses counted up.
 * @throws RequestError `PMX_INVALID_BULK`, `PMX_NAME_TWICE`, and what a single one may be refused for
 */
export async function planVms(
  reader: PveReader,
  known: Inventory,
  rows: readonly VmRow[],
): Promise<Plan[]> {
  const { pve, inventory } = shareReads(reader, known);
  const requests = rows.flatMap(spread);
  refuseTwins(requests);
  const notes = await addressNotes(pve, inventory, requests);
  const pickers = new Map<string, VmidPicker>();
  const pick = async ({ vmid, vmids = '' }: NewVmRequest): Promise<number | undefined> => {
    // A single one takes what the server says, as before.
    if (vmid !== undefined || requests.length === 1) return undefined;
    const picker = pickers.get(vmids) ?? new VmidPicker(pve, vmids || undefined);
    if (!pickers.has(vmids))
      for (const other of requests) if (other.vmid !== undefined) await picker.reserve(other.vmid);
    pickers.set(vmids, picker);
    return picker.next();
  };
  const plans: Plan[] = [];
  for (const request of requests) {
    const plannedVmid = await pick(request);
    plans.push(
      await planNewVm(pve, inventory, {
        ...request,
        ...(plannedVmid !== undefined && { plannedVmid }),
      }).catch((error: unknown) => {
        throw requests.length > 1 ? named(request.name, error) : error;
      }),
    );
  }
  const [first, ...rest] = plans;
  return first ? [{ ...first, notes: [...(first.notes ?? []), ...notes] }, ...rest] : [];
}

function spread({ pattern, count, request }: VmRow): NewVmRequest[] {
  return expandNames(pattern, count).map((name, index) => ({
    ...request,
    name: parseGuestName(name),
    ...(request.vmid !== undefined && { vmid: request.vmid + index }),
    cloudInit: {
      ...request.cloudInit,
      ...(request.cloudInit.ip !== undefined && { ip: countUp(request.cloudInit.ip, index) }),
    },
  }));
}

function refuseTwins(requests: readonly NewVmRequest[]): void {
  const seen = new Set<string>();
  for (const { name, vmid } of requests) {
    for (const key of [name.toLowerCase(), ...(vmid === undefined ? [] : [`VMID ${vmid}`])]) {
      if (seen.has(key)) {
        throw new RequestError({
          code: 'PMX_NAME_TWICE',
          message: `Two of the new VMs would be called '${key}'.`,
          hints: ['Give each a name and an id of its own; nothing was made.'],
        });
      }
      seen.add(key);
    }
  }
}

async function addressNotes(
  pve: PveReader,
  inventory: Inventory,
  requests: readonly NewVmRequest[],
): Promise<string[]> {
  const addresses = requests.flatMap(({ cloudInit: { ip } }) =>
    ip === undefined ? [] : staticAddresses(ip),
  );
  if (addresses.length === 0) return [];
  const twice = [...new Set(addresses.filter((own, index) => addresses.indexOf(own) !== index))];
  return [
    ...twice.map((address) => `Two of the new VMs get the address ${address}.`),
    ...(await conflictNotes(pve, await inventory.freshGuests(), addresses)),
  ];
}

/** Of many it is to be told which one. */
function named(name: string, error: unknown): unknown {
  if (!isPmxError(error) || error.exitCode !== 1) return error;
  const { code, message, hints } = error;
  return new RequestError({
    code,
    message: `${name}: ${message}`,
    hints: [...hints],
    cause: error,
  });
}
