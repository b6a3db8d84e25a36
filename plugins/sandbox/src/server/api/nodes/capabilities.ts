import type { App } from '../../app.js';
import type { Identity } from '../../auth/acl.js';
import { CPU_MODELS, cpuFlagRows, machineRows } from '../../host/qemu.js';
import { define, index } from '../declare.js';
import { sectionRows } from '../sections.js';
import { nodeCapabilitiesTable as table } from '../tables/node-capabilities.js';
import type { Route } from '../types.js';

export const customCpuModels = sectionRows('cpu-models');

/** The models of QEMU, and those of this cluster that the caller may use. */
function cpuModels(app: App, who: Identity): unknown[] {
  const custom = Object.entries(customCpuModels(app.store.state))
    .filter(([name]) =>
      app.acl.has(who, `/mapping/cpu/${name}`, ['Mapping.Use', 'Mapping.Audit'], true),
    )
    .map(([name, row]) => {
      const base = CPU_MODELS.find((model) => model.name === row['reported-model']);
      return { custom: 1, name: `custom-${name}`, vendor: base?.vendor ?? 'default' };
    });
  return [...CPU_MODELS, ...custom];
}

export const capabilityRoutes: Route[] = define(table, {
  'GET /nodes/{node}/capabilities': index('name', 'qemu'),
  'GET /nodes/{node}/capabilities/qemu': index('name', 'cpu cpu-flags machines migration'),
  'GET /nodes/{node}/capabilities/qemu/cpu': [
    'List all custom and default CPU models.',
    ({ app, user }) => cpuModels(app, user),
  ],
  'GET /nodes/{node}/capabilities/qemu/cpu-flags': [
    'List of available VM-specific CPU flags.',
    () => cpuFlagRows(false),
  ],
  'GET /nodes/{node}/capabilities/qemu/machines': [
    'Get available QEMU/KVM machine types.',
    machineRows,
  ],
  'GET /nodes/{node}/capabilities/qemu/migration': [
    'Get node-specific QEMU migration capabilities.',
    () => ({ 'has-dbus-vmstate': true }),
  ],
});
