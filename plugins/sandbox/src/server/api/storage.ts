import type { App } from '../app.js';
import type { StorageConfig } from '../state/model.js';
import { flag, node, onNode, onStorage, optional, optionalText, storage } from './common.js';
import type { Call, Permissions, Route } from './types.js';

/** Who may see a storage. */
export const READ_STORAGE: Permissions = {
  check: ['perm', '/storage/{storage}', ['Datastore.Audit', 'Datastore.AllocateSpace'], 'any', 1],
};
const contentTypes = optionalText('Allowed content types.', { format: 'pve-storage-content-list' });

async function statusRow(
  app: App,
  on: string,
  id: string,
  config: StorageConfig,
): Promise<Record<string, unknown>> {
  const total = app.storages.capacity;
  const used = config.disable ? 0 : await app.storages.used(on, id);
  return {
    type: config.type,
    content: config.content.join(','),
    shared: app.storages.isShared(id) ? 1 : 0,
    enabled: config.disable ? 0 : 1,
    active: config.disable ? 0 : 1,
    total: config.disable ? 0 : total,
    used,
    avail: config.disable ? 0 : Math.max(0, total - used),
  };
}

async function nodeStorages({ app, user, params }: Call): Promise<unknown[]> {
  const on = params.string('node');
  const wanted = params.list('content');
  const rows: Record<string, unknown>[] = [];
  for (const [id, config] of app.storages.onNode(on)) {
    if (!app.acl.has(user, `/storage/${id}`, ['Datastore.Audit', 'Datastore.AllocateSpace'], true))
      continue;
    if (params.has('storage') && params.string('storage') !== id) continue;
    if (params.flag('enabled') && config.disable) continue;
    if (wanted.length > 0 && !wanted.some((type) => config.content.includes(type))) continue;
    const row = await statusRow(app, on, id, config);
    rows.push({
      ...row,
      storage: id,
      ...(config.disable ? {} : { used_fraction: Number(row['used']) / app.storages.capacity }),
    });
  }
  return rows;
}

/** PVE's own index. */
const SUBDIRS = (
  'content download-url file-restore import-metadata identity oci-registry-pull prunebackups rrd ' +
  'rrddata status upload'
).split(' ');
const ON = '/nodes/{node}/storage/{storage}';

export const storageRoutes: Route[] = [
  {
    method: 'GET',
    path: '/nodes/{node}/storage',
    name: 'node_storage_index',
    description: 'Get status for all datastores.',
    returns: 'array',
    protected: true,
    params: {
      ...onNode,
      content: contentTypes,
      enabled: flag('Only list stores which are enabled (not disabled in config).', 0),
      format: flag('Include information about formats', 0),
      storage: optional(storage),
      target: optional(node),
    },
    permissions: {
      user: 'all',
      description:
        "Only list entries where you have 'Datastore.Audit' or 'Datastore.AllocateSpace' permissions on '/storage/<storage>'",
    },
    handler: nodeStorages,
  },
  {
    method: 'GET',
    path: ON,
    name: 'diridx',
    description: '',
    returns: 'array',
    params: onStorage,
    permissions: READ_STORAGE,
    handler: () => SUBDIRS.map((subdir) => ({ subdir })),
  },
  {
    method: 'GET',
    path: `${ON}/status`,
    name: 'read_status',
    description: 'Read storage status.',
    returns: 'object',
    params: onStorage,
    permissions: READ_STORAGE,
    protected: true,
    handler: async ({ app, params }) => {
      const id = params.string('storage');
      return statusRow(app, params.string('node'), id, app.storages.get(id, params.string('node')));
    },
  },
];
