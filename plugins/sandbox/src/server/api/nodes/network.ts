import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import type { SectionRow } from '../../state/model.js';
import { define } from '../declare.js';
import { nodeNetworkTable as table } from '../tables/node-network.js';
import { Extended } from '../types.js';
import type { Call, Route } from '../types.js';
import { changesOf, interfaceRow, interfacesOf, plannedInterfaces } from './interfaces.js';
import type { Interfaces } from './interfaces.js';
import { nodeSettings } from './settings.js';

/** Which types a filter stands for. */
function isWanted(type: string, wanted: string | undefined): boolean {
  switch (wanted) {
    case undefined:
      return true;
    case 'any_bridge':
    case 'any_local_bridge':
    case 'include_sdn':
      return type === 'bridge' || type === 'OVSBridge';
    default:
      return type === wanted;
  }
}

function list({ app, user, params }: Call): unknown {
  const node = params.string('node');
  const used = interfacesOf(app, node);
  const rows = Object.entries(plannedInterfaces(app, node))
    .filter(([, row]) => isWanted(String(row['type']), params.optionalString('type')))
    .filter(
      ([iface, row]) =>
        !isWanted(String(row['type']), 'any_bridge') ||
        app.acl.has(user, `/sdn/zones/localnetwork/${iface}`, ['SDN.Audit', 'SDN.Use'], true),
    )
    .map(([iface, row]) => ({ iface, ...row, ...(iface in used ? { active: 1 } : {}) }));
  const changes = changesOf(app, node);
  return changes === undefined ? rows : new Extended(rows, { changes });
}

function rowOf(all: Interfaces, iface: string): SectionRow {
  const row = all[iface];
  if (!row) throw failure('interface does not exist');
  return row;
}

/** Changes go into interfaces.new; the reload makes them real. */
function plan(app: App, node: string, change: (all: Interfaces) => void): null {
  const planned = structuredClone(plannedInterfaces(app, node));
  change(planned);
  nodeSettings(app, node).newInterfaces = planned;
  app.store.touch();
  return null;
}

function checkPorts(all: Interfaces, iface: string, row: SectionRow): void {
  if (row['gateway'] !== undefined) {
    const other = Object.keys(all).find(
      (name) => name !== iface && all[name]!['gateway'] !== undefined,
    );
    if (other !== undefined)
      throw parameterError({ gateway: `Default gateway already exists on interface '${other}'.` });
  }
}

function create({ app, params }: Call): null {
  const iface = params.string('iface');
  return plan(app, params.string('node'), (all) => {
    if (all[iface]) throw parameterError({ iface: 'interface already exists' });
    const highest = Math.max(...Object.values(all).map((row) => Number(row['priority'] ?? 0)));
    const row = interfaceRow(params, highest + 1);
    checkPorts(all, iface, row);
    all[iface] = row;
  });
}

function update({ app, params }: Call): null {
  const iface = params.string('iface');
  return plan(app, params.string('node'), (all) => {
    const old = rowOf(all, iface);
    const row = interfaceRow(params, Number(old['priority'] ?? 0));
    checkPorts(all, iface, row);
    const kept = Object.fromEntries(
      Object.entries(old).filter(([key]) =>
        /^(?:autostart|bridge_(?:ports|stp|fd)|active)$/.test(key),
      ),
    );
    all[iface] = { ...kept, ...row };
    for (const name of params.list('delete')) delete all[iface][name];
  });
}

function reload({ app, user, params }: Call): string {
  const node = params.string('node');
  const what = { node, type: 'srvreload', id: 'networking', user: user.id };
  return app.tasks.start(what, async (task) => {
    await task.work();
    const settings = nodeSettings(app, node);
    if (!settings.newInterfaces) return;
    const active = Object.entries(settings.newInterfaces).map(
      ([name, row]): [string, SectionRow] => [name, { ...row, active: 1 }],
    );
    settings.interfaces = Object.fromEntries(active);
    delete settings.newInterfaces;
    app.store.touch();
  });
}

export const networkRoutes: Route[] = define(table, {
  'GET /nodes/{node}/network': ['List available networks', list],
  'POST /nodes/{node}/network': ['Create network device configuration', create],
  'PUT /nodes/{node}/network': ['Reload network configuration', reload],
  'DELETE /nodes/{node}/network': [
    'Revert network configuration changes.',
    ({ app, params }) => {
      delete nodeSettings(app, params.string('node')).newInterfaces;
      app.store.touch();
      return null;
    },
  ],
  'GET /nodes/{node}/network/{iface}': [
    'Read network device configuration',
    ({ app, params }) =>
      rowOf(plannedInterfaces(app, params.string('node')), params.string('iface')),
  ],
  'PUT /nodes/{node}/network/{iface}': ['Update network device configuration', update],
  'DELETE /nodes/{node}/network/{iface}': [
    'Delete network device configuration',
    ({ app, params }) =>
      plan(app, params.string('node'), (all) => {
        rowOf(all, params.string('iface'));
        delete all[params.string('iface')];
      }),
  ],
});
