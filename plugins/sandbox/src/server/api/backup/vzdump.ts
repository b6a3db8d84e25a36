import { configText, readArchive } from '../../backup/archive.js';
import { startJob } from '../../backup/job.js';
import { checkNotesTemplate } from '../../backup/notes.js';
import type { Mode } from '../../backup/one-guest.js';
import { parseKeep } from '../../backup/prune.js';
import { findArchive } from '../../backup/restore.js';
import { failure, parameterError } from '../../errors.js';
import { isRoot } from '../../qemu/config-permissions.js';
import { onNode, optional, storage, text } from '../common.js';
import type { Call, Route } from '../types.js';
import { VZDUMP_PARAMS } from './params.js';

/** Where backups go when nothing else is said. */
const DEFAULT_STORAGE = 'local';

/** Options that contradict each other, in PVE's words. */
function checkSelection({ params }: Call): void {
  if (params.has('vmid'))
    for (const name of ['all', 'exclude', 'pool'])
      if (name === 'all' ? params.flag('all') : params.has(name))
        throw parameterError({ [name]: "option conflicts with option 'vmid'" });
  if (
    !['vmid', 'exclude', 'pool'].some((name) => params.has(name)) &&
    !params.flag('all') &&
    !params.flag('stop')
  )
    throw parameterError({ vmid: 'property is missing' });
}

function checkRights({ app, user, params }: Call, target: string): void {
  if (params.has('stdout')) throw parameterError({ stdout: 'unsupported. only allowed on CLI' });
  for (const name of ['dumpdir', 'script', 'tmpdir'])
    if (params.has(name) && !isRoot(user))
      throw parameterError({ [name]: 'Only root may set this option.' });
  if (params.has('dumpdir'))
    throw parameterError({ dumpdir: 'a directory that is no storage is not part of the sandbox' });
  if (['bwlimit', 'ionice', 'performance'].some((name) => params.has(name)))
    app.acl.check(user, '/', ['Sys.Modify']);
  if (params.has('prune-backups'))
    app.acl.check(user, `/storage/${target}`, ['Datastore.Allocate']);
  app.acl.check(user, `/storage/${target}`, ['Datastore.AllocateSpace']);
}

/** The guests that are meant: those named, or those of this node. */
function selected({ app, params }: Call): number[] {
  const node = params.string('node');
  if (params.has('vmid'))
    // A guest on another node is that node's business; one that is nowhere fails in the task.
    return [...new Set(params.list('vmid').map(Number))].filter(
      (vmid) => (app.vms.find(vmid)?.node ?? node) === node,
    );
  const excluded = new Set(params.list('exclude').map(Number));
  const pool = params.optionalString('pool');
  const members = pool === undefined ? undefined : app.store.state.pools[pool];
  if (pool !== undefined && !members) throw failure(`pool '${pool}' does not exist`);
  return app.vms
    .onNode(node)
    .map(({ vmid }) => vmid)
    .filter((vmid) => !excluded.has(vmid) && (!members || members.vms.includes(vmid)))
    .sort((left, right) => left - right);
}

function backup(call: Call): string {
  const { app, user, params } = call;
  const node = params.string('node');
  if (params.flag('stop')) {
    checkSelection(call);
    for (const task of app.tasks.list())
      if (task.type === 'vzdump' && task.node === node && task.exitstatus === undefined) {
        if (task.user !== user.id) app.acl.check(user, `/nodes/${node}`, ['Sys.Modify']);
        app.tasks.stop(task.upid);
      }
    return 'OK';
  }
  const target = params.optionalString('storage') ?? DEFAULT_STORAGE;
  checkRights(call, target);
  checkSelection(call);
  const notesTemplate = params.optionalString('notes-template');
  if (notesTemplate !== undefined) checkNotesTemplate(notesTemplate);
  const vmids = selected(call);
  // Nobody is refused a backup of "all" because of guests that are not theirs.
  const mine = params.has('vmid')
    ? vmids
    : vmids.filter((vmid) => app.acl.has(user, `/vms/${vmid}`, ['VM.Backup']));
  for (const vmid of mine) app.acl.check(user, `/vms/${vmid}`, ['VM.Backup']);
  if (!app.storages.get(target, node).content.includes('backup'))
    throw failure(
      `could not get storage information for '${target}': storage '${target}' does not support backups`,
    );
  if (mine.length === 0) return 'OK';
  const keep = parseKeep(params.optionalString('prune-backups') ?? 'keep-all=1');
  return startJob(app, user, {
    node,
    vmids: mine,
    storage: target,
    mode: (params.optionalString('mode') ?? 'snapshot') as Mode,
    compress: params.optionalString('compress'),
    notesTemplate,
    protected: params.flag('protected'),
    jobId: params.optionalString('job-id'),
    keep,
    prune: (!params.has('remove') || params.flag('remove')) && Object.keys(keep).length > 0,
    lockwait: params.optionalNumber('lockwait') ?? 180,
    commandLine: commandLine(call),
  });
}

function commandLine({ params }: Call): string {
  const options = params
    .entries(['node', 'vmid'])
    .map(
      ([name, value]) =>
        `--${name} ${/[\s'{]/.test(String(value)) ? `'${String(value)}'` : String(value)}`,
    );
  return [...params.list('vmid'), ...options].join(' ');
}

function defaults({ app, user, params }: Call): Record<string, unknown> {
  const id = params.optionalString('storage');
  if (id !== undefined) {
    app.storages.get(id, params.string('node'));
    app.acl.check(user, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace'], true);
  }
  const { path } = app.storages.get(id ?? DEFAULT_STORAGE);
  return {
    all: 0,
    bwlimit: 0,
    compress: '0',
    dumpdir: `${path}/dump`,
    fleecing: { enabled: 0 },
    ionice: 7,
    lockwait: 180,
    mailnotification: 'always',
    mode: 'snapshot',
    'notification-mode': 'auto',
    performance: { 'max-workers': 16, 'pbs-entries-max': 1_048_576 },
    pigz: 0,
    'prune-backups': 'keep-all=1',
    quiet: 0,
    remove: 1,
    stdexcludes: 1,
    stop: 0,
    stopwait: 10,
    storage: id ?? DEFAULT_STORAGE,
    zstd: 1,
  };
}

async function extractConfig({ app, user, params }: Call): Promise<string> {
  const found = await findArchive(app, user, params.string('node'), params.string('volume'));
  return readArchive(found.path, found.compression, async ({ header }) => configText(header));
}

export const backupRoutes: Route[] = [
  {
    method: 'POST',
    path: '/nodes/{node}/vzdump',
    name: 'vzdump',
    description: 'Create backup.',
    params: { ...onNode, ...VZDUMP_PARAMS },
    permissions: {
      user: 'all',
      description:
        "The user needs 'VM.Backup' permissions on any VM, and 'Datastore.AllocateSpace' on the backup storage.",
    },
    protected: true,
    returns: 'string',
    handler: backup,
  },
  {
    method: 'GET',
    path: '/nodes/{node}/vzdump/defaults',
    name: 'defaults',
    description: 'Get the currently configured vzdump defaults.',
    params: { ...onNode, storage: optional(storage) },
    permissions: {
      user: 'all',
      description:
        "The user needs 'Datastore.Audit' or 'Datastore.AllocateSpace' permissions for the specified storage.",
    },
    returns: 'object',
    handler: defaults,
  },
  {
    method: 'GET',
    path: '/nodes/{node}/vzdump/extractconfig',
    name: 'extractconfig',
    description: 'Extract configuration from vzdump backup archive.',
    params: { ...onNode, volume: text('Volume identifier') },
    permissions: {
      user: 'all',
      description:
        "The user needs 'VM.Backup' permissions on the backed up guest ID, and 'Datastore.AllocateSpace' on the backup storage.",
    },
    protected: true,
    returns: 'string',
    handler: extractConfig,
  },
];
