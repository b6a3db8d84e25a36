/** What people come to do, and the nouns or verbs for it; `pmx help` and the manual follow this order. */
export const jobs: ReadonlyArray<readonly [title: string, words: readonly string[]]> = [
  ['Guests', ['vm', 'ct', 'pool', 'get', 'describe', 'wait']],
  ['Guests as documents', ['apply', 'diff', 'delete', 'export']],
  ['Templates', ['template', 'cloudinit', 'catalog']],
  ['Storage and backups', ['storage', 'backup']],
  ['Clocks and certificates', ['time', 'idrac', 'net']],
  ['Cluster', ['status', 'top', 'node', 'cluster', 'ha', 'task', 'api']],
  ['Access', ['login', 'logout', 'whoami', 'auth', 'access']],
  ['Before and after', ['preflight', 'op', 'undo', 'audit', 'schedule']],
  [
    'pmx itself',
    [
      'init',
      'menu',
      'doctor',
      'context',
      'config',
      'sandbox',
      'plugins',
      'completion',
      'autocomplete',
      'explain',
      'examples',
      'version',
      'update',
      'help',
    ],
  ],
];

/** Nouns of plugins, which are in no table. */
export const otherJob = 'Plugins';

const verbs: ReadonlyArray<readonly [title: string, words: readonly string[]]> = [
  ['Look', ['list', 'show', 'search', 'status', 'pending', 'watch', 'info', 'log', 'diff']],
  ['Make and remove', ['create', 'clone', 'add', 'delete', 'remove', 'prune', 'rename', 'tag']],
  ['Power', ['start', 'stop', 'shutdown', 'reboot', 'reset', 'suspend', 'resume', 'wake']],
  ['Change', ['set', 'resize', 'migrate', 'move', 'promote', 'drain', 'undrain']],
  ['Keep', ['backup', 'restore', 'rollback']],
  ['Reach', ['console', 'ssh', 'exec', 'cp']],
];

/** Fewer words need no order. */
const fewWords = 12;

type Groups<Named> = ReadonlyArray<readonly [title: string, items: readonly Named[]]>;

function grouped<Named extends { name: string }>(
  table: ReadonlyArray<readonly [title: string, words: readonly string[]]>,
  items: readonly Named[],
  rest: string,
): Groups<Named> {
  const known = table.map(
    ([title, words]) =>
      [title, words.flatMap((word) => items.filter(({ name }) => name === word))] as const,
  );
  const named = new Set(known.flatMap(([, found]) => found));
  const others = items.filter((item) => !named.has(item));
  return [...known, [rest, others] as const].filter(([, found]) => found.length > 0);
}

/** Groups the first words of all commands. */
export function jobGroups<Named extends { name: string }>(items: readonly Named[]): Groups<Named> {
  return grouped(jobs, items, otherJob);
}

/** Groups what stands below a noun. */
export function verbGroups<Named extends { name: string }>(items: readonly Named[]): Groups<Named> {
  return items.length <= fewWords ? [['Commands', items]] : grouped(verbs, items, 'More');
}
