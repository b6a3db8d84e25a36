import { createSnapshot, deleteSnapshot, rollback } from '../../qemu/snapshots.js';
import { snapshotConfig, snapshotList, snapshotOf } from '../../qemu/snapshots.js';
import { flag, onVm, optionalText, text } from '../common.js';
import type { Call, ParamTable, Permissions, Route } from '../types.js';
import { vmGet, vmOf } from './common.js';

const PATH = '/nodes/{node}/qemu/{vmid}/snapshot';
const onSnapshot: ParamTable = {
  ...onVm,
  snapname: text('The name of the snapshot.', { format: 'pve-configid', maxLength: 40 }),
};
const SNAPSHOT: Permissions = { check: ['perm', '/vms/{vmid}', ['VM.Snapshot']] };
const description = optionalText('A textual description or comment.');

const placeOf = ({ params }: Call): { node: string; vmid: number; snapname: string } => ({
  node: params.string('node'),
  vmid: params.number('vmid'),
  snapname: params.string('snapname'),
});

export const snapshotRoutes: Route[] = [
  vmGet(
    '/snapshot',
    'snapshot_list',
    'List all snapshots.',
    'array',
    (call) => snapshotList(vmOf(call)),
    { protected: true },
  ),
  {
    method: 'POST',
    path: PATH,
    name: 'snapshot',
    description: 'Snapshot a VM.',
    params: { ...onSnapshot, description, vmstate: flag('Save the vmstate') },
    permissions: SNAPSHOT,
    protected: true,
    returns: 'string',
    handler: (call) =>
      createSnapshot(call.app, call.user, {
        ...placeOf(call),
        description: call.params.optionalString('description'),
        vmstate: call.params.flag('vmstate'),
      }),
  },
  {
    method: 'GET',
    path: `${PATH}/{snapname}`,
    name: 'snapshot_cmd_idx',
    description: '',
    params: onSnapshot,
    permissions: { user: 'all' },
    returns: 'array',
    handler: () => [{ cmd: 'rollback' }, { cmd: 'config' }],
  },
  {
    method: 'DELETE',
    path: `${PATH}/{snapname}`,
    name: 'delsnapshot',
    description: 'Delete a VM snapshot.',
    params: {
      ...onSnapshot,
      force: flag('For removal from config file, even if removing disk snapshots fails.'),
    },
    permissions: SNAPSHOT,
    protected: true,
    returns: 'string',
    handler: (call) => deleteSnapshot(call.app, call.user, placeOf(call)),
  },
  {
    method: 'GET',
    path: `${PATH}/{snapname}/config`,
    name: 'get_snapshot_config',
    description: 'Get snapshot configuration',
    params: onSnapshot,
    permissions: {
      check: ['perm', '/vms/{vmid}', ['VM.Snapshot', 'VM.Snapshot.Rollback', 'VM.Audit'], 'any', 1],
    },
    returns: 'object',
    handler: (call) => snapshotConfig(vmOf(call), call.params.string('snapname')),
  },
  {
    method: 'PUT',
    path: `${PATH}/{snapname}/config`,
    name: 'update_snapshot_config',
    description: 'Update snapshot metadata.',
    params: { ...onSnapshot, description },
    permissions: SNAPSHOT,
    protected: true,
    returns: 'null',
    handler: (call) => {
      const vm = vmOf(call);
      const snapshot = snapshotOf(vm, call.params.string('snapname'));
      const given = call.params.optionalString('description');
      if (given !== undefined) call.app.vms.change(vm, () => (snapshot.description = given));
      return null;
    },
  },
  {
    method: 'POST',
    path: `${PATH}/{snapname}/rollback`,
    name: 'rollback',
    description: 'Rollback VM state to specified snapshot.',
    params: {
      ...onSnapshot,
      start: flag('Whether the VM should get started after rolling back successfully.', 0),
    },
    permissions: {
      check: ['perm', '/vms/{vmid}', ['VM.Snapshot', 'VM.Snapshot.Rollback'], 'any', 1],
    },
    protected: true,
    returns: 'string',
    handler: (call) => {
      const start = call.params.flag('start');
      const place = placeOf(call);
      if (start) call.app.acl.check(call.user, `/vms/${place.vmid}`, ['VM.PowerMgmt']);
      return rollback(call.app, call.user, place, start);
    },
  },
];
