import type { Slot } from './line.js';
import type { KnownCommand } from './manifest.js';

/** Where values come from; `data` is what has to be read from the server, if anything. */
export type Source =
  | { from: 'options'; options: readonly string[] }
  | { from: 'files' }
  | { from: 'local'; what: 'contexts' | 'operations' | 'codes' | 'settings' }
  | { from: 'guests'; type?: 'qemu' | 'lxc'; template?: boolean }
  | { from: 'nodes' | 'pools' | 'tags' | 'bridges' | 'tasks' | 'selectors' }
  | { from: 'storages'; content?: string }
  | { from: 'snapshots'; type: 'qemu' | 'lxc'; guest: string }
  | { from: 'plugin'; plugin: string; what: string }
  | { from: 'nothing' };

const nothing: Source = { from: 'nothing' };

/** Names of args mean the same everywhere, as the factories of kit's flags do. */
const args: Readonly<Record<string, Source>> = {
  vm: { from: 'guests', type: 'qemu', template: false },
  ct: { from: 'guests', type: 'lxc', template: false },
  guest: { from: 'guests' },
  target: { from: 'guests' },
  template: { from: 'guests', type: 'qemu', template: true },
  node: { from: 'nodes' },
  storage: { from: 'storages' },
  pool: { from: 'pools' },
  upid: { from: 'tasks' },
  code: { from: 'local', what: 'codes' },
  key: { from: 'local', what: 'settings' },
  file: { from: 'files' },
  source: { from: 'files' },
};

/** The placeholder of a flag's value says what it is; the first word of it counts. */
const placeholders: Readonly<Record<string, Source>> = {
  NODE: { from: 'nodes' },
  POOL: { from: 'pools' },
  TAG: { from: 'tags' },
  BRIDGE: { from: 'bridges' },
  TEMPLATE: { from: 'guests', type: 'qemu', template: true },
  FILE: { from: 'files' },
  PATH: { from: 'files' },
};

/** Storages that can hold what the flag is about. */
const contents: Readonly<Record<string, string>> = {
  storage: 'images',
  'default-storage': 'images',
  'target-storage': 'images',
  'iso-storage': 'iso',
  'import-storage': 'import',
  'backup-storage': 'backup',
};

export function sourceOf(slot: Slot): Source {
  if (slot.kind === 'flag-value') return ofFlag(slot);
  if (slot.kind === 'arg') return ofArg(slot);
  return nothing;
}

function ofFlag({ flag, command, words }: Extract<Slot, { kind: 'flag-value' }>): Source {
  if (flag.options) return { from: 'options', options: flag.options };
  if (flag.name === 'context') return { from: 'local', what: 'contexts' };
  if (flag.name === 'output') return { from: 'options', options: formats };
  if (flag.name === 'selector') return { from: 'selectors' };
  const placeholder = /^[A-Z]+/.exec(flag.helpValue ?? '')?.[0] ?? '';
  const own = ofPlugin(command, placeholder.toLowerCase());
  if (own) return own;
  if (placeholder === 'STORAGE') {
    const content = command.id.startsWith('ct:') ? 'rootdir' : contents[flag.name];
    return { from: 'storages', ...(content !== undefined && { content }) };
  }
  if (placeholder === 'SNAPSHOT') return snapshotsOf(command.id, words);
  return placeholders[placeholder] ?? nothing;
}

function ofArg({ arg, command, words }: Extract<Slot, { kind: 'arg' }>): Source {
  if (arg.options) return { from: 'options', options: arg.options };
  const own = ofPlugin(command, arg.name);
  if (own) return own;
  const [topic] = command.id.split(':');
  if (arg.name === 'name') {
    if (command.id === 'context:add' || /:(create|add)$/.test(command.id)) return nothing;
    if (['context', 'init', 'login', 'logout'].includes(topic ?? ''))
      return { from: 'local', what: 'contexts' };
    if (topic === 'get' || topic === 'describe') return ofKind(words[0]);
  }
  if (arg.name === 'id' && topic === 'op') return { from: 'local', what: 'operations' };
  if (arg.name === 'snapshot') return snapshotsOf(command.id, words);
  return args[arg.name] ?? nothing;
}

/** What a plugin has values for it says in its package.json. */
function ofPlugin({ plugin }: KnownCommand, what: string): Source | undefined {
  if (!plugin?.completions.includes(what)) return undefined;
  return { from: 'plugin', plugin: plugin.name, what };
}

/** kubectl's way: the noun is a word of its own. */
function ofKind(kind: string | undefined): Source {
  const singular = kind?.replace(/s$/, '') ?? '';
  if (singular === 'context') return { from: 'local', what: 'contexts' };
  if (singular === 'op' || singular === 'operation') return { from: 'local', what: 'operations' };
  if (singular === 'task') return { from: 'tasks' };
  if (singular === 'container') return args['ct']!;
  return args[singular] ?? nothing;
}

function snapshotsOf(command: string, words: readonly string[]): Source {
  const [guest] = words;
  if (guest === undefined) return nothing;
  return { from: 'snapshots', type: command.startsWith('ct:') ? 'lxc' : 'qemu', guest };
}

const formats = [
  'table',
  'wide',
  'json',
  'jsonl',
  'yaml',
  'csv',
  'name',
  'custom-columns=',
  'jsonpath=',
];
