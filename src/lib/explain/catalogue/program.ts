import type { ErrorEntry } from '../entry.js';

/** pmx itself. */
export const program: readonly ErrorEntry[] = [
  {
    code: 'PMX_BUG',
    title: 'A defect in pmx',
    meaning:
      'Something happened that nobody thought of. A change that was under way is in the journal.',
    causes: ['pmx is wrong, or a plugin is.'],
    remedies: [
      'See whether something is left: pmx op list --open',
      'Run it again with --debug, and report what it prints. Look it through first: it names your servers and guests.',
    ],
  },
  {
    code: 'PMX_DISK_FULL',
    title: 'No room on the disk of this machine',
    meaning:
      'pmx could not write a file of its own: a journal, a report, a cache. Without a journal a change does not go on; what it had begun was taken back.',
    causes: ['The disk is full, or a quota is used up.'],
    remedies: [
      'Make room: df -h names the disks, pmx catalog cache prune empties the cache of images.',
      'See whether something is left: pmx op list --open',
    ],
  },
  {
    code: 'PMX_UNKNOWN_CODE',
    title: 'There is no such error code',
    meaning: 'The word stands neither for an error code nor for an exit code of pmx.',
    causes: ['A typing error.', 'The code comes from a plugin, or from a newer pmx.'],
    remedies: ['See all of them: pmx explain'],
  },
];
