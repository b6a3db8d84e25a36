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
  {
    code: 'PMX_INVALID_TIME',
    title: 'That is no time',
    meaning: 'A moment is how long ago (2h, 3d), a day, or a day with a time.',
    causes: ['A unit is missing, or the date is in another order than year-month-day.'],
    remedies: ['For example: --since 2h', 'Or: --since 2026-11-20T08:00'],
  },
  {
    code: 'PMX_INVALID_POOL',
    title: 'That is no name for a pool',
    meaning: 'Names of pools are letters, digits, - _ and ., with at most three levels.',
    causes: ['A blank, an umlaut or another character in the name.'],
    remedies: ['For example: pmx pool create customers/acme'],
  },
  {
    code: 'PMX_POOL_EXISTS',
    title: 'The pool is there already',
    meaning: 'A pool of that name exists, so none was made.',
    causes: ['Somebody made it before.'],
    remedies: [
      'See what is in it: pmx pool show NAME',
      'Put guests into it: pmx pool add NAME web-01',
    ],
  },
  {
    code: 'PMX_POOL_NOT_EMPTY',
    title: 'The pool is not empty',
    meaning: 'Proxmox VE deletes only pools without members. Nothing was changed.',
    causes: ['Guests or storages are still in it.'],
    remedies: [
      'See them: pmx pool show NAME',
      'Take them out with it: pmx pool delete NAME --remove-members',
    ],
  },
  {
    code: 'PMX_GUEST_IN_OTHER_POOL',
    title: 'The guest is in another pool',
    meaning: 'A guest is in one pool only, and rights may hang on it. Nothing was changed.',
    causes: ['It was put into the other pool before.'],
    remedies: ['Move it: pmx pool add NAME web-01 --move', 'See the pools: pmx pool list'],
  },
  {
    code: 'PMX_NOTHING_NAMED',
    title: 'Nothing to work on',
    meaning:
      'The command needs to know what it is about, and no guest, storage or volume was named.',
    causes: ['An empty variable or an empty list in a script.'],
    remedies: ['Name it, for example: pmx pool add web web-01 --storage local'],
  },
  {
    code: 'PMX_NO_OTHER_NODE',
    title: 'There is no other node',
    meaning: 'Guests can only be moved to another node of the cluster that is online.',
    causes: ['It is a single node.', 'All others are offline, or --to names none of them.'],
    remedies: ['See the nodes: pmx node list', 'Bring one back: pmx node wake NODE'],
  },
  {
    code: 'PMX_DRAIN_BLOCKED',
    title: 'Guests cannot leave the node',
    meaning:
      'Something holds guests on the node, or no other one has room for them. Each is named with the reason, and nothing was moved.',
    causes: [
      'Disks or ISOs on a storage that only this node has.',
      'Passed-through devices, or folders of the node in a container.',
      'The other nodes have too little memory, or lack a storage.',
      'HA manages the guest, or a backup holds its lock.',
    ],
    remedies: [
      'See the whole plan: pmx node drain NODE --skip-blocked --dry-run',
      'Copy local disks along: pmx node drain NODE --with-local-disks',
      'Move the others: pmx node drain NODE --skip-blocked',
    ],
  },
];
