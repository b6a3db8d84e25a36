import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import { MACRO_ROWS } from '../../host/firewall-macros.js';
import type { FirewallConfig, Record_ } from '../../state/model.js';
import { define, index } from '../declare.js';
import type { Behaviour, DeclaredRoutes } from '../declare.js';
import { firewallClusterTable } from '../tables/firewall-cluster.js';
import { firewallGuestTable } from '../tables/firewall-guest.js';
import { firewallNodeTable } from '../tables/firewall-node.js';
import { Extended } from '../types.js';
import type { Call, Route } from '../types.js';
import { aliasBehaviours, ipsetBehaviours } from './names.js';
import { ruleBehaviours } from './rules.js';
import { changeFirewall, firewallDigest, firewallOf, record } from './store.js';
import type { ScopeOf } from './store.js';

type Behaviours = Readonly<Record<string, Behaviour>>;

function below(path: string, behaviours: Behaviours): Behaviours {
  return Object.fromEntries(
    Object.entries(behaviours).map(([key, behaviour]) => {
      const [method, rest] = key.split(' ') as [string, string];
      return [`${method} ${path}${rest}`, behaviour];
    }),
  );
}

function optionBehaviours(scopeOf: ScopeOf): Behaviours {
  return {
    'GET ': [
      'Get Firewall options.',
      (call) => {
        const config = firewallOf(call.app.store.state, scopeOf(call));
        return { ...config.options, digest: firewallDigest(config) };
      },
    ],
    'PUT ': [
      'Set Firewall options.',
      (call) =>
        changeFirewall(call, scopeOf(call), ({ options }) => {
          const given = call.params.entries(['node', 'vmid', 'delete', 'digest']);
          Object.assign(options, Object.fromEntries(given));
          for (const name of call.params.list('delete')) delete options[name];
        }),
    ],
  };
}

/** No packet is ever logged: PVE says so in this way when there is no file. */
const NO_LOG: Behaviour = [
  'Read firewall log',
  () =>
    new Extended([{ n: 1, t: 'unable to open file - No such file or directory' }], { total: 1 }),
];

/** The names that a rule may use. */
function refsOf(config: FirewallConfig, scope: 'dc' | 'guest'): Record_[] {
  const alias = Object.entries(config.aliases).map(([name, { comment }]) =>
    record({ type: 'alias', name, ref: `${scope}/${name}`, scope, comment }),
  );
  const ipset = Object.entries(config.ipset).map(([name, { comment }]) =>
    record({ type: 'ipset', name, ref: `+${scope}/${name}`, scope, comment }),
  );
  return [...alias, ...ipset];
}

function refs(app: App, call: Call, scope: string): Record_[] {
  const { state } = app.store;
  const wanted = call.params.optionalString('type');
  const own = scope === 'cluster' ? [] : refsOf(firewallOf(state, scope), 'guest');
  return [...refsOf(firewallOf(state, 'cluster'), 'dc'), ...own].filter(
    (row) => wanted === undefined || row['type'] === wanted,
  );
}

function refBehaviours(scopeOf: ScopeOf): Behaviours {
  return {
    'GET ': [
      'Lists possible IPSet/Alias reference which are allowed in source/dest properties.',
      (call) => refs(call.app, call, scopeOf(call)),
    ],
  };
}

const cluster: ScopeOf = () => 'cluster';

function groupOf(
  { groups }: FirewallConfig,
  { params }: Call,
): { comment?: string; rules: Record_[] } {
  const name = params.string('group');
  const group = groups[name];
  if (!group) throw failure(`no such security group '${name}'`);
  return group;
}

function createGroup(call: Call): null {
  const { params } = call;
  const name = params.string('group');
  const old = params.optionalString('rename');
  return changeFirewall(call, 'cluster', ({ groups }) => {
    if (old !== undefined && !groups[old])
      throw parameterError({ group: `Security group '${old}' does not exist` });
    if (old !== name && groups[name])
      throw parameterError({ group: `Security group '${name}' already exists` });
    const comment = params.optionalString('comment');
    const from = old === undefined ? undefined : groups[old];
    if (old !== undefined) delete groups[old];
    groups[name] = { rules: [], ...from, ...(comment === undefined ? {} : { comment }) };
  });
}

const GROUPS: Behaviours = {
  'GET ': [
    'List security groups.',
    ({ app }) => {
      const config = firewallOf(app.store.state, 'cluster');
      const digest = firewallDigest(config);
      return Object.entries(config.groups).map(([group, { comment }]) => ({
        group,
        ...record({ comment }),
        digest,
      }));
    },
  ],
  'POST ': ['Create new security group.', createGroup],
  'DELETE /{group}': [
    'Delete security group.',
    (call) =>
      changeFirewall(call, 'cluster', (config) => {
        const name = call.params.string('group');
        if (groupOf(config, call).rules.length > 0)
          throw failure(`Security group '${name}' is not empty`);
        delete config.groups[name];
      }),
  ],
  ...below(
    '/{group}',
    ruleBehaviours(cluster, (config, call) => groupOf(config, call).rules, true),
  ),
};

const ofNode: ScopeOf = ({ params }) => `node/${params.string('node')}`;
const ofGuest: ScopeOf = ({ params }) => `guest/${params.number('vmid')}`;
const ownRules = (config: FirewallConfig): Record_[] => config.rules;

function guestRoutes(kind: 'qemu' | 'lxc'): Route[] {
  const path = `/nodes/{node}/${kind}/{vmid}/firewall`;
  // Containers have the very same calls.
  const table = Object.fromEntries(
    Object.entries(firewallGuestTable).map(([key, value]) => [
      key.replace('/qemu/', `/${kind}/`),
      value,
    ]),
  ) as DeclaredRoutes;
  return define(
    table,
    below(path, {
      'GET ': index('name', 'rules aliases ipset refs options'),
      'GET /log': NO_LOG,
      ...below('/options', optionBehaviours(ofGuest)),
      ...below('/rules', ruleBehaviours(ofGuest, ownRules, false)),
      ...below('/aliases', aliasBehaviours(ofGuest)),
      ...below('/ipset', ipsetBehaviours(ofGuest)),
      ...below('/refs', refBehaviours(ofGuest)),
    }),
  );
}

/** The firewalls of the cluster, the nodes and the guests. No packet passes through any of them. */
export const firewallRoutes: Route[] = [
  ...define(
    firewallClusterTable,
    below('/cluster/firewall', {
      'GET ': index('name', 'aliases rules options groups ipset macros refs'),
      'GET /macros': ['List available macros', () => MACRO_ROWS],
      ...below('/options', optionBehaviours(cluster)),
      ...below('/rules', ruleBehaviours(cluster, ownRules, false)),
      ...below('/groups', GROUPS),
      ...below('/aliases', aliasBehaviours(cluster)),
      ...below('/ipset', ipsetBehaviours(cluster)),
      ...below('/refs', refBehaviours(cluster)),
    }),
  ),
  ...define(
    firewallNodeTable,
    below('/nodes/{node}/firewall', {
      'GET ': index('name', 'rules options log'),
      'GET /log': NO_LOG,
      ...below('/options', optionBehaviours(ofNode)),
      ...below('/rules', ruleBehaviours(ofNode, ownRules, false)),
    }),
  ),
  ...guestRoutes('qemu'),
  ...guestRoutes('lxc'),
];
