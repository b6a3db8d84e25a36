import type { Guest, Inventory, Plan, PveMigrateArgs, PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { GuestConfig } from '../shared/guest-config.js';
import { chooseNode, requireStorage } from '../shared/places.js';
import { disksOf, linkNotes } from './disk/read.js';
import { guestLabel, guestPath, kindOf } from './kind.js';
import { readConfig } from './reads.js';

export interface MigrateRequest {
  guest: Guest;
  to: string;
  /** A running VM goes on meanwhile; a running container is shut down and started there. */
  whileRunning: boolean;
  /** Copy disks that only the present node has. */
  localDisks: boolean;
  targetStorage?: string;
}

export interface MigrateResult {
  vmid: number;
  name: string;
  node: string;
  changed: boolean;
  from: string;
}

interface LocalDisk {
  volid: string;
  drivename?: string;
  cdrom?: number;
}

/** What PVE itself knows to be in the way; the two kinds of guests spell it differently. */
interface Preconditions {
  running?: number;
  local_disks?: LocalDisk[];
  local_resources?: string[];
  not_allowed_nodes?: Record<string, { unavailable_storages?: string[] }>;
  'not-allowed-nodes'?: Record<string, { 'unavailable-storages'?: string[] }>;
}

/**
 * @throws RequestError `PMX_NODE_…`, `PMX_MIGRATE_RUNNING`, `PMX_MIGRATE_STORAGE`,
 * `PMX_MIGRATE_LOCAL_DISKS`, `PMX_MIGRATE_CDROM`, `PMX_MIGRATE_LOCAL_DEVICES`
 */
export async function planMigrate(
  pve: PveReader,
  inventory: Inventory,
  request: MigrateRequest,
): Promise<Plan> {
  const { guest } = request;
  const to = await chooseNode(inventory, request.to);
  const target = guestLabel(guest);
  const changed = to !== guest.node;
  const plan = {
    operation: `${kindOf(guest).topic}.migrate`,
    target,
    title: `Migrate ${target} from node ${guest.node} to ${to}`,
    result: { vmid: guest.vmid, name: guest.name, node: to, changed, from: guest.node },
  };
  if (!changed)
    return {
      ...plan,
      steps: [],
      notes: [`${target} is on node ${to} already; nothing to change.`],
    };
  const [found, config, status] = await Promise.all([
    pve.get<Preconditions>(`${guestPath(guest)}/migrate`, { target: to }),
    readConfig(pve, guest),
    pve.get<{ status?: string; ha?: { managed?: number } }>(`${guestPath(guest)}/status/current`),
  ]);
  const running = status.status === 'running';
  refuse(request, found, running, to);
  await requirePlaces(inventory, request, config, to);
  const args: PveMigrateArgs = {
    type: guest.type,
    vmid: guest.vmid,
    from: guest.node,
    to,
    running,
    ...(request.localDisks && { localDisks: true }),
    ...(request.targetStorage !== undefined && { targetStorage: request.targetStorage }),
  };
  const { targetStorage: _, ...plain } = args;
  const home = homeStorage(request, found, guest, config);
  return {
    ...plan,
    steps: [
      {
        id: 'migrate',
        title: plan.title,
        kind: 'pve.migrate',
        args,
        undo: [
          {
            title: `Bring ${target} back to node ${guest.node}`,
            kind: 'pve.migrate',
            args: {
              ...plain,
              from: to,
              to: guest.node,
              ...(home !== undefined && { targetStorage: home }),
            },
          },
        ],
      },
    ],
    notes: [
      ...(status.ha?.managed
        ? ['It is under HA: the HA manager moves it, when its turn comes.']
        : []),
      ...(running && guest.type === 'lxc' ? ['It is shut down, moved, and started there.'] : []),
      ...copiedDisks(found).map(({ volid }) => `${volid} is copied over the network.`),
      ...linkNotes(copiedDisks(found).map(({ volid }) => volid)),
    ],
  };
}

/** A cloud-init drive is made anew where the guest goes. */
function localVolumes({ local_disks: local = [] }: Preconditions): LocalDisk[] {
  return local.filter(({ volid }) => !/[-/]cloudinit(?:\.\w+)?$/.test(volid));
}

function copiedDisks(found: Preconditions): LocalDisk[] {
  return localVolumes(found).filter(({ cdrom }) => !cdrom);
}

/** Where copied disks came from, so that undo brings them there again. */
function homeStorage(
  { targetStorage }: MigrateRequest,
  found: Preconditions,
  guest: Guest,
  config: GuestConfig,
): string | undefined {
  if (targetStorage === undefined) return undefined;
  const volumes =
    guest.type === 'qemu'
      ? copiedDisks(found).map(({ volid }) => volid)
      : disksOf(guest, config).map(({ volid }) => volid);
  const storages = [...new Set(volumes.map((volid) => volid.slice(0, volid.indexOf(':'))))];
  return storages.length === 1 ? storages[0] : undefined;
}

function refuse(
  { guest, whileRunning, localDisks, targetStorage }: MigrateRequest,
  found: Preconditions,
  running: boolean,
  to: string,
): void {
  const target = guestLabel(guest);
  const { topic } = kindOf(guest);
  const again = `pmx ${topic} migrate ${guest.vmid} --to ${to}`;
  if (running && !whileRunning) {
    const flag = guest.type === 'lxc' ? '--restart' : '--online';
    throw new RequestError({
      code: 'PMX_MIGRATE_RUNNING',
      message: `${target} is running.`,
      hints: [
        `${guest.type === 'lxc' ? 'Shut it down, move it and start it there' : 'Move it while it runs'}: ${again} ${flag}`,
        `Or stop it first: pmx ${topic} shutdown ${guest.vmid}`,
      ],
    });
  }
  const devices = found.local_resources ?? [];
  if (devices.length > 0) {
    throw new RequestError({
      code: 'PMX_MIGRATE_LOCAL_DEVICES',
      message: `${target} uses devices of node ${guest.node}: ${devices.join(', ')}.`,
      hints: [
        `Take them off first: pmx ${topic} set ${guest.vmid} ${devices.map((name) => `--delete ${name}`).join(' ')}`,
        'Or use mapped devices (Datacenter → Resource Mappings), of a stopped VM.',
      ],
    });
  }
  const media = localVolumes(found).filter(({ cdrom }) => cdrom);
  if (media.length > 0) {
    const slots = media.map(({ drivename }) => drivename ?? 'ide2');
    throw new RequestError({
      code: 'PMX_MIGRATE_CDROM',
      message: `${target} has media in its drives that only node ${guest.node} has: ${media.map(({ volid }) => volid).join(', ')}.`,
      hints: [
        `Eject them: pmx ${topic} set ${guest.vmid} ${slots.map((slot) => `--set ${slot}=none,media=cdrom`).join(' ')}`,
      ],
    });
  }
  const disks = copiedDisks(found);
  if (disks.length > 0 && !localDisks) {
    throw new RequestError({
      code: 'PMX_MIGRATE_LOCAL_DISKS',
      message: `${target} has disks that only node ${guest.node} has: ${disks.map(({ volid }) => volid).join(', ')}.`,
      hints: [
        `Copy them over the network: ${again}${running ? ' --online' : ''} --with-local-disks`,
        `Or move them to a shared storage first: pmx ${topic} disk move ${guest.vmid} ${disks[0]!.drivename ?? 'scsi0'} --storage STORAGE`,
      ],
    });
  }
  const missing =
    found.not_allowed_nodes?.[to]?.unavailable_storages ??
    found['not-allowed-nodes']?.[to]?.['unavailable-storages'] ??
    [];
  if (missing.length > 0 && targetStorage === undefined) throw noStorage(target, to, missing);
}

function noStorage(target: string, to: string, missing: readonly string[]): RequestError {
  return new RequestError({
    code: 'PMX_MIGRATE_STORAGE',
    message: `${target} needs ${missing.join(', ')}, which node ${to} does not have.`,
    hints: [
      'Name one that it has: --target-storage STORAGE',
      'pmx storage list shows which node has what.',
    ],
  });
}

async function requirePlaces(
  inventory: Inventory,
  { guest, targetStorage }: MigrateRequest,
  config: GuestConfig,
  to: string,
): Promise<void> {
  const content = guest.type === 'lxc' ? 'rootdir' : 'images';
  if (targetStorage !== undefined) await requireStorage(inventory, to, targetStorage, content);
  else if (guest.type === 'lxc') {
    const there = new Set((await inventory.storages(to)).map(({ storage }) => storage));
    const needed = disksOf(guest, config).flatMap(({ storage }) => storage ?? []);
    const missing = [...new Set(needed)].filter((storage) => !there.has(storage));
    if (missing.length > 0) throw noStorage(guestLabel(guest), to, missing);
  }
}
