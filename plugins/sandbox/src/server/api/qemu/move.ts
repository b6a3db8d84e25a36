import { failure, parameterError } from '../../errors.js';
import { driveKeys } from '../../qemu/drive.js';
import { moveDisk, reassignDisk } from '../../qemu/move-disk.js';
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
import type { Call, Route } from '../types.js';

const DISKS = [...driveKeys(), ...Array.from({ length: 256 }, (_, index) => `unused${index}`)];
const digestOf = (whose: string): string =>
  `Prevent changes if the current config file of the ${whose} VM has a different SHA1 digest.`;

function move(call: Call): string {
  const { app, user, params } = call;
  const place = { node: params.string('node'), vmid: params.number('vmid') };
  const disk = params.string('disk');
  const digest = params.optionalString('digest');
  const targetVmid = params.optionalNumber('target-vmid');
  const to = params.optionalString('storage');
  const both = (text: string): Error => parameterError({ 'target-vmid': text, storage: text });
  if (targetVmid !== undefined && to !== undefined)
    throw both("either set 'storage' or 'target-vmid', but not both");
  if (targetVmid !== undefined)
    return reassignDisk(app, user, {
      ...place,
      disk,
      targetVmid,
      targetDisk: params.optionalString('target-disk') ?? disk,
      digest,
      targetDigest: params.optionalString('target-digest'),
    });
  if (to === undefined)
    throw both("both 'storage' and 'target-vmid' missing, either needs to be set");
  if (disk.startsWith('unused')) throw failure('cannot move an unused disk to another storage');
  return moveDisk(app, user, {
    ...place,
    disk,
    storage: to,
    format: params.optionalString('format'),
    remove: params.flag('delete'),
    digest,
    bwlimit: params.optionalNumber('bwlimit') ?? 0,
  });
}

/** Disks that go elsewhere. */
export const moveRoutes: Route[] = [
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/move_disk',
    name: 'move_vm_disk',
    description: 'Move volume to different storage or to a different VM.',
    params: {
      ...onVm,
      bwlimit: optionalInteger('Override I/O bandwidth limit (in KiB/s).', { minimum: 0 }),
      delete: flag(
        'Delete the original disk after successful copy. By default the original disk is kept as unused disk.',
        0,
      ),
      digest: optionalText(digestOf('source'), { maxLength: 40 }),
      disk: text('The disk you want to move.', { enum: DISKS }),
      format: optionalText('Target Format.', { enum: ['raw', 'qcow2', 'vmdk'] }),
      storage: optional(storage),
      'target-digest': optionalText(digestOf('target'), { maxLength: 40 }),
      'target-disk': optionalText(
        'The config key the disk will be moved to on the target VM (for example, ide0 or scsi1). Default is the source disk key.',
        { enum: DISKS },
      ),
      'target-vmid': optional(vmid),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Config.Disk']] },
    protected: true,
    returns: 'string',
    handler: move,
  },
];
