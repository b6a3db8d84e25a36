import type { ErrorEntry } from '../entry.js';

/** Nodes, storages, pools and tasks in daily work; `get` and `describe`. */
export const infrastructure: readonly ErrorEntry[] = [
  {
    code: 'PMX_KIND_UNKNOWN',
    title: 'There is no such kind of thing',
    meaning: 'pmx get and pmx describe take a kind first: vm, node, storage and so on.',
    causes: ['A typing error, or the name of a thing where its kind was expected.'],
    remedies: ['For example: pmx get vm', 'The error itself names the kinds that there are.'],
  },
  {
    code: 'PMX_KIND_NAME_MISSING',
    title: 'A name is missing',
    meaning: 'pmx describe shows one thing, so it needs its name behind the kind.',
    causes: ['The name was left out, or stands behind a flag.'],
    remedies: ['Name it right behind the kind: pmx describe vm web-01', 'List them: pmx get vm'],
  },
];
