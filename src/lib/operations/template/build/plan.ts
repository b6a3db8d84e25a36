import { resolve } from 'node:path';

import {
  type ContextDefaults,
  type Guest,
  type Inventory,
  parseNetworkDevice,
  type Plan,
  type PveReader,
} from '@pmx-cli/kit';
import { isPmxError, type PmxError, RequestError } from '@pmx-cli/kit/errors';

import { type Catalog, type Keyrings, loadCatalog, type Mirrors } from '../../../catalog/index.js';
import { inParallel } from '../../shared/parallel.js';
import { chooseNode } from '../../shared/places.js';
import { readConfig } from '../../shared/read-configs.js';
import { shareReads } from '../../shared/shared-reads.js';
import { VmidPicker } from '../../shared/vmid-range.js';
import { bakes, readBake } from '../bake/recipe.js';
import type { TemplateCreateRequest } from '../create.js';
import { type Copy, copiesOn, onNode } from '../on-nodes.js';
import { hardwareProfiles } from '../profiles.js';
import { familyOf, templateReference } from '../read.js';
import { isLatest, readRecord, versionOf } from '../record.js';
import { digestOf, identify, settingsDigest } from './identity.js';
import { halfBuilt, type Unfinished } from './interrupted.js';
import { planNewVersion, unchangedPlan } from './new-version.js';
import type { BuildEntry } from './read.js';

export interface BuildRequest {
  entries: readonly BuildEntry[];
  defaults: ContextDefaults;
  mirrors: Mirrors | undefined;
  keyrings?: Keyrings | undefined;
  catalogFile: string | undefined;
  /** Of entries that do not say it themselves. */
  keep?: number;
  unfinished: Unfinished;
  signal: AbortSignal;
}

export interface Builds {
  plans: Plan[];
  /** Entries whose publisher or server stands in the way; the others are built. */
  failures: Array<{ target: string; error: PmxError }>;
}

/** A template of the file, or one of its copies on several nodes. */
interface Wanted extends BuildEntry {
  copy?: Copy;
}

interface Candidate {
  entry: Wanted;
  create: TemplateCreateRequest;
  settings: string;
  digest: string | undefined;
}

const defaultMemory = 2048;
const defaultCores = 2;
const defaultBridge = 'vmbr0';
/** For each part of what is put into a template. */
const bakeSeconds = 1200;

/**
 * A plan for each entry; without steps for what is there already, with this image and these settings.
 * @throws RequestError for what is wrong with any entry, with its place in the file
 */
export async function planBuilds(
  reader: PveReader,
  known: Inventory,
  request: BuildRequest,
): Promise<Builds> {
  const { pve, inventory } = shareReads(reader, known);
  const { entries } = request;
  let catalog: Promise<Catalog> | undefined;
  const load = () => (catalog ??= loadCatalog(request.catalogFile));
  const failures: Builds['failures'] = [];
  const attempt = async <T>(entry: Wanted, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isPmxError(error) || error.exitCode === 130) throw error;
      if (error.exitCode === 1 && entries.length > 1) throw placed(entry, error);
      if (error.exitCode === 1) throw error;
      failures.push({ target: targetOf(entry), error });
      return undefined;
    }
  };
  const expanded = await inParallel(entries, (entry) =>
    attempt(entry, () => copiesOf(inventory, entry, request.defaults.storage)),
  );
  const wanted = expanded.flatMap((copies) => copies ?? []);
  const looked = await inParallel(wanted, (entry) =>
    attempt(entry, async (): Promise<Plan | Candidate> => {
      const create = createRequest(entry, request);
      const node = await chooseNode(inventory, create.node);
      const { identity } = await identify(pve, node, load, create);
      const baked = bakes(create.bake) && (await readBake(create.bake));
      const settings = settingsDigest({
        ...ownSettings(entry),
        ...(baked && { recipe: baked.recipe, snippets: baked.snippets }),
      });
      const digest = identity === undefined ? undefined : digestOf(identity, settings);
      const built = digest === undefined ? [] : await findBuilt(pve, inventory, entry.name, digest);
      const there = built.find((guest) => entry.node === undefined || guest.node === entry.node);
      if (!there)
        return { entry, create: { ...create, ...likeCopy(entry, built[0]) }, settings, digest };
      const unchanged = unchangedPlan('template.build', there, {
        digest: digest!,
        note: `${templateReference(there)} (${there.vmid}) is this image with these settings already.`,
      });
      return { ...unchanged, target: targetOf(entry) };
    }),
  );
  const picker = new VmidPicker(pve, request.defaults.vmids);
  const vmids = new Map<Candidate, number>();
  for (const found of looked) if (found && 'entry' in found) vmids.set(found, await picker.next());
  const plans = await inParallel(looked, async (found) => {
    if (found === undefined || !('entry' in found)) return found;
    const { entry, create, settings, digest } = found;
    const keep = entry.keep ?? request.keep;
    return attempt(entry, async () => {
      const half = await halfBuilt(targetOf(entry), digest, request.unfinished);
      if (half.plan) return half.plan;
      const plan = await planNewVersion(pve, inventory, {
        operation: 'template.build',
        create,
        plannedVmid: vmids.get(found)!,
        ...(digest !== undefined && { digest, settings }),
        ...(keep !== undefined && { keep }),
        copy: entry.copy !== undefined,
      });
      const notes = [
        ...(plan.notes ?? []),
        ...half.notes,
        ...(entry.copy?.note === undefined ? [] : [entry.copy.note]),
      ];
      if (digest === undefined)
        notes.push(
          `${entry.name} is built each time: nothing tells whether its publisher has changed the image.`,
        );
      return { ...plan, target: targetOf(entry), notes };
    });
  });
  return { plans: plans.filter((plan) => plan !== undefined), failures };
}

/** An entry with several nodes is as many templates, each on its node. */
async function copiesOf(
  inventory: Inventory,
  entry: BuildEntry,
  storage: string | undefined,
): Promise<Wanted[]> {
  if (entry.nodes === undefined) return [entry];
  const copies = await copiesOn(inventory, entry.nodes, entry.storage ?? storage);
  return copies.map((copy) => ({ ...entry, node: copy.node, copy }));
}

/** A copy that comes later is the same version as those that are there. */
function likeCopy(
  { copy, version }: Wanted,
  built: Guest | undefined,
): Pick<TemplateCreateRequest, 'version' | 'keepLatest'> {
  if (copy === undefined || built === undefined || (version ?? 'auto') !== 'auto') return {};
  return { version: versionOf(built)!, ...(!isLatest(built) && { keepLatest: true }) };
}

function createRequest(entry: Wanted, request: BuildRequest): TemplateCreateRequest {
  const { defaults, mirrors, keyrings, catalogFile, signal } = request;
  const profile = entry.profile && hardwareProfiles[entry.profile];
  const { storage = defaults.storage, node = defaults.node, pool = defaults.pool } = entry;
  const uefi = entry.bios === 'ovmf' || entry.secureBoot === true;
  return {
    imagePath: entry.image === undefined ? undefined : resolve(entry.folder, entry.image),
    distribution: entry.distribution,
    url: entry.url,
    checksum: entry.checksum,
    withoutChecksum: entry.unchecked,
    fetch: entry.fetch,
    arch: entry.arch,
    mirrors,
    keyrings,
    catalogFile,
    signal,
    name: entry.name,
    ...(defaults.vmids !== undefined && { vmids: defaults.vmids }),
    ...(pool !== undefined && { pool }),
    ...(node !== undefined && { node }),
    ...(storage !== undefined && { storage }),
    ...(entry.importStorage !== undefined && { importStorage: entry.importStorage }),
    ...(entry.format !== undefined && { format: entry.format }),
    memoryMebibytes: entry.memory ?? profile?.memoryMebibytes ?? defaultMemory,
    cores: entry.cores ?? profile?.cores ?? defaultCores,
    networks: entry.networks ?? [parseNetworkDevice(defaults.bridge ?? defaultBridge)],
    settings: {
      ...profile?.settings,
      ...(entry.cpu !== undefined && { cpu: entry.cpu }),
      ...((entry.bios !== undefined || uefi) && { bios: entry.bios ?? 'ovmf' }),
      ...(entry.machine !== undefined && { machine: entry.machine }),
      ...entry.options,
    },
    ...(profile && { diskOptions: profile.disk }),
    ...(uefi && { efi: { secureBoot: entry.secureBoot === true } }),
    ...(entry.tpm !== undefined && { tpm: entry.tpm }),
    cloudInit: entry.cloudInit ?? 'native',
    bake: {
      packages: entry.packages ?? [],
      snippets: entry.snippets ?? [],
      ...(entry.script !== undefined && { script: resolve(entry.folder, entry.script) }),
      timeoutSeconds: bakeSeconds,
    },
    tags: [...new Set([...(defaults.tags ?? []), ...(entry.tags ?? [])])],
    version: entry.version ?? 'auto',
    keepLatest: entry.promote === false,
    retires: entry.copy?.retires,
  };
}

/** What of an entry makes another template; where it lies in the file and how it is fetched does not. */
function ownSettings(entry: BuildEntry): object {
  const { arch, storage, format, pool, tags, memory, cores, profile, cpu } = entry;
  const { bios, secureBoot, tpm, machine, networks, cloudInit, options } = entry;
  return {
    ...{ arch, storage, format, pool, tags, memory, cores, profile, cpu },
    ...{ bios, secureBoot, tpm, machine, networks, cloudInit, options },
  };
}

async function findBuilt(
  pve: PveReader,
  inventory: Inventory,
  name: string,
  digest: string,
): Promise<Guest[]> {
  const built: Guest[] = [];
  for (const guest of familyOf(await inventory.freshGuests(), { name, type: 'qemu' }))
    if (readRecord((await readConfig(pve, guest))?.['description']).build === digest)
      built.push(guest);
  return built;
}

function targetOf({ name, copy }: Wanted): string {
  const target = `template ${name}`;
  return copy === undefined ? target : onNode(target, copy.node);
}

/** Of many it is to be told which one, and where it stands. */
function placed({ where, name }: BuildEntry, error: PmxError): RequestError {
  const { code, message, hints, data } = error;
  return new RequestError({
    code,
    message: `${where}: ${name}: ${message}`,
    hints: [...hints],
    ...(data && { data }),
    cause: error,
  });
}
