import { createSnapshot, deleteSnapshot, rollback } from '../../lxc/snapshots.js';
import { snapshotConfig, snapshotList, snapshotOf } from '../../qemu/snapshots.js';
import { flag, onVm, optionalText, text } from '../common.js';
import type { Call, ParamTable, Route } from '../types.js';
import { containerChange, containerGet, containerOf, needs } from './common.js';

const PATH = '/snapshot/{snapname}';
const onSnapshot: ParamTable = {
  snapname: text('The name of the snapshot.', { format: 'pve-configid', maxLength: 40 }),
};
const description = optionalText('A textual description or comment.');

const placeOf = ({ params }: Call): { node: string; vmid: number; snapname: string } => ({
  node: params.string('node'),
  vmid: params.number('vmid'),
  snapname: params.string('snapname'),
});

/** Containers have no memory in their snapshots, and no field that says so. */
function list(call: Call): unknown {
  return snapshotList(containerOf(call)).map(
    ({ vmstate: _vmstate, running: _running, ...row }) => row,
  );
}

export const containerSnapshotRoutes: Route[] = [
  containerGet('/snapshot', 'list', 'List all snapshots.', 'array', list, { protected: true }),
  containerChange(
    'POST',
    '/snapshot',
    'snapshot',
    'Snapshot a container.',
    { ...onSnapshot, description },
    needs('VM.Snapshot'),
    (call) =>
      createSnapshot(call.app, call.user, placeOf(call), call.params.optionalString('description')),
  ),
  containerGet(
    PATH,
    'snapshot_cmd_idx',
    '',
    'array',
    () => [{ cmd: 'rollback' }, { cmd: 'config' }],
    { params: { ...onVm, ...onSnapshot }, permissions: { user: 'all' } },
  ),
  containerChange(
    'DELETE',
    PATH,
    'delsnapshot',
    'Delete a LXC snapshot.',
    {
      ...onSnapshot,
      force: flag('For removal from config file, even if removing disk snapshots fails.'),
    },
    needs('VM.Snapshot'),
    (call) => deleteSnapshot(call.app, call.user, placeOf(call)),
  ),
  containerGet(
    `${PATH}/config`,
    'get_snapshot_config',
    'Get snapshot configuration',
    'object',
    (call) => snapshotConfig(containerOf(call), call.params.string('snapname')),
    {
      params: { ...onVm, ...onSnapshot },
      permissions: needs('VM.Snapshot', 'VM.Snapshot.Rollback', 'VM.Audit'),
    },
  ),
  containerChange(
    'PUT',
    `${PATH}/config`,
    'update_snapshot_config',
    'Update snapshot metadata.',
    { ...onSnapshot, description },
    needs('VM.Snapshot'),
    (call) => {
      const container = containerOf(call);
      const snapshot = snapshotOf(container, call.params.string('snapname'));
      const given = call.params.optionalString('description');
      if (given !== undefined) call.app.vms.change(container, () => (snapshot.description = given));
      return null;
    },
    'null',
  ),
  containerChange(
    'POST',
    `${PATH}/rollback`,
    'rollback',
    'Rollback LXC state to specified snapshot.',
    {
      ...onSnapshot,
      start: flag('Whether the container should get started after rolling back successfully', 0),
    },
    needs('VM.Snapshot', 'VM.Snapshot.Rollback'),
    (call) => {
      const start = call.params.flag('start');
      const place = placeOf(call);
      if (start) call.app.acl.check(call.user, `/vms/${place.vmid}`, ['VM.PowerMgmt']);
      return rollback(call.app, call.user, place, start);
    },
  ),
];
