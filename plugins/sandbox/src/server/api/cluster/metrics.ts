import { define, index } from '../declare.js';
import { sectionRoutes, sectionRows } from '../sections.js';
import { clusterMetricsTable as table } from '../tables/cluster-metrics.js';
import type { Route } from '../types.js';

/** External servers for figures. Nothing is sent to them; the sandbox gathers none. */
export const metricRoutes: Route[] = [
  ...sectionRoutes({
    table,
    path: '/cluster/metrics/server',
    id: 'id',
    noun: 'metric server',
    rows: sectionRows('metric-servers'),
    createdAtItsPath: true,
    missing: (id) => `status server entry '${id}' does not exist`,
    exists: (id) => `Metric server '${id}' already exists`,
    // The token is in a file of its own.
    show: (id, { token: _token, ...row }) => ({ id, ...row }),
  }),
  ...define(table, {
    'GET /cluster/metrics': index('name', 'server'),
    'GET /cluster/metrics/export': ['Retrieve metrics of the cluster.', () => ({ data: [] })],
  }),
];
