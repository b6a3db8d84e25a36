import {
  type ContextDefaults,
  type Inventory,
  type Json,
  type Plan,
  type PveReader,
  ref,
} from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { planGuestDeletes } from '../guest/delete/plan.js';
import { bootDisk, type GuestConfig } from '../shared/guest-config.js';
import { shareReads } from '../shared/shared-reads.js';
import { VmidPicker } from '../shared/vmid-range.js';
import { compareGuest, type GuestState } from './compare.js';
import { type MakingContext, planCtFrom, planTemplateFrom, planVmFrom } from './create.js';
import { labelOf, type Manifest } from './document.js';
import { findGuest } from './find.js';
import { planPool } from './pool.js';
import type { Changes, Difference } from './tables.js';
import { noteLines, planUpdate } from './update.js';
import { newVolume } from './volumes.js';

export interface ApplyRequest {
  manifests: readonly Manifest[];
  /** Make guests anew where that is the only way. */
  replace: boolean;
  /** Refuse what is there already. */
  create?: boolean;
  defaults: ContextDefaults;
  signal: AbortSignal;
}

/** What only exists once an earlier stage was carried out. */
interface Coming {
  pools: ReadonlySet<string>;
  templates: ReadonlySet<string>;
}

/** Pools before templates before guests: each may need what stands before it. */
export function stagesOf(manifests: readonly Manifest[]): Manifest[][] {
  const of = (...kinds: string[]): Manifest[] =>
    manifests.filter(({ kind }) => kinds.includes(kind));
  return [of('Pool'), of('Template'), of('VirtualMachine', 'Container')].filter(
    (stage) => stage.length > 0,
  );
}

/**
 * A plan for each document; without steps where everything is as described.
 * @throws RequestError `PMX_NEEDS_REPLACE`, and what making or changing a guest may be refused for
 */
export async function planApply(
  reader: PveReader,
  known: Inventory,
  request: ApplyRequest,
): Promise<Plan[]> {
  const { pve, inventory } = shareReads(reader, known);
  const coming = await comingFrom(inventory, request.manifests);
  const picker = new VmidPicker(pve, request.defaults.vmids);
  for (const { metadata } of request.manifests)
    if (metadata.vmid !== undefined) await picker.reserve(metadata.vmid);
  const plans: Plan[] = [];
  for (const manifest of request.manifests) {
    const context = { pve: withPools(pve, coming), inventory, ...request };
    plans.push(await planOne(manifest, context, coming, picker).catch(placed(manifest)));
  }
  return plans;
}

type Context = Omit<ApplyRequest, 'manifests'> & Pick<MakingContext, 'pve' | 'inventory'>;

async function planOne(
  manifest: Manifest,
  context: Context,
  coming: Coming,
  picker: VmidPicker,
): Promise<Plan> {
  const { pve, inventory, replace } = context;
  if (manifest.kind === 'Pool') return planPool(pve, manifest);
  const state = await findGuest(pve, inventory, manifest);
  if (state && context.create) throw exists(manifest, state);
  if (!state) {
    if (coming.templates.has(String(manifest.spec['template']))) return later(manifest);
    const plannedVmid = manifest.metadata.vmid === undefined ? await picker.next() : undefined;
    const making = await planMaking(manifest, {
      ...context,
      completes: context.create !== true,
      ...(plannedVmid !== undefined && { plannedVmid }),
    });
    return context.create ? making : created(manifest, making);
  }
  const changes = compareState(manifest, state, context.defaults);
  const hard = changes.differences.filter(({ how }) => how === 'replace');
  if (hard.length === 0) return planUpdate(manifest, state, changes);
  if (!replace) throw needsReplace(manifest, state, hard);
  return replaced(manifest, state, changes, context);
}

export function compareState(
  manifest: Manifest,
  state: GuestState,
  defaults: ContextDefaults,
): Changes {
  return compareGuest(manifest, state, (slot, volume) =>
    newVolume(labelOf(manifest), slot, volume, defaults.storage ?? storageOf(state.config)),
  );
}

function storageOf(config: GuestConfig): string | undefined {
  const volume = bootDisk(config)?.volid ?? String(config['rootfs'] ?? '');
  return volume.includes(':') ? volume.split(':', 1)[0] : undefined;
}

function planMaking(manifest: Manifest, context: MakingContext): Promise<Plan> {
  if (manifest.kind === 'Container') return planCtFrom(manifest, context);
  if (manifest.kind === 'Template') return planTemplateFrom(manifest, context);
  return planVmFrom(manifest, context);
}

function created(manifest: Manifest, plan: Plan): Plan {
  const { node } = plan.result as { node: string };
  return {
    ...plan,
    result: {
      kind: manifest.kind,
      name: manifest.metadata.name,
      vmid: ref('vmid'),
      node,
      action: 'created',
      differences: [],
    },
  };
}

/** Of a plan that is only made when an earlier stage was carried out. */
export const laterOperation = 'manifest.later';

/** Nobody can look into a template that an earlier document only makes. */
function later(manifest: Manifest): Plan {
  const { name } = manifest.metadata;
  const { template } = manifest.spec;
  return {
    operation: laterOperation,
    target: `VM ${name}`,
    title: `Create VM ${name} from template ${String(template)}, once that is made`,
    steps: [],
    notes: [`VM ${name} is planned in full when template ${String(template)} is there.`],
    result: {
      kind: manifest.kind,
      name,
      vmid: null,
      node: null,
      action: 'created',
      differences: [],
    },
  };
}

/** The old one goes, a new one comes, under the same id where nobody wants another. */
async function replaced(
  manifest: Manifest,
  { guest }: GuestState,
  { differences }: Changes,
  context: Context,
): Promise<Plan> {
  const { pve, inventory } = context;
  const [removal] = await planGuestDeletes(pve, inventory, [guest], {
    stop: true,
    keepIso: false,
    deleteBackups: false,
    purge: true,
  });
  const making = await planMaking(
    { ...manifest, metadata: { node: guest.node, ...manifest.metadata } },
    { ...context, completes: true, plannedVmid: manifest.metadata.vmid ?? guest.vmid },
  );
  const plan = created(manifest, making);
  return {
    ...plan,
    operation: `${guest.type === 'lxc' ? 'ct' : 'vm'}.replace`,
    target: removal!.target,
    title: `Replace ${removal!.target} by a new one`,
    steps: [...removal!.steps, ...plan.steps],
    variables: { ...removal!.variables, ...plan.variables },
    ...(removal!.impact && { impact: removal!.impact }),
    notes: [
      ...noteLines(removal!.target, differences),
      ...(removal!.notes ?? []),
      ...(plan.notes ?? []).filter((note) => !note.startsWith('There is a guest named')),
    ],
    result: {
      ...(plan.result as Record<string, Json>),
      action: 'replaced',
      differences: differences as unknown as Json,
    },
  };
}

async function comingFrom(inventory: Inventory, manifests: readonly Manifest[]): Promise<Coming> {
  const names = (kind: string): string[] =>
    manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);
  const templates = names('Template');
  const guests = templates.length > 0 ? await inventory.freshGuests() : [];
  return {
    pools: new Set(names('Pool')),
    templates: new Set(
      templates.filter((name) => !guests.some((guest) => guest.template && guest.name === name)),
    ),
  };
}

/** A pool that this run makes first counts as one that is there. */
function withPools(pve: PveReader, { pools }: Coming): PveReader {
  return {
    ...pve,
    get: async <T>(path: string, params?: Parameters<PveReader['get']>[1]): Promise<T> => {
      const answer = await pve.get<T>(path, params);
      if (path !== '/pools' || params?.['poolid'] !== undefined || !Array.isArray(answer))
        return answer;
      const rows = answer as Array<{ poolid: string }>;
      const missing = [...pools].filter((pool) => !rows.some(({ poolid }) => poolid === pool));
      return [...rows, ...missing.map((poolid) => ({ poolid }))] as T;
    },
  };
}

function exists({ where, metadata }: Manifest, { guest }: GuestState): RequestError {
  return new RequestError({
    code: 'PMX_GUEST_EXISTS',
    message: `${where}: ${metadata.name} is there already (${guest.vmid} on node ${guest.node}).`,
    hints: ['Bring it to what the file says: pmx apply -f FILE'],
  });
}

function needsReplace(
  manifest: Manifest,
  { guest }: GuestState,
  hard: readonly Difference[],
): RequestError {
  const fields = hard.map(
    ({ field, current, wanted }) =>
      `${field} (${JSON.stringify(current)} → ${JSON.stringify(wanted)})`,
  );
  return new RequestError({
    code: 'PMX_NEEDS_REPLACE',
    message: `${manifest.where}: ${labelOf(manifest)} (${guest.vmid}) cannot be brought to ${fields.join(', ')}; only a new guest can be like this.`,
    hints: [
      'Leave the field as it is, or migrate the guest or move its disks first.',
      'Or have it made anew, with all that is on its disks lost: --replace',
    ],
    data: { differences: hard },
  });
}

/** Of many documents it is to be told which one. */
function placed(manifest: Manifest): (error: unknown) => never {
  return (error) => {
    if (!isPmxError(error) || error.exitCode !== 1 || error.message.startsWith(manifest.where))
      throw error;
    const { code, message, hints, data } = error;
    throw new RequestError({
      code,
      message: `${manifest.where}: ${message}`,
      hints: [...hints],
      ...(data && { data }),
      cause: error,
    });
  };
}
