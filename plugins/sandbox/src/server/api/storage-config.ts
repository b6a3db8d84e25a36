import type { App } from '../app.js';
import { failure, parameterError } from '../errors.js';
import type { StorageConfig } from '../state/model.js';
import { flag, optionalText, storage, text } from './common.js';
import { splitList } from './params.js';
import type { Call, Permissions, Route } from './types.js';

const ALLOCATE: Permissions = { check: ['perm', '/storage', ['Datastore.Allocate']] };
const contentTypes = optionalText('Allowed content types.', { format: 'pve-storage-content-list' });
const nodeList = optionalText('List of nodes for which the storage configuration applies.', {
  format: 'pve-node-list',
});

function configRow(app: App, id: string, config: StorageConfig): Record<string, unknown> {
  return {
    storage: id,
    type: config.type,
    path: config.path,
    content: config.content.join(','),
    digest: app.storages.digest(),
    ...(config.shared ? { shared: 1 } : {}),
    ...(config.disable ? { disable: 1 } : {}),
    ...(config.nodes ? { nodes: config.nodes.join(',') } : {}),
  };
}

async function createStorage({ app, params }: Call): Promise<unknown> {
  const id = params.string('storage');
  if (app.store.state.storages[id])
    throw failure(`create storage failed: storage ID '${id}' already defined`);
  if (params.string('type') !== 'dir')
    throw failure(`create storage failed: the sandbox has storages of type 'dir' only`);
  if (!params.has('path'))
    throw parameterError({ path: 'property is missing and it is not optional' });
  const config: StorageConfig = {
    type: 'dir',
    path: params.string('path'),
    content: params.has('content') ? params.list('content') : ['images', 'rootdir'],
  };
  if (params.flag('shared')) config.shared = 1;
  if (params.flag('disable')) config.disable = 1;
  if (params.has('nodes')) config.nodes = params.list('nodes');
  app.store.state.storages[id] = config;
  app.store.touch();
  if (!config.disable)
    for (const on of config.nodes ?? app.store.state.nodes) await app.storages.activate(on, id);
  return { storage: id, type: 'dir' };
}

async function updateStorage({ app, params }: Call): Promise<unknown> {
  const id = params.string('storage');
  const config = app.store.state.storages[id];
  if (!config) throw failure(`update storage failed: storage '${id}' does not exist`);
  if (params.has('content')) config.content = params.list('content');
  if (params.has('nodes')) config.nodes = params.list('nodes');
  if (params.has('shared')) config.shared = 1;
  if (params.flag('disable')) config.disable = 1;
  else if (params.has('disable')) delete config.disable;
  for (const key of splitList(params.optionalString('delete') ?? '')) {
    if (key === 'nodes') delete config.nodes;
    else if (key === 'disable') delete config.disable;
    else if (key === 'shared') delete config.shared;
  }
  app.store.touch();
  if (!config.disable)
    for (const on of config.nodes ?? app.store.state.nodes) await app.storages.activate(on, id);
  return { storage: id, type: config.type };
}

/** The configuration of storages: storage.cfg. */
export const storageConfigRoutes: Route[] = [
  {
    method: 'GET',
    path: '/storage',
    name: 'storage_index',
    description: 'Storage index.',
    returns: 'array',
    params: {
      type: optionalText('Only list storage of specific type', {
        enum: [
          'btrfs',
          'cephfs',
          'cifs',
          'dir',
          'esxi',
          'iscsi',
          'iscsidirect',
          'lvm',
          'lvmthin',
          'nfs',
          'pbs',
          'rbd',
          'zfs',
          'zfspool',
        ],
      }),
    },
    permissions: {
      user: 'all',
      description:
        "Only list entries where you have 'Datastore.Audit' or 'Datastore.AllocateSpace' permissions on '/storage/<storage>'",
    },
    handler: ({ app, user, params }) =>
      Object.entries(app.store.state.storages)
        .filter(
          ([id, config]) =>
            app.acl.has(
              user,
              `/storage/${id}`,
              ['Datastore.Audit', 'Datastore.AllocateSpace'],
              true,
            ) &&
            (!params.has('type') || params.string('type') === config.type),
        )
        .map(([id, config]) => configRow(app, id, config)),
  },
  {
    method: 'POST',
    path: '/storage',
    name: 'storage_create',
    description: 'Create a new storage.',
    returns: 'object',
    permissions: ALLOCATE,
    protected: true,
    params: {
      storage,
      type: text('Storage type.', {
        enum: ['dir', 'nfs', 'lvm', 'lvmthin', 'zfspool', 'rbd', 'cifs', 'pbs', 'btrfs'],
      }),
      path: optionalText('File system path.', { format: 'pve-storage-path' }),
      content: contentTypes,
      nodes: nodeList,
      shared: flag('Indicate that this is a single storage with the same contents on all nodes.'),
      disable: flag('Flag to disable the storage.'),
    },
    handler: createStorage,
  },
  {
    method: 'GET',
    path: '/storage/{storage}',
    name: 'storage_read',
    description: 'Read storage configuration.',
    returns: 'object',
    params: { storage },
    permissions: { check: ['perm', '/storage/{storage}', ['Datastore.Allocate']] },
    handler: ({ app, params }) => {
      const id = params.string('storage');
      const config = app.store.state.storages[id];
      if (!config) throw failure(`storage '${id}' does not exist`);
      return configRow(app, id, config);
    },
  },
  {
    method: 'PUT',
    path: '/storage/{storage}',
    name: 'storage_update',
    description: 'Update storage configuration.',
    returns: 'object',
    permissions: ALLOCATE,
    protected: true,
    params: {
      storage,
      content: contentTypes,
      nodes: nodeList,
      shared: flag('Shared.'),
      disable: flag('Flag to disable the storage.'),
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
      }),
      digest: optionalText('Digest.', { maxLength: 64 }),
    },
    handler: updateStorage,
  },
  {
    method: 'DELETE',
    path: '/storage/{storage}',
    name: 'storage_delete',
    description: 'Delete storage configuration.',
    returns: 'null',
    params: { storage },
    permissions: ALLOCATE,
    protected: true,
    handler: ({ app, params }) => {
      const id = params.string('storage');
      if (!app.store.state.storages[id])
        throw failure(`delete storage failed: storage '${id}' does not exist`);
      // As on a real server, the files stay.
      delete app.store.state.storages[id];
      app.store.touch();
      return null;
    },
  },
];
