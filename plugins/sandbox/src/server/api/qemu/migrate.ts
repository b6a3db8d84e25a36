import { messageOf, parameterError } from '../../errors.js';
import { isRoot } from '../../qemu/config-permissions.js';
import { migrateVm, preconditions } from '../../qemu/migrate.js';
import { parseStorageMap } from '../../qemu/migrate-volumes.js';
import type { StorageMap } from '../../qemu/migrate-volumes.js';
import { flag, onVm, optional, optionalInteger, optionalText, node } from '../common.js';
import type { Call, Permissions, Route } from '../types.js';
import { vmOf } from './common.js';

const MIGRATE: Permissions = { check: ['perm', '/vms/{vmid}', ['VM.Migrate']] };
const PATH = '/nodes/{node}/qemu/{vmid}/migrate';

function mapOf({ params }: Call): StorageMap {
  try {
    return parseStorageMap(params.list('targetstorage'));
  } catch (error) {
    throw parameterError({ targetstorage: `failed to parse storage map: ${messageOf(error)}` });
  }
}

function migrate(call: Call): string {
  const { app, user, params } = call;
  for (const name of ['force', 'migration_type', 'migration_network'])
    if (params.has(name) && params.optionalString(name) !== '0' && !isRoot(user))
      throw parameterError({ [name]: 'Only root may use this option.' });
  return migrateVm(app, user, {
    node: params.string('node'),
    vmid: params.number('vmid'),
    target: params.string('target'),
    online: params.flag('online'),
    withLocalDisks: params.flag('with-local-disks'),
    force: params.flag('force'),
    map: mapOf(call),
    bwlimit: params.optionalNumber('bwlimit') ?? 0,
  });
}

/** VMs that go to another node. */
export const migrateRoutes: Route[] = [
  {
    method: 'GET',
    path: PATH,
    name: 'migrate_vm_precondition',
    description: 'Get preconditions for migration.',
    params: { ...onVm, target: optional(node) },
    permissions: MIGRATE,
    protected: true,
    returns: 'object',
    handler: (call) => preconditions(call.app, vmOf(call)),
  },
  {
    method: 'POST',
    path: PATH,
    name: 'migrate_vm',
    description: 'Migrate virtual machine. Creates a new migration task.',
    params: {
      ...onVm,
      bwlimit: optionalInteger('Override I/O bandwidth limit (in KiB/s).', { minimum: 0 }),
      force: flag('Allow to migrate VMs which use local devices. Only root may use this option.'),
      migration_network: optionalText('CIDR of the (sub) network that is used for migration.', {
        format: 'CIDR',
      }),
      migration_type: optionalText(
        'Migration traffic is encrypted using an SSH tunnel by default.',
        { enum: ['secure', 'insecure'] },
      ),
      online: flag('Use online/live migration if VM is running. Ignored if VM is stopped.'),
      target: node,
      targetstorage: optionalText(
        "Mapping from source to target storages. Providing only a single storage ID maps all source storages to that storage. Providing the special value '1' will map each source storage to itself.",
        { format: 'storage-pair-list' },
      ),
      'with-conntrack-state': flag('Whether to migrate conntrack entries for running VMs.', 0),
      'with-local-disks': flag('Enable live storage migration for local disk'),
    },
    permissions: MIGRATE,
    protected: true,
    returns: 'string',
    handler: migrate,
  },
];
