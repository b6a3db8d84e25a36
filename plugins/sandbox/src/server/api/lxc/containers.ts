import { failure, forbidden, parameterError } from '../../errors.js';
import { restoreContainer } from '../../backup/restore-container.js';
import { cloneContainer } from '../../lxc/clone.js';
import { createContainer } from '../../lxc/create.js';
import { convertToTemplate, destroyContainer, resizeVolume } from '../../lxc/lifecycle.js';
import { MOUNT_POINTS } from '../../lxc/mount-points.js';
import { CONTAINER_PARAMS } from '../../lxc/options.js';
import { containerRow } from '../../lxc/status.js';
import type { VmConfig } from '../../state/model.js';
import { flag, onNode, onVm, optional, optionalText, storage, text, vmid } from '../common.js';
import { findParam } from '../schema.js';
import type { Call, Param, Route } from '../types.js';
import { containerChange, needs, PATH } from './common.js';

/** PVE's own index. */
const SUBDIRS = (
  'config status vncproxy termproxy vncwebsocket spiceproxy migrate clone template initlog rrd rrddata ' +
  'firewall snapshot resize interfaces'
).split(' ');
const poolid = optionalText('Add the container to the specified pool.', { format: 'pve-poolid' });
const bwlimit: Param = {
  type: 'number',
  optional: 1,
  minimum: 0,
  description: 'Override I/O bandwidth limit (in KiB/s).',
};
const digest = optionalText(
  'Prevent changes if current configuration file has different SHA1 digest.',
  { maxLength: 40 },
);

/** Those parameters of a call that are options of a container. */
export function settingsOf({ params }: Call): VmConfig {
  return Object.fromEntries(
    params.entries().filter(([name]) => findParam(CONTAINER_PARAMS, name) !== undefined),
  );
}

function create(call: Call): Promise<string> {
  const { app, user, params } = call;
  const ostemplate = params.string('ostemplate');
  if (ostemplate === '-') throw failure('pipe requires cli environment');
  if (params.flag('ha-managed'))
    throw parameterError({
      'ha-managed': 'making HA resources along the way is not part of the sandbox',
    });
  const request = {
    node: params.string('node'),
    vmid: params.number('vmid'),
    pool: params.optionalString('pool'),
    settings: settingsOf(call),
    start: params.flag('start'),
  };
  if (params.flag('restore'))
    return restoreContainer(app, user, {
      ...request,
      archive: ostemplate,
      storage: params.optionalString('storage'),
      force: params.flag('force'),
      unique: params.flag('unique'),
    });
  if (params.flag('force'))
    throw parameterError({ force: "'force' parameter is only supported for restore" });
  return createContainer(app, user, {
    ...request,
    ostemplate,
    storage: params.optionalString('storage') ?? 'local',
  });
}

function clone({ app, user, params }: Call): string {
  const newid = params.number('newid');
  const pool = params.optionalString('pool');
  const allowed =
    app.acl.has(user, `/vms/${newid}`, ['VM.Allocate']) ||
    (pool !== undefined && app.acl.has(user, `/pool/${pool}`, ['VM.Allocate']));
  if (!allowed) throw forbidden();
  return cloneContainer(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    newid,
    hostname: params.optionalString('hostname'),
    description: params.optionalString('description'),
    pool,
    target: params.optionalString('target'),
    storage: params.optionalString('storage'),
    full: params.has('full') ? params.flag('full') : undefined,
    snapname: params.optionalString('snapname'),
  });
}

export const containerRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/lxc',
    name: 'vmlist',
    description: 'LXC container index (per node).',
    params: onNode,
    permissions: {
      user: 'all',
      description: 'Only list CTs where you have VM.Audit permission on /vms/<vmid>.',
    },
    protected: true,
    returns: 'array',
    handler: ({ app, user, params }) =>
      app.vms
        .onNode(params.string('node'), 'lxc')
        .filter((container) => app.acl.has(user, `/vms/${container.vmid}`, ['VM.Audit']))
        .map(containerRow),
  },
  {
    method: 'POST',
    path: '/nodes/{node}/lxc',
    name: 'create_vm',
    description: 'Create or restore a container.',
    params: {
      ...onNode,
      vmid,
      ...CONTAINER_PARAMS,
      bwlimit,
      force: flag('Allow to overwrite existing container.'),
      'ha-managed': flag('Add the CT as a HA resource after it was created.', 0),
      'ignore-unpack-errors': flag('Ignore errors when extracting the template.'),
      ostemplate: text('The OS template or backup file.', { maxLength: 255 }),
      password: optionalText('Sets root password inside container.', { minLength: 5 }),
      pool: poolid,
      restore: flag('Mark this as restore task.'),
      'ssh-public-keys': optionalText('Setup public SSH keys (one key per line, OpenSSH format).'),
      start: flag('Start the CT after its creation finished successfully.', 0),
      storage: { ...optional(storage), default: 'local' },
      unique: { ...flag('Assign a unique random ethernet address.'), requires: 'restore' },
    },
    permissions: {
      user: 'all',
      description:
        "You need 'VM.Allocate' permission on /vms/{vmid} or on the VM pool /pool/{pool}.",
    },
    protected: true,
    returns: 'string',
    handler: create,
  },
  {
    method: 'GET',
    path: PATH,
    name: 'vmdiridx',
    description: 'Directory index',
    params: onVm,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => SUBDIRS.map((subdir) => ({ subdir })),
  },
  containerChange(
    'DELETE',
    '',
    'destroy_vm',
    'Destroy the container (also delete all uses files).',
    {
      'destroy-unreferenced-disks': flag(
        'If set, destroy additionally all disks with the VMID from all enabled storages which are not referenced in the config.',
      ),
      force: flag('Force destroy, even if running.', 0),
      purge: flag('Remove container from all related configurations.', 0),
    },
    needs('VM.Allocate'),
    ({ app, user, params }) =>
      destroyContainer(app, user, {
        node: params.string('node'),
        vmid: params.number('vmid'),
        force: params.flag('force'),
        purge: params.flag('purge'),
        unreferenced: params.flag('destroy-unreferenced-disks'),
      }),
  ),
  containerChange(
    'POST',
    '/clone',
    'clone_vm',
    'Create a container clone/copy',
    {
      newid: { ...vmid, description: 'VMID for the clone.' },
      bwlimit,
      description: optionalText('Description for the new CT.'),
      full: flag('Create a full copy of all disks.'),
      hostname: optionalText('Set a hostname for the new CT.', { format: 'dns-name' }),
      pool: poolid,
      snapname: optionalText('The name of the snapshot.', {
        format: 'pve-configid',
        maxLength: 40,
      }),
      storage: optional(storage),
      target: optionalText('Target node.', { format: 'pve-node' }),
    },
    {
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
    clone,
  ),
  containerChange(
    'POST',
    '/template',
    'template',
    'Create a Template.',
    {},
    needs('VM.Allocate'),
    ({ app, user, params }) =>
      convertToTemplate(app, user, params.string('node'), params.number('vmid')),
    'null',
  ),
  containerChange(
    'PUT',
    '/resize',
    'resize_vm',
    'Resize a container mount point.',
    {
      digest,
      disk: text('The disk you want to resize.', { enum: MOUNT_POINTS }),
      size: text(
        "The new size. With the '+' sign the value is added to the actual size of the volume.",
        { pattern: '\\+?\\d+(\\.\\d+)?[KMGT]?' },
      ),
    },
    { check: ['perm', '/vms/{vmid}', ['VM.Config.Disk'], 'any', 1] },
    ({ app, user, params }) =>
      resizeVolume(app, user, {
        node: params.string('node'),
        vmid: params.number('vmid'),
        disk: params.string('disk'),
        size: params.string('size'),
        digest: params.optionalString('digest'),
      }),
  ),
];
