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
  {
    code: 'PMX_LOCKED',
    title: 'Somebody else has the lock of the guest',
    meaning:
      'Proxmox VE lets one task at a time change a guest. pmx waited for the lock, a minute or as long as --wait-lock says, and nothing was begun.',
    causes: [
      'A backup, a migration or a clone of the guest is under way; the message names its task if you may see it.',
      'A task was killed and left its lock behind.',
    ],
    remedies: [
      'Wait longer: --wait-lock 10m',
      'See what is under way: pmx task list',
      'A lock without a task: root takes it off on the node, qm unlock VMID or pct unlock VMID.',
    ],
  },
  {
    code: 'PMX_GUEST_BUSY',
    title: 'Another pmx works on this guest',
    meaning:
      'Operations of several steps on one guest go one after the other. pmx waited for the other one, a minute or as long as --wait-lock says, and nothing was begun.',
    causes: [
      'Another terminal or a cron job of this machine works on the guest: the message names its process.',
    ],
    remedies: ['Wait longer: --wait-lock 10m', 'See what is under way: pmx op list --open'],
  },
  {
    code: 'PMX_NOT_REVERSIBLE',
    title: 'The operation cannot be undone',
    meaning:
      'Something that the operation did has nothing that takes it back, or it changed nothing at all. Nothing was changed now.',
    causes: ['It deleted something.', 'It found everything as it should be.'],
    remedies: ['See the steps of it: pmx op show ID', 'Undo an earlier one: pmx undo ID'],
  },
  {
    code: 'PMX_UNDO_OUTDATED',
    title: 'Undoing the operation would take more along',
    meaning:
      'What the operation made or set was changed since, or another operation was carried out on the same guest. Nothing was changed now.',
    causes: [
      'Somebody set the same fields again, or started or stopped the guest.',
      'A later operation of pmx came on top of it.',
    ],
    remedies: ['Undo the later one first: pmx undo ID', 'See what was done: pmx op list'],
  },
];
