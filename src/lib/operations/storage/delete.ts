import { type Inventory, invalid, type Plan, type PveReader, type Storage } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { findStorage } from '../shared/places.js';
import { shareReads } from '../shared/shared-reads.js';
import { sizeInWords } from '../shared/size.js';
import { findUses, type VolumeUse } from './usage.js';

export interface DeletedVolume {
  volid: string;
  node: string;
}

interface ContentRow {
  volid: string;
  content: string;
  size?: number;
  vmid?: number | string;
  protected?: number;
}

interface Found {
  node: string;
  storage: string;
  shared: boolean;
  row: ContentRow;
}

/**
 * One plan for each volume. A volume that a guest uses is refused, with all others.
 * @throws RequestError `PMX_INVALID_VOLUME`, `PMX_VOLUME_NOT_FOUND`, `PMX_AMBIGUOUS_VOLUME`,
 *   `PMX_VOLUME_IN_USE`, `PMX_VOLUME_PROTECTED`
 */
export async function planVolumeDelete(
  reader: PveReader,
  all: Inventory,
  volids: readonly string[],
  node: string | undefined,
): Promise<Plan[]> {
  const { pve, inventory } = shareReads(reader, all);
  const wanted = [...new Set(volids)];
  const found = await Promise.all(wanted.map((volid) => locate(pve, inventory, volid, node)));
  const asked = found.filter(({ row }) => ['images', 'rootdir', 'iso'].includes(row.content));
  const uses =
    asked.length === 0
      ? new Map<string, VolumeUse[]>()
      : await findUses(
          pve,
          inventory,
          asked.map(({ row }) => ({
            volid: row.volid,
            ...(row.vmid !== undefined && { vmid: Number(row.vmid) }),
          })),
        );
  for (const { row } of found) {
    refuseUsed(row.volid, uses.get(row.volid) ?? []);
    refuseProtected(row);
  }
  const offline = (await inventory.nodes()).filter(({ status }) => status === 'offline');
  return found.map((each) =>
    planFor(
      each,
      offline.map((away) => away.node),
    ),
  );
}

function planFor({ node, storage, shared, row }: Found, offline: readonly string[]): Plan {
  const { volid, size, content } = row;
  const detail = [content, size === undefined ? undefined : sizeInWords(Number(size))]
    .filter(Boolean)
    .join(', ');
  const unseen = shared && offline.length > 0;
  return {
    operation: 'storage.delete',
    target: volid,
    title: `Delete ${volid} on node ${node}`,
    steps: [
      {
        id: 'delete',
        title: `Delete ${volid}`,
        kind: 'pve.discard-volume',
        destructive: true,
        args: { node, storage, volid },
      },
    ],
    impact: { removes: [{ what: 'volume', name: volid, detail }], keeps: [] },
    ...(unseen && {
      notes: [
        `Guests of ${offline.join(', ')} cannot be asked whether they use ${volid}: offline.`,
      ],
    }),
    result: { volid, node },
  };
}

async function locate(
  pve: PveReader,
  inventory: Inventory,
  volid: string,
  node: string | undefined,
): Promise<Found> {
  const [, name] = /^([A-Za-z][\w.-]*):\S+$/.exec(volid) ?? [];
  if (name === undefined) {
    throw invalid(
      'PMX_INVALID_VOLUME',
      'Volume',
      volid,
      'it must be the name of a storage, a colon, and the volume',
      'For example: local:iso/debian-12.iso',
      'See them: pmx storage content local',
    );
  }
  // Also says which storages there are when it is not one of them.
  const any = await findStorage(inventory, name, node);
  const places = (node === undefined ? await inventory.storages() : [any]).filter(
    (place) => place.storage === name && place.active,
  );
  const looked = any.shared ? [any] : places;
  const hits = (await Promise.all(looked.map((place) => rowsOf(pve, place, volid)))).flat();
  if (hits.length === 1) return hits[0]!;
  if (hits.length > 1) {
    throw new RequestError({
      code: 'PMX_AMBIGUOUS_VOLUME',
      message: `There is ${volid} on ${hits.map((hit) => hit.node).join(', ')}, each its own.`,
      hints: [`Name the node: --node ${hits[0]!.node}`],
      data: { volid, nodes: hits.map((hit) => hit.node) },
    });
  }
  throw new RequestError({
    code: 'PMX_VOLUME_NOT_FOUND',
    message: `There is no volume '${volid}' that you may see.`,
    hints: [`See what is there: pmx storage content ${name}`],
    data: { volid },
  });
}

async function rowsOf(
  pve: PveReader,
  { node, storage, shared }: Storage,
  volid: string,
): Promise<Found[]> {
  const rows = await pve.get<ContentRow[]>(`/nodes/${node}/storage/${storage}/content`);
  const row = rows.find((each) => each.volid === volid);
  return row ? [{ node, storage, shared, row }] : [];
}

function refuseUsed(volid: string, uses: readonly VolumeUse[]): void {
  const [first] = uses;
  if (!first) return;
  const noun = first.type === 'lxc' ? 'ct' : 'vm';
  throw new RequestError({
    code: 'PMX_VOLUME_IN_USE',
    message: `${volid} is in use: ${uses.map(inWords).join('; ')}. Nothing was deleted.`,
    hints: [
      first.snapshot === undefined
        ? `Take it out of the guest first; see it: pmx ${noun} show ${first.vmid}`
        : `Delete the snapshot first: it needs the volume.`,
    ],
    data: { volid, uses },
  });
}

function inWords({ vmid, type, name, slot, snapshot }: VolumeUse): string {
  const guest = `${type === 'lxc' ? 'container' : 'VM'} ${vmid} (${name})`;
  return `${slot} of ${guest}${snapshot === undefined ? '' : `, in snapshot ${snapshot}`}`;
}

function refuseProtected({ volid, protected: kept }: ContentRow): void {
  if (Number(kept ?? 0) !== 1) return;
  throw new RequestError({
    code: 'PMX_VOLUME_PROTECTED',
    message: `The backup ${volid} is protected.`,
    hints: ['Lift the protection first, if it really has to go.'],
    data: { volid },
  });
}
