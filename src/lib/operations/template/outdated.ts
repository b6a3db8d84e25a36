import type { Guest, Inventory, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import {
  type Catalog,
  type Keyrings,
  loadCatalog,
  type Mirrors,
  resolveBuild,
} from '../../catalog/index.js';
import { inParallel } from '../shared/parallel.js';
import { readConfig } from '../shared/read-configs.js';
import { shareReads } from '../shared/shared-reads.js';
import { familyOf } from './read.js';
import { isLatest, readRecord, versionOf } from './record.js';
import { archFor } from './remote-image.js';

export interface OutdatedRow {
  vmid: number;
  name: string;
  version: string | null;
  node: string;
  /** Entry of the catalogue that it was made from. */
  catalog: string | null;
  made: string | null;
  /** `unknown`: nobody says what is newest; `failed`, `offline`: the publisher could not be asked. */
  status: 'current' | 'outdated' | 'unknown' | 'failed' | 'offline';
  /** Checksum of the image that it was made from, and of the newest one. */
  installed: string | null;
  newest: string | null;
  /** Newest build, where the publisher gives it a name. */
  build: string | null;
  detail: string | null;
}

export interface OutdatedRequest {
  mirrors: Mirrors | undefined;
  keyrings?: Keyrings | undefined;
  catalogFile: string | undefined;
  signal: AbortSignal;
}

/** Of each name the version that the bare name means, and templates without versions. */
export function newestOfEach(guests: readonly Guest[]): Guest[] {
  return guests.filter((guest) => {
    if (versionOf(guest) === undefined) return true;
    const family = familyOf(guests, guest);
    return guest === (family.find(isLatest) ?? family[0]);
  });
}

/** Templates beside what their publishers have now. */
export async function findOutdated(
  reader: PveReader,
  known: Inventory,
  templates: readonly Guest[],
  request: OutdatedRequest,
): Promise<OutdatedRow[]> {
  const { pve } = shareReads(reader, known);
  const catalog = await loadCatalog(request.catalogFile);
  return inParallel(templates, (template) => lookAt(pve, catalog, template, request));
}

async function lookAt(
  pve: PveReader,
  catalog: Catalog,
  template: Guest,
  { mirrors, keyrings, signal }: OutdatedRequest,
): Promise<OutdatedRow> {
  const { vmid, name, node } = template;
  const record = readRecord((await readConfig(pve, template))?.['description']);
  const installed = record.checksum ?? (record.sha256 ? `sha256:${record.sha256}` : null);
  const row: OutdatedRow = {
    ...{ vmid, name, node, installed },
    version: versionOf(template) ?? null,
    catalog: record.catalog ?? null,
    made: record.made ?? null,
    status: 'unknown',
    newest: null,
    build: null,
    detail: null,
  };
  if (record.catalog === undefined)
    return { ...row, detail: 'it was not made from a distribution of the catalogue' };
  try {
    const entry = catalog.find(record.catalog);
    const arch = await archFor(pve, node, undefined);
    const { checksum, build } = await resolveBuild(entry, { arch, mirrors, keyrings, signal });
    const newest = checksum ? `${checksum.algorithm}:${checksum.value}` : null;
    const found = { ...row, newest, build: build ?? null };
    if (newest === null) return { ...found, detail: 'its publisher names no checksum' };
    if (installed?.split(':')[0] !== newest.split(':')[0])
      return { ...found, detail: 'nothing says which of its builds it was made from' };
    return { ...found, status: installed === newest ? 'current' : 'outdated' };
  } catch (error) {
    if (!isPmxError(error) || error.exitCode === 130) throw error;
    const offline = error.code === 'PMX_DOWNLOAD_UNREACHABLE';
    return { ...row, status: offline ? 'offline' : 'failed', detail: error.message };
  }
}
