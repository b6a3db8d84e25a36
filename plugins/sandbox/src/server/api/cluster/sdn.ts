import { failure } from '../../errors.js';
import { define, index } from '../declare.js';
import { sectionDigest, sectionRoutes, sectionRows } from '../sections.js';
import { clusterSdnTable as table } from '../tables/cluster-sdn.js';
import { nodeSdnTable } from '../tables/node-sdn.js';
import type { Route } from '../types.js';

/** The kinds of records, each with the name of its id. */
const KINDS = [
  ['zones', 'zone'],
  ['vnets', 'vnet'],
  ['controllers', 'controller'],
  ['dns', 'dns'],
  ['fabrics/fabric', 'id'],
] as const;
/** PVE's own address management is always there. */
const OWN_IPAM = { ipam: 'pve', type: 'pve' };

function absent(what: string, id: string): never {
  throw failure(`${what} '${id}' does not exist`);
}

/** Software-defined networks: a cluster that has none. */
export const sdnRoutes: Route[] = [
  ...KINDS.flatMap(([path, id]) =>
    sectionRoutes({
      table,
      path: `/cluster/sdn/${path}`,
      id,
      noun: `SDN ${id}`,
      rows: sectionRows(`sdn-${path}`),
      missing: (name) => `sdn '${name}' does not exist`,
      exists: (name) => `sdn ${id} object ID '${name}' already defined`,
    }),
  ),
  ...define(table, {
    'GET /cluster/sdn': index('id', 'vnets zones controllers ipams dns fabrics'),
    'GET /cluster/sdn/fabrics': index('subdir', 'fabric node all'),
    'GET /cluster/sdn/fabrics/all': ['SDN Fabrics Index', () => ({ fabrics: [], nodes: [] })],
    'GET /cluster/sdn/fabrics/node': ['SDN Fabrics Index', () => []],
    'GET /cluster/sdn/fabrics/node/{fabric_id}': [
      'SDN Fabrics Index',
      ({ params }) => absent('fabric', params.string('fabric_id')),
    ],
    'GET /cluster/sdn/fabrics/node/{fabric_id}/{node_id}': [
      'Get a node',
      ({ params }) => absent('fabric', params.string('fabric_id')),
    ],
    'GET /cluster/sdn/ipams': [
      'SDN ipams index.',
      ({ params }) =>
        (params.optionalString('type') ?? 'pve') === 'pve'
          ? [{ ...OWN_IPAM, digest: sectionDigest({}) }]
          : [],
    ],
    'GET /cluster/sdn/ipams/{ipam}': [
      'Read sdn ipam configuration.',
      ({ params }) =>
        params.string('ipam') === OWN_IPAM.ipam
          ? { ...OWN_IPAM, digest: sectionDigest({}) }
          : absent('sdn', params.string('ipam')),
    ],
  }),
  ...define(nodeSdnTable, {
    'GET /nodes/{node}/sdn': index('name', 'fabrics vnets zones'),
    'GET /nodes/{node}/sdn/zones': ['Get status for all zones.', () => []],
  }),
];
