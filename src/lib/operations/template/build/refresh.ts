import type { ContextDefaults, Guest, Inventory, Plan, PveReader } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { type Catalog, type Keyrings, loadCatalog, type Mirrors } from '../../../catalog/index.js';
import { inParallel } from '../../shared/parallel.js';
import { readConfig } from '../../shared/read-configs.js';
import { shareReads } from '../../shared/shared-reads.js';
import { VmidPicker } from '../../shared/vmid-range.js';
import { noVersion } from '../promote.js';
import { templateReference } from '../read.js';
import { readRecord, type TemplateRecord, versionOf } from '../record.js';
import { requestLike } from './from-template.js';
import { digestOf, identify, settingsDigest } from './identity.js';
import { halfBuilt, type Unfinished } from './interrupted.js';
import { planNewVersion, unchangedPlan } from './new-version.js';
import type { Builds } from './plan.js';

export interface RefreshRequest {
  templates: readonly Guest[];
  /** Leave out what cannot be refreshed, instead of refusing it. */
  lenient: boolean;
  defaults: ContextDefaults;
  mirrors: Mirrors | undefined;
  keyrings?: Keyrings | undefined;
  catalogFile: string | undefined;
  keep?: number;
  unfinished: Unfinished;
  signal: AbortSignal;
}

/**
 * New versions of templates whose publisher has a newer image, made up as they are.
 * @throws RequestError `PMX_NO_VERSION`, `PMX_NOT_REFRESHABLE`
 */
export async function planRefresh(
  reader: PveReader,
  known: Inventory,
  request: RefreshRequest,
): Promise<Builds & { skipped: string[] }> {
  const { pve, inventory } = shareReads(reader, known);
  const skipped: string[] = [];
  const able: Array<{ guest: Guest; record: TemplateRecord }> = [];
  for (const guest of request.templates) {
    const record = readRecord((await readConfig(pve, guest))?.['description']);
    const problem =
      notOfCatalog(guest, record) ??
      (versionOf(guest) === undefined ? noVersion(guest) : undefined);
    if (problem === undefined) able.push({ guest, record });
    else if (request.lenient) skipped.push(`Left out: ${problem.message}`);
    else throw problem;
  }
  const failures: Builds['failures'] = [];
  const catalog = loadCatalog(request.catalogFile);
  const picker = new VmidPicker(pve, request.defaults.vmids);
  const vmids: number[] = [];
  for (const _ of able) vmids.push(await picker.next());
  const plans = await inParallel([...able.entries()], async ([index, { guest, record }]) => {
    try {
      return await planOne(pve, inventory, guest, record, vmids[index]!, catalog, request);
    } catch (error) {
      if (!isPmxError(error) || error.exitCode === 130) throw error;
      if (error.exitCode === 1 && !request.lenient) throw error;
      if (error.exitCode === 1) {
        skipped.push(`Left out: ${error.message}`);
        return undefined;
      }
      failures.push({ target: `template ${guest.name}`, error });
      return undefined;
    }
  });
  return { plans: plans.filter((plan) => plan !== undefined), failures, skipped };
}

async function planOne(
  pve: PveReader,
  inventory: Inventory,
  guest: Guest,
  record: TemplateRecord,
  plannedVmid: number,
  catalog: Promise<Catalog>,
  { mirrors, keyrings, catalogFile, keep, unfinished, signal, defaults }: RefreshRequest,
): Promise<Plan> {
  const image = { distribution: record.catalog, mirrors, keyrings, catalogFile, signal };
  const { identity } = await identify(pve, guest.node, () => catalog, image);
  const installed = record.checksum ?? (record.sha256 ? `sha256:${record.sha256}` : undefined);
  if (identity !== undefined && identity === installed)
    return unchangedPlan('template.refresh', guest, {
      checksum: identity,
      note: `${templateReference(guest)} (${guest.vmid}) is made from the newest image.`,
    });
  const config = (await readConfig(pve, guest)) ?? {};
  const { request: like, notes } = requestLike(guest, config);
  const settings = record.settings ?? settingsDigest(like);
  const digest = identity === undefined ? undefined : digestOf(identity, settings);
  const half = await halfBuilt(`template ${guest.name}`, digest, unfinished);
  if (half.plan) return half.plan;
  const plan = await planNewVersion(pve, inventory, {
    operation: 'template.refresh',
    create: {
      ...like,
      ...image,
      withoutChecksum: identity?.startsWith('sha') !== true,
      ...(defaults.vmids !== undefined && { vmids: defaults.vmids }),
    },
    plannedVmid,
    ...(digest !== undefined && { digest, settings }),
    ...(keep !== undefined && { keep }),
  });
  return { ...plan, notes: [...(plan.notes ?? []), ...notes, ...half.notes] };
}

function notOfCatalog(guest: Guest, { catalog }: TemplateRecord): RequestError | undefined {
  if (catalog !== undefined) return undefined;
  return new RequestError({
    code: 'PMX_NOT_REFRESHABLE',
    message: `Template ${templateReference(guest)} (${guest.vmid}) was not made from a distribution of the catalogue, so nobody says what is newer.`,
    hints: [
      'Make its next version yourself: pmx template create … --version auto',
      'Or list it with its image in a file: pmx template build -f templates.yaml',
    ],
  });
}
