import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import type { SectionRow } from '../../state/model.js';
import { optionalText, text } from '../common.js';
import { define, index, missing } from '../declare.js';
import type { DeclaredRoutes } from '../declare.js';
import { splitList } from '../params.js';
import { sectionRoutes, sectionRows } from '../sections.js';
import { clusterHaTable as described } from '../tables/cluster-ha.js';
import { digest } from '../tables/shared.js';
import type { Call, ParamTable, Route } from '../types.js';

/** The description of PVE's API leaves these out: they depend on the type of the rule. */
const RULE_PARAMS: ParamTable = {
  rule: text('HA rule identifier.', { format: 'pve-configid' }),
  type: text('HA rule type.', { enum: ['node-affinity', 'resource-affinity'] }),
  comment: optionalText('HA rule description.', { maxLength: 4096 }),
  disable: { type: 'boolean', optional: 1, default: 0 },
  resources: optionalText('List of HA resource IDs.', { format: 'pve-ha-resource-id-list' }),
  nodes: optionalText('List of cluster node members.', { format: 'pve-ha-node-list' }),
  strict: { type: 'boolean', optional: 1, default: 0 },
  affinity: optionalText('How the resources are placed to each other.', {
    enum: ['positive', 'negative'],
  }),
};
const table = {
  ...described,
  'POST /cluster/ha/rules': { ...described['POST /cluster/ha/rules'], params: RULE_PARAMS },
  'PUT /cluster/ha/rules/{rule}': {
    ...described['PUT /cluster/ha/rules/{rule}'],
    params: {
      ...RULE_PARAMS,
      delete: optionalText('A list of settings you want to delete.', {
        format: 'pve-configid-list',
        maxLength: 4096,
      }),
      digest,
    },
  },
} as const satisfies DeclaredRoutes;

/** `101` is `vm:101`, or `ct:101` when that is a container. */
function sidOf({ app, params }: Call): string {
  const sid = params.string('sid');
  return /^\d+$/.test(sid) ? `${typeOfGuest(app, Number(sid)) ?? 'vm'}:${sid}` : sid;
}

function typeOfGuest(app: App, vmid: number): 'ct' | 'vm' | undefined {
  const guest = app.vms.find(vmid);
  return guest && (guest.kind === 'lxc' ? 'ct' : 'vm');
}

function checkGuest({ app }: Call, sid: string): void {
  const vmid = Number(sid.slice(3));
  if (sid !== `${typeOfGuest(app, vmid)}:${vmid}`) throw failure(`unable to find VM ID '${vmid}'`);
}

const ruleRows = sectionRows('ha-rules');

const resourceRoutes = sectionRoutes({
  table,
  path: '/cluster/ha/resources',
  id: 'sid',
  noun: 'HA resource',
  rows: (state) => state.haResources,
  idOf: sidOf,
  missing: (sid) => `no such resource '${sid}'`,
  exists: (sid) => `resource ID '${sid}' already defined`,
  check: (call, sid, old) => {
    if (!old) checkGuest(call, sid);
    if (call.params.has('group'))
      throw parameterError({ group: 'ha groups have been migrated to rules' });
    const type = sid.split(':')[0]!;
    if (call.params.has('type') && call.params.string('type') !== type)
      throw parameterError({ type: `type mismatch: '${sid}' is of type '${type}'` });
  },
  show: (sid, row) => ({ sid, state: 'started', ...row, type: sid.split(':')[0] }),
  visible: ({ params }, sid) => !params.has('type') || sid.startsWith(`${params.string('type')}:`),
  removed: ({ app, params }, sid) => {
    if (params.has('purge') && !params.flag('purge')) return;
    const rules = ruleRows(app.store.state);
    for (const [rule, row] of Object.entries(rules)) {
      const rest = splitList(String(row['resources'] ?? '')).filter((item) => item !== sid);
      if (rest.length === 0) delete rules[rule];
      else row['resources'] = rest.join(',');
    }
  },
});

function checkRule({ app, params }: Call, _rule: string, old: SectionRow | undefined): void {
  const type = params.string('type');
  if (old && old['type'] !== type)
    throw parameterError({ type: `type mismatch: '${type}' is not '${String(old['type'])}'` });
  if (!old) {
    if (!params.has('resources')) throw missing('resources');
    const needed = type === 'node-affinity' ? 'nodes' : 'affinity';
    if (!params.has(needed)) throw missing(needed);
  }
  for (const sid of params.list('resources'))
    if (!app.store.state.haResources[sid])
      throw failure(`cannot use unmanaged resource(s) ${sid}.`);
}

const ruleRoutes = sectionRoutes({
  table,
  path: '/cluster/ha/rules',
  id: 'rule',
  noun: 'HA rule',
  rows: ruleRows,
  missing: (rule) => `no such ha rule '${rule}'`,
  exists: (rule) => `HA rule '${rule}' already defined`,
  check: checkRule,
  visible: ({ params }, _rule, row) => {
    if (params.has('type') && row['type'] !== params.string('type')) return false;
    const resource = params.optionalString('resource');
    return resource === undefined || splitList(String(row['resources'])).includes(resource);
  },
  listsDigest: true,
});

function migrated(what: string): () => never {
  return () => {
    throw failure(`cannot ${what}: ha groups have been migrated to rules`);
  };
}

function current(app: App): unknown[] {
  const [node] = app.store.state.nodes;
  const services = Object.entries(app.store.state.haResources).map(([sid, row]) => {
    const vm = app.vms.find(Number(sid.slice(3)));
    const state = String(row['state'] ?? 'started');
    return {
      id: `service:${sid}`,
      type: 'service',
      sid,
      node: vm?.node ?? node,
      state,
      request_state: state,
      crm_state: state,
      status: `${sid} (${vm?.node ?? node}, ${state})`,
    };
  });
  const active = services.length > 0;
  return [
    { id: 'quorum', type: 'quorum', node, quorate: 1, status: 'OK' },
    {
      id: 'fencing',
      type: 'fencing',
      node,
      'armed-state': active ? 'armed' : 'standby',
      status: active ? 'armed (CRM watchdog active)' : 'standby (CRM watchdog standby)',
    },
    ...services,
  ];
}

export const haRoutes: Route[] = [
  ...resourceRoutes,
  ...ruleRoutes,
  ...define(table, {
    'GET /cluster/ha': index('id', 'status resources groups rules'),
    'GET /cluster/ha/groups': ['Get HA groups.', migrated('index groups')],
    'POST /cluster/ha/groups': ['Create a new HA group.', migrated('create group')],
    'GET /cluster/ha/groups/{group}': ['Read ha group configuration.', migrated('read group')],
    'PUT /cluster/ha/groups/{group}': ['Update ha group configuration.', migrated('update group')],
    'DELETE /cluster/ha/groups/{group}': ['Delete ha group.', migrated('delete group')],
    'GET /cluster/ha/status': index('name', 'current manager_status disarm-ha arm-ha'),
    'GET /cluster/ha/status/current': ['Get HA manager status.', ({ app }) => current(app)],
    'GET /cluster/ha/status/manager_status': [
      'Get full HA manager status, including LRM status.',
      ({ app }) => ({
        manager_status: { node_status: {} },
        quorum: { node: app.store.state.nodes[0], quorate: '1' },
      }),
    ],
  }),
];
