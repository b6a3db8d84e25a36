import { FORMAT_VERSION } from './model.js';
import type { State, StorageConfig } from './model.js';

/** The data of a new sandbox: a freshly installed cluster. */
export function newState(nodes: number): State {
  const state: State = {
    format: FORMAT_VERSION,
    createdAt: Math.floor(Date.now() / 1000),
    nodes: [],
    nextPid: 0x400,
    users: { 'root@pam': { enable: 1, expire: 0, groups: [], tokens: {} } },
    groups: {},
    roles: {},
    acl: [],
    storages: {
      local: {
        type: 'dir',
        path: '/var/lib/vz',
        content: ['iso', 'vztmpl', 'import', 'backup', 'snippets', 'images', 'rootdir'],
      },
      isoonly: { type: 'dir', path: '/mnt/isoonly', content: ['iso'] },
    },
    vms: {},
    pools: {},
    backupJobs: {},
    haResources: {},
    replication: {},
    clusterOptions: { mac_prefix: 'BC:24:11' },
    tasks: [],
    log: [],
  };
  addNodes(state, nodes);
  return state;
}

/** Brings the cluster to at least `count` nodes; a cluster never loses nodes, because VMs may live there. */
export function addNodes(state: State, count: number): void {
  for (let number = state.nodes.length + 1; number <= count; number++)
    state.nodes.push(`pve${number}`);
  const shared: StorageConfig = {
    type: 'dir',
    path: '/mnt/pve/shared',
    content: ['images', 'iso', 'import'],
    shared: 1,
  };
  if (state.nodes.length > 1) state.storages['shared'] ??= shared;
}
