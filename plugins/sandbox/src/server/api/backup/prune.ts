import { backupsOn, removeBackup } from '../../backup/files.js';
import type { Backup } from '../../backup/files.js';
import { markGroup, parseKeep } from '../../backup/prune.js';
import type { Mark } from '../../backup/prune.js';
import { failure, forbidden } from '../../errors.js';
import { onStorage, optional, optionalText, vmid } from '../common.js';
import { READ_STORAGE } from '../storage.js';
import type { Call, ParamTable, Route } from '../types.js';

const PATH = '/nodes/{node}/storage/{storage}/prunebackups';
const PARAMS: ParamTable = {
  ...onStorage,
  'prune-backups': optionalText(
    'Use these retention options instead of those from the storage configuration.',
    { format: 'prune-backups' },
  ),
  type: optionalText("Either 'qemu' or 'lxc'. Only consider backups for guests of this type.", {
    enum: ['qemu', 'lxc'],
  }),
  vmid: { ...optional(vmid), description: 'Only consider backups for this guest.' },
};

/** What pruning would do with each backup, guest by guest. */
async function marked({ app, params }: Call): Promise<[Backup, Mark][]> {
  const storage = params.string('storage');
  const node = params.string('node');
  if (!app.storages.get(storage, node).content.includes('backup'))
    throw failure(`storage '${storage}' does not support backups`);
  const text = params.optionalString('prune-backups');
  if (text === undefined)
    throw failure(`no prune-backups options configured for storage '${storage}'`);
  const keep = parseKeep(text);
  const type = params.optionalString('type');
  const owner = params.optionalNumber('vmid');
  const backups = (await backupsOn(app, node, storage)).filter(
    ({ named }) =>
      (type === undefined || named?.kind === type) &&
      (owner === undefined || named?.vmid === owner),
  );
  const groups = new Map<string, Backup[]>();
  const result: [Backup, Mark][] = [];
  for (const backup of backups) {
    if (!backup.named) result.push([backup, 'renamed']);
    else if (backup.protected) result.push([backup, 'protected']);
    else {
      const group = `${backup.named.kind}/${backup.named.vmid}`;
      groups.set(group, [...(groups.get(group) ?? []), backup]);
    }
  }
  for (const group of groups.values()) result.push(...markGroup(group, keep));
  return result.sort(([left], [right]) => (left.volume.volid < right.volume.volid ? -1 : 1));
}

async function dryRun(call: Call): Promise<unknown> {
  return (await marked(call)).map(([{ volume, named, ctime }, mark]) => ({
    ctime,
    mark,
    type: named?.kind ?? 'unknown',
    volid: volume.volid,
    ...(named ? { vmid: named.vmid } : {}),
  }));
}

function checkPrune({ app, user, params }: Call): void {
  const path = `/storage/${params.string('storage')}`;
  const owner = params.optionalNumber('vmid');
  if (app.acl.has(user, path, ['Datastore.Allocate'])) return;
  if (owner === undefined) throw forbidden(`${path}, Datastore.Allocate`);
  app.acl.check(user, path, ['Datastore.AllocateSpace']);
  app.acl.check(user, `/vms/${owner}`, ['VM.Backup']);
}

async function prune(call: Call): Promise<string> {
  const { app, user, params } = call;
  checkPrune(call);
  const storage = params.string('storage');
  const node = params.string('node');
  const first = await marked(call);
  const owner = params.optionalNumber('vmid');
  const id = owner === undefined ? storage : `${owner}@${storage}`;
  return app.tasks.start({ node, type: 'prunebackups', id, user: user.id }, async (task) => {
    await task.work();
    for (const [backup, mark] of first) {
      const { volid } = backup.volume;
      task.log(`${mark.padEnd(10)} ${volid}`);
      if (mark !== 'remove') continue;
      task.log(`removing backup '${volid}'`);
      await removeBackup(app, node, backup.volume);
    }
  });
}

export const pruneRoutes: Route[] = [
  {
    method: 'GET',
    path: PATH,
    name: 'dryrun',
    description: 'Get prune information for backups.',
    params: PARAMS,
    permissions: READ_STORAGE,
    protected: true,
    returns: 'array',
    handler: dryRun,
  },
  {
    method: 'DELETE',
    path: PATH,
    name: 'delete',
    description: 'Prune backups. Only those using the standard naming scheme are considered.',
    params: PARAMS,
    permissions: {
      user: 'all',
      description:
        "You need the 'Datastore.Allocate' privilege on the storage (or if a VM ID is specified, 'Datastore.AllocateSpace' and 'VM.Backup' for the VM).",
    },
    protected: true,
    returns: 'string',
    handler: prune,
  },
];
