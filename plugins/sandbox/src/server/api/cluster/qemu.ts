import { parameterError } from '../../errors.js';
import { CPU_MODELS, cpuFlagRows } from '../../host/qemu.js';
import { define, index } from '../declare.js';
import { customCpuModels } from '../nodes/capabilities.js';
import { sectionRoutes } from '../sections.js';
import { clusterQemuTable as table } from '../tables/cluster-qemu.js';
import type { Call, Route } from '../types.js';

/** `custom-mine` and `mine` are the same. */
function nameOf({ params }: Call): string {
  return params.string('cputype').replace(/^custom-/, '');
}

export const clusterQemuRoutes: Route[] = [
  ...define(table, {
    'GET /cluster/qemu': index('name', 'cpu-flags custom-cpu-models'),
    'GET /cluster/qemu/cpu-flags': ['List of available CPU flags.', () => cpuFlagRows(true)],
  }),
  ...sectionRoutes({
    table,
    path: '/cluster/qemu/custom-cpu-models',
    id: 'cputype',
    noun: 'custom CPU model',
    rows: customCpuModels,
    idOf: nameOf,
    missing: (name) => `Custom cputype '${name}' not found`,
    exists: (name) => `Custom cputype '${name}' already exists`,
    check: ({ params }) => {
      const base = params.optionalString('reported-model');
      if (base !== undefined && !CPU_MODELS.some(({ name }) => name === base))
        throw parameterError({ 'reported-model': `unknown CPU model '${base}'` });
    },
    visible: ({ app, user }, name) =>
      app.acl.has(
        user,
        `/mapping/cpu/${name}`,
        ['Mapping.Audit', 'Mapping.Use', 'Mapping.Modify'],
        true,
      ),
    show: (name, row) => ({ ...row, cputype: `custom-${name}` }),
    listsDigest: true,
  }),
];
