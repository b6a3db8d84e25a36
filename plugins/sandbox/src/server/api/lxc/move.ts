import { failure } from '../../errors.js';
import { MOUNT_POINTS } from '../../lxc/mount-points.js';
import { migrateContainer, migratePreconditions, moveVolume } from '../../lxc/move.js';
import {
  flag,
  onVm,
  optional,
  optionalInteger,
  optionalText,
  storage,
  text,
  vmid,
} from '../common.js';
import type { Call, Param, Route } from '../types.js';
import { containerChange, containerGet, containerOf, needs } from './common.js';

const bwlimit: Param = {
  type: 'number',
  optional: 1,
  minimum: 0,
  description: 'Override I/O bandwidth limit (in KiB/s).',
};
const digest = (what: string): Param =>
  optionalText(`Prevent changes if ${what} configuration file has different SHA1 digest.`, {
    maxLength: 40,
  });
const VOLUMES = [...MOUNT_POINTS, ...Array.from({ length: 256 }, (_, number) => `unused${number}`)];

function move({ app, user, params }: Call): string {
  if (params.has('target-vmid'))
    throw failure('giving a volume to another container is not part of the sandbox');
  const wanted = params.optionalString('storage');
  if (wanted === undefined)
    throw failure('move_volume: either storage or target-vmid must be given');
  return moveVolume(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    volume: params.string('volume'),
    storage: wanted,
    remove: params.flag('delete'),
    digest: params.optionalString('digest'),
  });
}

export const containerMoveRoutes: Route[] = [
  containerChange(
    'POST',
    '/move_volume',
    'move_volume',
    'Move a rootfs-/mp-volume to a different storage or to a different container.',
    {
      bwlimit,
      delete: flag('Delete the original volume after successful copy.', 0),
      digest: digest('current'),
      storage: optional(storage),
      'target-digest': digest('current target'),
      'target-vmid': optional(vmid),
      'target-volume': optionalText('The config key the volume will be moved to.', {
        enum: VOLUMES,
      }),
      volume: text('Volume which will be moved.', { enum: VOLUMES }),
    },
    needs('VM.Config.Disk'),
    move,
  ),
  containerGet(
    '/migrate',
    'migrate_vm_precondition',
    'Get preconditions for migration.',
    'object',
    (call) => migratePreconditions(call.app, containerOf(call)),
    {
      params: { ...onVm, target: optionalText('Target node.', { format: 'pve-node' }) },
      permissions: needs('VM.Migrate'),
      protected: true,
    },
  ),
  containerChange(
    'POST',
    '/migrate',
    'migrate_vm',
    'Migrate the container to another node. Creates a new migration task.',
    {
      bwlimit,
      online: flag('Use online/live migration.'),
      restart: flag('Use restart migration'),
      target: text('Target node.', { format: 'pve-node' }),
      'target-storage': optionalText('Mapping from source to target storages.', {
        format: 'storage-pair-list',
      }),
      timeout: optionalInteger('Timeout in seconds for shutdown for restart migration', {
        default: 180,
      }),
    },
    needs('VM.Migrate'),
    ({ app, user, params }) => {
      if (params.has('target-storage'))
        throw failure('another storage on the target is not part of the sandbox');
      return migrateContainer(app, user, {
        node: params.string('node'),
        vmid: params.number('vmid'),
        target: params.string('target'),
        online: params.flag('online'),
        restart: params.flag('restart'),
      });
    },
  ),
];
