import { restoreVm } from '../../backup/restore-vm.js';
import type { VmConfig } from '../../state/model.js';
import { cloneVm } from '../../qemu/clone.js';
import { checkRootOptions, isRoot } from '../../qemu/config-permissions.js';
import { createVm } from '../../qemu/create.js';
import { driveKeys } from '../../qemu/drive.js';
import { convertToTemplate, destroyVm, resizeDisk } from '../../qemu/lifecycle.js';
import { CONFIG_PARAMS } from '../../qemu/options.js';
import { listRow } from '../../qemu/status.js';
import { failure, forbidden, parameterError } from '../../errors.js';
import {
  flag,
  onNode,
  onVm,
  optional,
  optionalInteger,
  optionalText,
  storage,
  text,
  vmid,
} from '../common.js';
import type { Call, Route } from '../types.js';
import { settingsOf } from './common.js';

/** PVE's own index. */
const SUBDIRS = (
  'config cloudinit pending status unlink vncproxy termproxy migrate resize move rrd rrddata monitor ' +
  'agent snapshot spiceproxy sendkey firewall mtunnel remote_migrate'
).split(' ');
const poolid = optionalText('Add the VM to the specified pool.', { format: 'pve-poolid' });

function restore({ app, user, params }: Call, settings: VmConfig): Promise<string> {
  const archive = params.string('archive');
  if (archive === '-') throw failure('pipe requires cli environment');
  if (params.flag('live-restore'))
    throw parameterError({
      'live-restore': 'restoring under a running VM is not part of the sandbox',
    });
  return restoreVm(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    pool: params.optionalString('pool'),
    archive,
    settings,
    storage: params.optionalString('storage'),
    force: params.flag('force'),
    unique: params.flag('unique'),
    start: params.flag('start'),
  });
}

function create(call: Call): Promise<string> {
  const { app, user, params } = call;
  const settings = settingsOf(params);
  if (settings['lock'] !== undefined && !isRoot(user))
    throw failure("only root can set 'lock' config");
  if (params.has('archive')) return restore(call, settings);
  return createVm(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    pool: params.optionalString('pool'),
    settings,
    start: params.flag('start'),
  });
}

function destroy(call: Call): string {
  const { app, user, params } = call;
  if (params.flag('skiplock')) checkRootOptions(user, ['skiplock']);
  return destroyVm(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    purge: params.flag('purge'),
    unreferenced: params.flag('destroy-unreferenced-disks'),
    skiplock: params.flag('skiplock'),
  });
}

function clone(call: Call): string {
  const { app, user, params } = call;
  const newid = params.number('newid');
  const pool = params.optionalString('pool');
  const allowed =
    app.acl.has(user, `/vms/${newid}`, ['VM.Allocate']) ||
    (pool !== undefined && app.acl.has(user, `/pool/${pool}`, ['VM.Allocate']));
  if (!allowed) throw forbidden();
  return cloneVm(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    newid,
    name: params.optionalString('name'),
    description: params.optionalString('description'),
    pool,
    target: params.optionalString('target'),
    storage: params.optionalString('storage'),
    format: params.optionalString('format'),
    full: params.has('full') ? params.flag('full') : undefined,
    snapname: params.optionalString('snapname'),
    bwlimit: params.optionalNumber('bwlimit') ?? 0,
  });
}

export const vmRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/qemu',
    name: 'vmlist',
    description: 'Virtual machine index (per node).',
    params: { ...onNode, full: flag('Determine the full status of active VMs.') },
    permissions: {
      user: 'all',
      description: 'Only list VMs where you have VM.Audit permissions on /vms/<vmid>.',
    },
    protected: true,
    returns: 'array',
    handler: ({ app, user, params }) =>
      app.vms
        .onNode(params.string('node'), 'qemu')
        .filter((vm) => app.acl.has(user, `/vms/${vm.vmid}`, ['VM.Audit']))
        .map((vm) => listRow(vm, params.flag('full'), app.engine.figures(vm))),
  },
  {
    method: 'POST',
    path: '/nodes/{node}/qemu',
    name: 'create_vm',
    description: 'Create or restore a virtual machine.',
    params: {
      ...onNode,
      vmid,
      ...CONFIG_PARAMS,
      archive: optionalText('The backup archive.', { maxLength: 255 }),
      bwlimit: optionalInteger('Override I/O bandwidth limit (in KiB/s).', { minimum: 0 }),
      force: { ...flag('Allow to overwrite existing VM.'), requires: 'archive' },
      'live-restore': flag(
        'Start the VM immediately while importing or restoring in the background.',
      ),
      'import-working-storage': optionalText(
        'A file-based storage with "images" content-type enabled.',
        { format: 'pve-storage-id' },
      ),
      pool: poolid,
      start: flag('Start VM after it was created successfully.', 0),
      storage: optional(storage),
      unique: { ...flag('Assign a unique random ethernet address.'), requires: 'archive' },
    },
    permissions: {
      user: 'all',
      description:
        "You need 'VM.Allocate' permissions on /vms/{vmid} or on the VM pool /pool/{pool}.",
    },
    protected: true,
    returns: 'string',
    handler: create,
  },
  {
    method: 'GET',
    path: '/nodes/{node}/qemu/{vmid}',
    name: 'vmdiridx',
    description: 'Directory index',
    params: onVm,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => SUBDIRS.map((subdir) => ({ subdir })),
  },
  {
    method: 'DELETE',
    path: '/nodes/{node}/qemu/{vmid}',
    name: 'destroy_vm',
    description:
      'Destroy the VM and all used/owned volumes. Removes any VM specific permissions and firewall rules',
    params: {
      ...onVm,
      'destroy-unreferenced-disks': flag(
        'If set, destroy additionally all disks not referenced in the config but with a matching VMID from all enabled storages.',
        0,
      ),
      purge: flag('Remove VMID from configurations, like backup & replication jobs and HA.'),
      skiplock: flag('Ignore locks - only root is allowed to use this option.'),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Allocate']] },
    protected: true,
    returns: 'string',
    handler: destroy,
  },
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/clone',
    name: 'clone_vm',
    description: 'Create a copy of virtual machine/template.',
    params: {
      ...onVm,
      newid: { ...vmid, description: 'VMID for the clone.' },
      bwlimit: optionalInteger('Override I/O bandwidth limit (in KiB/s).', { minimum: 0 }),
      description: optionalText('Description for the new VM.'),
      format: optionalText('Target format for file storage. Only valid for full clone.', {
        enum: ['raw', 'qcow2', 'vmdk'],
      }),
      full: flag(
        'Create a full copy of all disks. This is always done when you clone a normal VM.',
      ),
      name: optionalText('Set a name for the new VM.', { format: 'dns-name' }),
      pool: poolid,
      snapname: optionalText('The name of the snapshot.', {
        format: 'pve-configid',
        maxLength: 40,
      }),
      storage: optional(storage),
      target: optionalText('Target node. Only allowed if the original VM is on shared storage.', {
        format: 'pve-node',
      }),
    },
    permissions: {
      check: [
        'and',
        ['perm', '/vms/{vmid}', ['VM.Clone']],
        [
          'or',
          ['perm', '/vms/{newid}', ['VM.Allocate']],
          ['perm', '/pool/{pool}', ['VM.Allocate'], 'require_param', 'pool'],
        ],
      ],
    },
    protected: true,
    returns: 'string',
    handler: clone,
  },
  {
    method: 'POST',
    path: '/nodes/{node}/qemu/{vmid}/template',
    name: 'template',
    description: 'Create a Template.',
    params: {
      ...onVm,
      disk: optionalText('If you want to convert only 1 disk to base image.', {
        enum: driveKeys(),
      }),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Allocate']] },
    protected: true,
    returns: 'string',
    handler: ({ app, user, params }) =>
      convertToTemplate(app, user, params.string('node'), params.number('vmid')),
  },
  {
    method: 'PUT',
    path: '/nodes/{node}/qemu/{vmid}/resize',
    name: 'resize_vm',
    description: 'Extend volume size.',
    params: {
      ...onVm,
      digest: optionalText(
        'Prevent changes if current configuration file has different SHA1 digest.',
        { maxLength: 40 },
      ),
      disk: text('The disk you want to resize.', { enum: driveKeys() }),
      size: text(
        'The new size. With the `+` sign the value is added to the actual size of the volume.',
        { pattern: '\\+?\\d+(\\.\\d+)?[KMGT]?' },
      ),
      skiplock: flag('Ignore locks - only root is allowed to use this option.'),
    },
    permissions: { check: ['perm', '/vms/{vmid}', ['VM.Config.Disk']] },
    protected: true,
    returns: 'string',
    handler: ({ app, user, params }) => {
      if (params.flag('skiplock')) checkRootOptions(user, ['skiplock']);
      return resizeDisk(app, user, {
        node: params.string('node'),
        vmid: params.number('vmid'),
        disk: params.string('disk'),
        size: params.string('size'),
        digest: params.optionalString('digest'),
      });
    },
  },
];
