import type { App } from '../app.js';
import { failure } from '../errors.js';
import type { ConfigValue, StorageConfig } from '../state/model.js';
import { changeStorage, newStorage } from '../storage/config.js';
import { typeOf } from '../storage/types.js';
import { optionalText, storage } from './common.js';
import type { Params } from './params.js';
import { CREATE_STORAGE, STORAGE_TYPE_NAMES, UPDATE_STORAGE } from './storage-params.js';
import type { Call, Permissions, Route } from './types.js';

const ALLOCATE: Permissions = { check: ['perm', '/storage', ['Datastore.Allocate']] };
function configRow(app: App, id: string, config: StorageConfig): Record<string, unknown> {
  return {
    storage: id,
    type: config.type,
    ...(typeOf(config).files ? { path: config.path } : {}),
    ...config.options,
    content: config.content.join(','),
    digest: app.storages.digest(),
    ...(config.shared ? { shared: 1 } : {}),
    ...(config.disable ? { disable: 1 } : {}),
    ...(config.nodes ? { nodes: config.nodes.join(',') } : {}),
  };
}

function settingsOf(params: Params): Record<string, ConfigValue> {
  return Object.fromEntries(params.entries(['storage', 'type', 'delete', 'digest']));
}

/** Makes the directories of a storage wherever it can be used. */
async function activate(app: App, id: string, config: StorageConfig): Promise<void> {
  if (config.disable) return;
  for (const on of config.nodes ?? app.store.state.nodes)
    if (app.store.state.nodes.includes(on)) await app.storages.activate(on, id);
}

async function createStorage({ app, params }: Call): Promise<unknown> {
  const id = params.string('storage');
  const type = params.string('type');
  const config = newStorage(id, type, settingsOf(params));
  if (app.store.state.storages[id])
    throw failure(`create storage failed: storage ID '${id}' already defined`);
  app.store.state.storages[id] = config;
  app.store.touch();
  for (const on of app.store.state.nodes) app.storages.changed(on, id);
  await activate(app, id, config);
  return { storage: id, type };
}

async function updateStorage({ app, params }: Call): Promise<unknown> {
  const id = params.string('storage');
  const config = app.store.state.storages[id];
  if (!config) throw failure(`update storage failed: storage '${id}' does not exist`);
  const digest = params.optionalString('digest');
  if (digest !== undefined && digest !== app.storages.digest())
    throw failure(
      'update storage failed: detected modified configuration - file changed by other user? Try again.',
    );
  changeStorage(config, settingsOf(params), params.list('delete'));
  app.store.touch();
  await activate(app, id, config);
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
        enum: STORAGE_TYPE_NAMES,
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
    params: CREATE_STORAGE,
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
    params: UPDATE_STORAGE,
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
