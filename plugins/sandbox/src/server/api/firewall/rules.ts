import type { App } from '../../app.js';
import { failure, parameterError } from '../../errors.js';
import { isMacro } from '../../host/firewall-macros.js';
import type { FirewallConfig, Record_ } from '../../state/model.js';
import type { Behaviour } from '../declare.js';
import type { Call } from '../types.js';
import { changeFirewall, firewallDigest, firewallOf } from './store.js';
import type { ScopeOf } from './store.js';

/** Where a list of rules is: the firewall itself, or one of the cluster's security groups. */
export type RulesOf = (config: FirewallConfig, call: Call) => Record_[];

const NOT_OF_THE_RULE = ['node', 'vmid', 'group', 'pos', 'moveto', 'digest', 'delete'];
const ACTIONS = ['ACCEPT', 'DROP', 'REJECT'];

/** Refuses what PVE refuses before it writes a rule. */
function verify(app: App, rule: Record_, inGroup: boolean): void {
  const action = String(rule['action']);
  if (rule['type'] === 'group') {
    if (inGroup) throw parameterError({ type: 'security groups not allowed' });
    if (!firewallOf(app.store.state, 'cluster').groups[action])
      throw parameterError({ action: `no such security group '${action}'` });
  } else if (!ACTIONS.includes(action)) {
    throw parameterError({ action: `unknown action '${action}'` });
  }
  const { macro, proto } = rule;
  if (macro !== undefined && !isMacro(String(macro)))
    throw parameterError({ macro: `unknown macro '${String(macro)}'` });
  for (const port of ['dport', 'sport'])
    if (rule[port] !== undefined && proto === undefined && macro === undefined)
      throw parameterError({ [port]: "missing 'proto'" });
  if (rule['icmp-type'] !== undefined && !/^(?:icmp|icmpv6|ipv6-icmp)$/.test(String(proto)))
    throw parameterError({ proto: "must be icmp, icmpv6 or ipv6-icmp for 'icmp-type' property" });
}

function ruleAt(rules: readonly Record_[], call: Call): Record_ {
  const rule = rules[call.params.number('pos')];
  if (!rule) throw failure(`no rule at position ${call.params.number('pos')}`);
  return rule;
}

function change(call: Call, rules: Record_[], inGroup: boolean): void {
  const { params } = call;
  const position = params.number('pos');
  const old = ruleAt(rules, call);
  const target = params.optionalNumber('moveto');
  if (target !== undefined) {
    rules.splice(position, 1);
    rules.splice(target > position ? target - 1 : target, 0, old);
    return;
  }
  const rule: Record_ = { ...old, ...Object.fromEntries(params.entries(NOT_OF_THE_RULE)) };
  for (const name of params.list('delete')) delete rule[name];
  verify(call.app, rule, inGroup);
  rules[position] = rule;
}

/** What can be done with a list of rules, by the rest of the path. */
export function ruleBehaviours(
  scopeOf: ScopeOf,
  rulesOf: RulesOf,
  inGroup: boolean,
): Readonly<Record<string, Behaviour>> {
  const read = (call: Call): { rules: Record_[]; digest: string } => {
    const config = firewallOf(call.app.store.state, scopeOf(call));
    return { rules: rulesOf(config, call), digest: firewallDigest(config) };
  };
  const write = (call: Call, action: (rules: Record_[]) => void): null =>
    changeFirewall(call, scopeOf(call), (config) => action(rulesOf(config, call)));
  return {
    'GET ': [
      'List rules.',
      (call) => {
        const { rules, digest } = read(call);
        return rules.map((rule, pos) => ({ pos, ...rule, digest }));
      },
    ],
    'POST ': [
      'Create new rule.',
      (call) => {
        const rule: Record_ = {
          enable: 0,
          ...Object.fromEntries(call.params.entries(NOT_OF_THE_RULE)),
        };
        verify(call.app, rule, inGroup);
        // PVE puts a new rule before all others, whatever `pos` says.
        return write(call, (rules) => void rules.unshift(rule));
      },
    ],
    'GET /{pos}': [
      'Get single rule data.',
      (call) => {
        const { rules, digest } = read(call);
        return { pos: call.params.number('pos'), ...ruleAt(rules, call), digest };
      },
    ],
    'PUT /{pos}': [
      'Modify rule data.',
      (call) => write(call, (rules) => change(call, rules, inGroup)),
    ],
    'DELETE /{pos}': [
      'Delete rule.',
      (call) =>
        write(call, (rules) => {
          ruleAt(rules, call);
          rules.splice(call.params.number('pos'), 1);
        }),
    ],
  };
}
