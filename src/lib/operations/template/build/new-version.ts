import {
  allSteps,
  type Guest,
  type ImpactItem,
  type Inventory,
  type Plan,
  type PveReader,
  ref,
  type Step,
} from '@pmx-cli/kit';

import { planGuestDeletes } from '../../guest/delete/plan.js';
import { planTemplateCreate, type TemplateCreateRequest } from '../create.js';
import { familyOf, readUses, templateReference } from '../read.js';
import { isLatest, versionOf } from '../record.js';
import { markOf } from './interrupted.js';

export interface TemplateBuildResult {
  name: string;
  /** `unchanged`: this image with these settings is there already, and nothing was written. */
  action: 'built' | 'unchanged';
  changed: boolean;
  vmid: number;
  version: string | null;
  node: string;
  /** `sha512:…`, of the image as it is published; null where nobody says. */
  checksum: string | null;
  /** Of image and settings. */
  digest: string | null;
  /** Older versions that went: `debian-13@2026.11.6`. */
  pruned: string[];
  operation: string | null;
}

export interface NewVersionRequest {
  operation: 'template.build' | 'template.refresh';
  create: TemplateCreateRequest;
  /** Of image and settings, and of the settings alone. */
  digest?: string;
  settings?: string;
  /** Picked beforehand, since several are planned together. */
  plannedVmid?: number;
  keep?: number;
  /** One of several copies: versions of other nodes are counted and kept by theirs. */
  copy?: boolean;
}

/**
 * A new version of a template; those beyond `keep` go once it is there.
 * @throws RequestError as `template create` does
 */
export async function planNewVersion(
  pve: PveReader,
  inventory: Inventory,
  { operation, create, digest, settings, plannedVmid, keep, copy = false }: NewVersionRequest,
): Promise<Plan> {
  const plan = await planTemplateCreate(pve, inventory, {
    ...create,
    version: create.version ?? 'auto',
    ...(digest !== undefined &&
      settings !== undefined && { record: { ...create.record, build: digest, settings } }),
  });
  const made = plan.result as {
    name: string;
    version: string;
    node: string;
    image: { checksum: string | null };
  };
  const old =
    keep === undefined
      ? { steps: [], removes: [], names: [], notes: [] }
      : await pruning(pve, inventory, made.name, {
          keep,
          promotes: create.keepLatest !== true,
          ...(copy && { node: made.node }),
        });
  const mark = digest === undefined ? '' : ` ${markOf(digest)}`;
  const result = {
    name: made.name,
    action: 'built',
    changed: true,
    vmid: ref('vmid'),
    version: made.version,
    node: made.node,
    checksum: made.image.checksum,
    digest: digest ?? null,
    pruned: old.names,
    operation: ref('operation'),
  };
  return {
    ...plan,
    operation,
    title: `${plan.title.replace(/^Create template \S+/, `Build template ${made.name}@${made.version}`)}${mark}`,
    steps: [...allSteps(plan.steps), ...old.steps],
    ...(plannedVmid !== undefined && { variables: { ...plan.variables, vmid: plannedVmid } }),
    notes: [...(plan.notes ?? []), ...old.notes],
    ...(old.removes.length > 0 && { impact: { removes: old.removes, keeps: [] } }),
    result,
  };
}

/** There is nothing to do: this image with these settings is there. */
export function unchangedPlan(
  operation: NewVersionRequest['operation'],
  { name, vmid, node, tags }: Guest,
  { digest, checksum, note }: { digest?: string; checksum?: string; note: string },
): Plan {
  const result = {
    name,
    action: 'unchanged',
    changed: false,
    vmid,
    version: versionOf({ tags }) ?? null,
    node,
    checksum: checksum ?? null,
    digest: digest ?? null,
    pruned: [],
    operation: null,
  } satisfies TemplateBuildResult;
  return {
    operation,
    target: `template ${name}`,
    title: `Build template ${name}`,
    steps: [],
    notes: [note],
    result,
  };
}

/** The new version counts as one of those that stay. */
async function pruning(
  pve: PveReader,
  inventory: Inventory,
  name: string,
  { keep, promotes, node }: { keep: number; promotes: boolean; node?: string },
): Promise<{ steps: Step[]; removes: ImpactItem[]; names: string[]; notes: string[] }> {
  const guests = await inventory.freshGuests();
  const family = familyOf(guests, { name, type: 'qemu' }).filter(
    (guest) => node === undefined || guest.node === node,
  );
  const versions = [...new Set(family.map((guest) => versionOf(guest)!))];
  const stays = new Set(versions.slice(0, keep - 1));
  const beyond = family.filter(
    (guest) => !stays.has(versionOf(guest)!) && (promotes || !isLatest(guest)),
  );
  const uses = beyond.length > 0 ? await readUses(pve, guests, beyond) : new Map();
  const linkedTo = ({ vmid }: Guest): string[] =>
    ((uses.get(vmid) ?? []) as Array<{ linked: boolean; vmid: number; name: string }>)
      .filter(({ linked }) => linked)
      .map((clone) => `${clone.vmid} (${clone.name})`);
  const free = beyond.filter((guest) => linkedTo(guest).length === 0);
  const plans =
    free.length === 0
      ? []
      : await planGuestDeletes(pve, inventory, free, {
          stop: false,
          keepIso: false,
          deleteBackups: false,
          purge: true,
        });
  return {
    steps: plans.flatMap(({ steps }, index) =>
      allSteps(steps).map((step) => ({ ...step, id: `${step.id}-${free[index]!.vmid}` })),
    ),
    removes: plans.flatMap(({ impact }) => [...(impact?.removes ?? [])]),
    names: free.map(templateReference),
    notes: beyond
      .filter((guest) => !free.includes(guest))
      .map(
        (guest) =>
          `${templateReference(guest)} (${guest.vmid}) stays: linked clones stand on it: ${linkedTo(guest).join(', ')}.`,
      ),
  };
}
