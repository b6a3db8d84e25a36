import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import type { Pool } from '../state/model.js';
import { resourceRow } from '../guests/resource-row.js';
import { kindOf } from '../qemu/vms.js';
import { flag, optionalText, text } from './common.js';
import type { Call, Param, Permissions, Route } from './types.js';

const poolid: Param = text('Pool ID.', { format: 'pve-poolid' });
const ALLOCATE: Permissions = { check: ['perm', '/pool/{poolid}', ['Pool.Allocate']] };
const type = optionalText('Only members of this type.', { enum: ['qemu', 'lxc', 'storage'] });
const UPDATE = {
  poolid,
  'allow-move': flag('Allow adding a guest even if already in another pool.', 0),
  comment: optionalText('Comment.'),
  delete: flag('Remove the passed VMIDs and/or storage IDs instead of adding them.', 0),
  storage: optionalText('List of storage IDs to add or remove from this pool.', {
    format: 'pve-storage-id-list',
  }),
  vms: optionalText('List of guest VMIDs to add or remove from this pool.', {
    format: 'pve-vmid-list',
  }),
};

function poolOf(app: App, id: string): Pool {
  const pool = app.store.state.pools[id];
  if (!pool) throw failure(`pool '${id}' does not exist`);
  return pool;
}

function members(app: App, pool: Pool, only: string | undefined): unknown[] {
  const vms = pool.vms
    .flatMap((vmid) => app.vms.find(vmid) ?? [])
    .filter((vm) => only === undefined || only === kindOf(vm))
    .map((vm) => resourceRow(vm, app.engine.figures(vm)));
  const storages = pool.storages.flatMap((storage) =>
    app.store.state.nodes.map((node) => ({
      id: `storage/${node}/${storage}`,
      node,
      storage,
      type: 'storage',
      status: 'available',
      plugintype: 'dir',
    })),
  );
  return [...vms, ...(only === undefined || only === 'storage' ? storages : [])];
}

function details(app: App, id: string, only: string | undefined): Record<string, unknown> {
  const pool = poolOf(app, id);
  return {
    ...(pool.comment === undefined ? {} : { comment: pool.comment }),
    members: members(app, pool, only),
  };
}

function update({ app, user, params }: Call): null {
  const id = params.string('poolid');
  const pool = poolOf(app, id);
  try {
    changeVms(
      app,
      user,
      id,
      pool,
      params.list('vms').map(Number),
      params.flag('delete'),
      params.flag('allow-move'),
    );
    for (const storage of params.list('storage')) {
      app.acl.check(user, `/storage/${storage}`, ['Datastore.Allocate']);
      const there = pool.storages.includes(storage);
      if (params.flag('delete') && !there)
        throw failure(`Storage '${storage}' is not a pool member`);
      if (!params.flag('delete') && there)
        throw failure(`Storage '${storage}' is already a pool member`);
      pool.storages = there
        ? pool.storages.filter((other) => other !== storage)
        : [...pool.storages, storage];
    }
  } catch (error) {
    // Observed: a missing right shows inside a 500 here.
    throw failure(`update pools failed: ${taskMessageOf(error)}`);
  }
  if (params.has('comment')) pool.comment = params.string('comment');
  app.store.touch();
  return null;
}

function changeVms(
  app: App,
  who: Identity,
  id: string,
  pool: Pool,
  vmids: readonly number[],
  remove: boolean,
  move: boolean,
): void {
  for (const vmid of vmids) {
    app.acl.check(who, `/vms/${vmid}`, ['Permissions.Modify', 'VM.Allocate'], true);
    if (remove) {
      if (!pool.vms.includes(vmid)) throw failure(`VM ${vmid} is not a pool member`);
      pool.vms = pool.vms.filter((other) => other !== vmid);
      continue;
    }
    if (!app.vms.find(vmid)) throw failure(`VM ${vmid} does not exist`);
    const other = app.vms.poolOf(vmid);
    if (other === id) throw failure(`VM ${vmid} is already a pool member`);
    if (other !== undefined && !move)
      throw failure(`VM ${vmid} belongs already to pool '${other}' and 'allow-move' is not set`);
    if (other !== undefined)
      poolOf(app, other).vms = poolOf(app, other).vms.filter((member) => member !== vmid);
    pool.vms.push(vmid);
  }
}

function remove({ app, params }: Call): null {
  const id = params.string('poolid');
  const pool = poolOf(app, id);
  if (pool.vms.length > 0)
    throw failure(`delete pool failed: pool '${id}' is not empty (contains VM ${pool.vms[0]!})`);
  if (pool.storages.length > 0)
    throw failure(
      `delete pool failed: pool '${id}' is not empty (contains storage '${pool.storages[0]!}')`,
    );
  delete app.store.state.pools[id];
  app.store.state.acl = app.store.state.acl.filter((entry) => entry.path !== `/pool/${id}`);
  app.store.touch();
  return null;
}

export const poolRoutes: Route[] = [
  {
    method: 'GET',
    path: '/pools',
    name: 'index',
    description: 'List pools or get pool configuration.',
    returns: 'array',
    params: { poolid: { ...poolid, optional: 1 }, type: { ...type, requires: 'poolid' } },
    permissions: {
      user: 'all',
      description: 'List all pools where you have Pool.Audit permissions on /pool/<pool>.',
    },
    handler: ({ app, user, params }) => {
      const id = params.optionalString('poolid');
      // Observed: this form answers anyone.
      if (id !== undefined)
        return [{ poolid: id, ...details(app, id, params.optionalString('type')) }];
      return Object.entries(app.store.state.pools)
        .filter(([name]) => app.acl.has(user, `/pool/${name}`, ['Pool.Audit']))
        .map(([name, pool]) => ({
          poolid: name,
          ...(pool.comment === undefined ? {} : { comment: pool.comment }),
        }));
    },
  },
  {
    method: 'POST',
    path: '/pools',
    name: 'create_pool',
    description: 'Create new pool.',
    returns: 'null',
    params: { poolid, comment: optionalText('Comment.') },
    permissions: ALLOCATE,
    protected: true,
    handler: ({ app, params }) => {
      const id = params.string('poolid');
      if (app.store.state.pools[id])
        throw failure(`create pool failed: pool '${id}' already exists`);
      app.store.state.pools[id] = {
        vms: [],
        storages: [],
        ...(params.has('comment') ? { comment: params.string('comment') } : {}),
      };
      app.store.touch();
      return null;
    },
  },
  {
    method: 'PUT',
    path: '/pools',
    name: 'update_pool',
    description: 'Update pool.',
    returns: 'null',
    params: UPDATE,
    permissions: ALLOCATE,
    protected: true,
    handler: update,
  },
  {
    method: 'DELETE',
    path: '/pools',
    name: 'delete_pool',
    description: 'Delete pool.',
    returns: 'null',
    params: { poolid },
    permissions: ALLOCATE,
    protected: true,
    handler: remove,
  },
  {
    method: 'GET',
    path: '/pools/{poolid}',
    name: 'read_pool',
    description: 'Get pool configuration (deprecated, no support for nested pools).',
    returns: 'object',
    params: { poolid, type },
    permissions: { check: ['perm', '/pool/{poolid}', ['Pool.Audit']] },
    handler: ({ app, params }) =>
      details(app, params.string('poolid'), params.optionalString('type')),
  },
  {
    method: 'PUT',
    path: '/pools/{poolid}',
    name: 'update_pool_deprecated',
    description: 'Update pool data (deprecated).',
    returns: 'null',
    params: UPDATE,
    permissions: ALLOCATE,
    protected: true,
    handler: update,
  },
  {
    method: 'DELETE',
    path: '/pools/{poolid}',
    name: 'delete_pool_deprecated',
    description: 'Delete pool (deprecated).',
    returns: 'null',
    params: { poolid },
    permissions: ALLOCATE,
    protected: true,
    handler: remove,
  },
];
