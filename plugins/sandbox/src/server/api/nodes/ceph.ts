import { failure } from '../../errors.js';
import { define, index } from '../declare.js';
import type { Behaviour } from '../declare.js';
import { cephTable as table } from '../tables/ceph.js';
import type { Route } from '../types.js';

const INDEXES: Readonly<Record<string, Behaviour>> = {
  'GET /cluster/ceph': index('name', 'metadata status flags'),
  'GET /nodes/{node}/ceph/cfg': index('name', 'db raw value'),
  'GET /nodes/{node}/ceph/osd/{osdid}': index('name', 'metadata lv-info'),
  'GET /nodes/{node}/ceph/pool/{name}': index('name', 'status'),
  'GET /nodes/{node}/ceph': index(
    'name',
    'cfg cmd-safety crush fs init log mds mgr mon osd pool releases restart rules start status stop',
  ),
};

const NOT_INSTALLED: Behaviour = [
  'Ceph is not installed on these nodes.',
  () => {
    throw failure('binary not installed: /usr/bin/ceph-mon');
  },
];

/** Everything but the indexes answers what a node without Ceph answers. */
export const cephRoutes: Route[] = define(
  table,
  Object.fromEntries(Object.keys(table).map((key) => [key, INDEXES[key] ?? NOT_INSTALLED])),
);
