import type { App } from '../../app.js';
import { PveError } from '../../errors.js';
import { define, index } from '../declare.js';
import { nodeAddress } from '../nodes/settings.js';
import { clusterConfigTable as table } from '../tables/cluster-config.js';
import type { Route } from '../types.js';

function isCluster(app: App): boolean {
  return app.store.state.nodes.length > 1;
}

function nodeList(app: App): Record<string, unknown>[] {
  return app.store.state.nodes.map((name, at) => ({
    node: name,
    name,
    nodeid: String(at + 1),
    quorum_votes: '1',
    ring0_addr: nodeAddress(app, name),
  }));
}

function totem(app: App): Record<string, unknown> {
  return {
    cluster_name: 'sandbox',
    config_version: String(app.store.state.nodes.length),
    interface: { 0: { linknumber: '0' } },
    ip_version: 'ipv4-6',
    link_mode: 'passive',
    secauth: 'on',
    version: '2',
  };
}

function join(app: App): unknown {
  if (!isCluster(app)) throw new PveError(424, 'node is not in a cluster, no join info available!');
  const nodelist = nodeList(app).map((row) => ({
    ...row,
    pve_addr: row['ring0_addr'],
    pve_fp: app.fingerprint,
  }));
  return {
    config_digest: '',
    nodelist,
    preferred_node: app.store.state.nodes[0],
    totem: totem(app),
  };
}

/** The cluster itself; a single node is none. */
export const clusterConfigRoutes: Route[] = define(table, {
  'GET /cluster/config': index('name', 'nodes totem join qdevice apiversion'),
  'GET /cluster/config/apiversion': [
    'Return the version of the cluster join API available on this node.',
    () => '1',
  ],
  'GET /cluster/config/nodes': [
    'Corosync node list.',
    ({ app }) => (isCluster(app) ? nodeList(app) : []),
  ],
  'GET /cluster/config/join': [
    'Get information needed to join this cluster over the connected node.',
    ({ app }) => join(app),
  ],
  'GET /cluster/config/totem': [
    'Get corosync totem protocol settings.',
    ({ app }) => (isCluster(app) ? totem(app) : null),
  ],
  'GET /cluster/config/qdevice': ['Get QDevice status', () => ({})],
});
