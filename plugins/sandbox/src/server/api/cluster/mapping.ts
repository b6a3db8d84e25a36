import { define, index } from '../declare.js';
import { sectionRoutes, sectionRows } from '../sections.js';
import { clusterMappingTable as table } from '../tables/cluster-mapping.js';
import type { Route } from '../types.js';

/** How PVE calls the kinds in its error texts. */
const KINDS = { dir: 'directory', pci: 'PCI', usb: 'USB' } as const;

/** Hardware and directories under one name on all nodes. */
export const mappingRoutes: Route[] = [
  ...define(table, { 'GET /cluster/mapping': index('name', 'dir pci usb') }),
  ...(Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) =>
    sectionRoutes({
      table,
      path: `/cluster/mapping/${kind}`,
      id: 'id',
      noun: `${KINDS[kind]} mapping`,
      rows: sectionRows(`mapping-${kind}`),
      missing: (id) => `mapping '${id}' not found`,
      exists: (id) => `${KINDS[kind]} ID '${id}' already defined`,
      visible: ({ app, user }, id) =>
        app.acl.has(
          user,
          `/mapping/${kind}/${id}`,
          ['Mapping.Audit', 'Mapping.Use', 'Mapping.Modify'],
          true,
        ),
      show: (id, row, { params }) => ({
        id,
        ...row,
        ...(params.has('check-node') ? { checks: [] } : {}),
      }),
      listsDigest: true,
    }),
  ),
];
