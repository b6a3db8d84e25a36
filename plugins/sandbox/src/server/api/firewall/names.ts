import { isIP } from 'node:net';
import { failure, parameterError } from '../../errors.js';
import type { FirewallConfig, Record_ } from '../../state/model.js';
import type { Behaviour } from '../declare.js';
import type { Call } from '../types.js';
import { changeFirewall, firewallDigest, firewallOf, record } from './store.js';
import type { ScopeOf } from './store.js';

type Config = FirewallConfig;
type IpSet = Config['ipset'][string];

const versionOf = (cidr: string): number => isIP(cidr.split('/')[0] ?? '');

function aliasOf(config: Config, call: Call): Record_ {
  const alias = config.aliases[call.params.string('name')];
  if (!alias) throw parameterError({ name: 'no such alias' });
  return alias;
}

function setOf(config: Config, call: Call): IpSet {
  const name = call.params.string('name');
  const set = config.ipset[name];
  if (!set) throw failure(`no such IPSet '${name}'`);
  return set;
}

function entryOf(set: IpSet, call: Call): Record_ {
  const cidr = call.params.string('cidr');
  const entry = set.entries.find((row) => row['cidr'] === cidr);
  if (!entry) throw parameterError({ cidr: 'no such IP/Network' });
  return entry;
}

/** Gives a name another one; nothing may have it already. */
function rename<T>(all: Record<string, T>, call: Call, old: string, what: string): void {
  const name = call.params.string('name');
  if (name === old) return;
  if (all[name]) throw parameterError({ name: `${what} '${name}' already exists` });
  all[name] = all[old]!;
  delete all[old];
}

/** Aliases: names for addresses. */
export function aliasBehaviours(scopeOf: ScopeOf): Readonly<Record<string, Behaviour>> {
  const configOf = (call: Call): Config => firewallOf(call.app.store.state, scopeOf(call));
  const shown = (config: Config, name: string, alias: Record_): unknown => ({
    name,
    ...alias,
    ipversion: versionOf(String(alias['cidr'])),
    digest: firewallDigest(config),
  });
  const fieldsOf = ({ params }: Call): Record_ =>
    record({ cidr: params.string('cidr'), comment: params.optionalString('comment') });
  return {
    'GET ': [
      'List aliases',
      (call) => {
        const config = configOf(call);
        return Object.entries(config.aliases).map(([name, alias]) => shown(config, name, alias));
      },
    ],
    'POST ': [
      'Create IP or Network Alias.',
      (call) =>
        changeFirewall(call, scopeOf(call), ({ aliases }) => {
          const name = call.params.string('name');
          if (aliases[name]) throw parameterError({ name: `alias '${name}' already exists` });
          aliases[name] = fieldsOf(call);
        }),
    ],
    'GET /{name}': [
      'Read alias.',
      (call) => shown(configOf(call), call.params.string('name'), aliasOf(configOf(call), call)),
    ],
    'PUT /{name}': [
      'Update IP or Network alias.',
      (call) =>
        changeFirewall(call, scopeOf(call), (config) => {
          aliasOf(config, call);
          const name = call.params.string('name');
          const next = call.params.optionalString('rename') ?? name;
          if (next !== name && config.aliases[next])
            throw parameterError({ name: `alias '${next}' already exists` });
          delete config.aliases[name];
          config.aliases[next] = fieldsOf(call);
        }),
    ],
    'DELETE /{name}': [
      'Remove IP or Network alias.',
      (call) =>
        changeFirewall(call, scopeOf(call), (config) => {
          aliasOf(config, call);
          delete config.aliases[call.params.string('name')];
        }),
    ],
  };
}

/** IP sets: names for many addresses. */
export function ipsetBehaviours(scopeOf: ScopeOf): Readonly<Record<string, Behaviour>> {
  const configOf = (call: Call): Config => firewallOf(call.app.store.state, scopeOf(call));
  const write = (call: Call, action: (set: IpSet) => void): null =>
    changeFirewall(call, scopeOf(call), (config) => action(setOf(config, call)));
  const marks = ({ params }: Call): Record_ =>
    record({
      comment: params.optionalString('comment'),
      nomatch: params.optionalNumber('nomatch'),
    });
  return {
    'GET ': [
      'List IPSets',
      (call) => {
        const digest = firewallDigest(configOf(call));
        return Object.entries(configOf(call).ipset).map(([name, { comment }]) => ({
          name,
          ...record({ comment }),
          digest,
        }));
      },
    ],
    'POST ': [
      'Create new IPSet',
      (call) =>
        changeFirewall(call, scopeOf(call), ({ ipset }) => {
          const name = call.params.string('name');
          const old = call.params.optionalString('rename');
          if (old !== undefined) {
            if (!ipset[old]) throw parameterError({ name: `IPSet '${old}' does not exist` });
            rename(ipset, call, old, 'IPSet');
          } else if (ipset[name]) {
            throw parameterError({ name: `IPSet '${name}' already exists` });
          }
          const comment = call.params.optionalString('comment');
          ipset[name] = {
            entries: [],
            ...ipset[name],
            ...(comment === undefined ? {} : { comment }),
          };
        }),
    ],
    'GET /{name}': [
      'List IPSet content',
      (call) => {
        const digest = firewallDigest(configOf(call));
        return setOf(configOf(call), call).entries.map((entry) => ({ ...entry, digest }));
      },
    ],
    'POST /{name}': [
      'Add IP or Network to IPSet.',
      (call) =>
        write(call, ({ entries }) => {
          const cidr = call.params.string('cidr');
          if (entries.some((row) => row['cidr'] === cidr))
            throw parameterError({ cidr: `address '${cidr}' already exists` });
          entries.unshift({ cidr, ...marks(call) });
        }),
    ],
    'DELETE /{name}': [
      'Delete IPSet',
      (call) =>
        changeFirewall(call, scopeOf(call), (config) => {
          const name = call.params.string('name');
          if (setOf(config, call).entries.length > 0 && !call.params.flag('force'))
            throw failure(`IPSet '${name}' is not empty`);
          delete config.ipset[name];
        }),
    ],
    'GET /{name}/{cidr}': [
      'Read IP or Network settings from IPSet.',
      (call) => ({
        ...entryOf(setOf(configOf(call), call), call),
        digest: firewallDigest(configOf(call)),
      }),
    ],
    'PUT /{name}/{cidr}': [
      'Update IP or Network settings',
      (call) =>
        write(call, (set) => {
          const entry = entryOf(set, call);
          delete entry['comment'];
          delete entry['nomatch'];
          Object.assign(entry, marks(call));
        }),
    ],
    'DELETE /{name}/{cidr}': [
      'Remove IP or Network from IPSet.',
      (call) =>
        write(call, (set) => {
          const entry = entryOf(set, call);
          set.entries.splice(set.entries.indexOf(entry), 1);
        }),
    ],
  };
}
