import type { ErrorEntry } from '../entry.js';

/** Many operations at once, and who else works on the same guests. */
export const bulk: readonly ErrorEntry[] = [
  {
    code: 'PMX_NOT_BEGUN',
    title: 'One of several targets was not begun',
    meaning:
      'The command had several targets and stopped before it came to this one. Nothing of it was changed.',
    causes: [
      '--fail-fast was given and another one failed.',
      'Ctrl-C was pressed.',
      'The server could not be reached five times in a row within a minute, so the rest was not tried.',
    ],
    remedies: ['Run the command again for those that are left: see them with --json.'],
  },
];
