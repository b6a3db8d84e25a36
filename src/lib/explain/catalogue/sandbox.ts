import type { ErrorEntry } from '../entry.js';

/** The sandbox: a Proxmox VE API on this machine. */
export const sandbox: readonly ErrorEntry[] = [
  {
    code: 'PMX_SANDBOX_RUNNING',
    title: 'A sandbox runs on these data',
    meaning: 'Only one sandbox can use a folder of data.',
    causes: ['It was started before, perhaps with --detach.'],
    remedies: [
      'See it: pmx sandbox status',
      'Stop it: pmx sandbox stop',
      'Or start another: pmx sandbox start --data DIR',
    ],
  },
  {
    code: 'PMX_SANDBOX_NOT_RUNNING',
    title: 'No sandbox runs',
    meaning: 'The command speaks to a running sandbox, and there is none for these data.',
    causes: [
      'It was stopped, or the machine was restarted.',
      'It runs on other data: --data or PMX_SANDBOX_DATA.',
    ],
    remedies: [
      'Start it: pmx sandbox start --detach',
      'Name its data: pmx sandbox status --data DIR',
    ],
  },
  {
    code: 'PMX_SANDBOX_NO_DATA',
    title: 'No data of a sandbox',
    meaning: 'The folder holds no state of a sandbox. pmx removes and reads only what is one.',
    causes: [
      '--data or PMX_SANDBOX_DATA names another folder.',
      'No sandbox has been started yet.',
    ],
    remedies: [
      'See where its data is: pmx sandbox status',
      'Start one: pmx sandbox start --detach',
    ],
  },
  {
    code: 'PMX_SANDBOX_GUESTS_LEFT',
    title: 'Guests of a killed sandbox still run',
    meaning: 'QEMU processes of the sandbox are alive, so its data cannot be removed.',
    causes: ['The sandbox was killed (kill -9), and its guests were not.'],
    remedies: [
      'End them, by starting it once more: pmx sandbox start --detach',
      'Then: pmx sandbox reset',
    ],
  },
  {
    code: 'PMX_SANDBOX_OTHER_CERTIFICATE',
    title: 'The sandbox shows another certificate',
    meaning:
      'A fault rule makes it do so, so pmx does not trust it and cannot change single rules.',
    causes: ['A rule with a certificate fault is set.'],
    remedies: ['Clear all rules: pmx sandbox fault clear'],
  },
  {
    code: 'PMX_SANDBOX_RECORDING',
    title: 'Somebody records already',
    meaning: 'A sandbox has one recorder at a time.',
    causes: [
      'pmx sandbox record runs in another terminal.',
      'One was killed: it ends by itself within 30 seconds.',
    ],
    remedies: ['End it there with Ctrl-C, or wait half a minute.'],
  },
  {
    code: 'PMX_NOT_A_SANDBOX',
    title: 'That server is no sandbox',
    meaning: 'Faults and recordings are for sandboxes of this version. Nothing was changed.',
    causes: ['--context names a real server.', 'The sandbox was started by an older pmx.'],
    remedies: [
      'Leave --context out.',
      'Start it again: pmx sandbox stop',
      'Then: pmx sandbox start --detach',
    ],
  },
  {
    code: 'PMX_FAULT_NOT_FOUND',
    title: 'There is no such fault rule',
    meaning: 'No rule of the sandbox has that id.',
    causes: ['A typing error.', 'It was cleared already.'],
    remedies: ['See the rules: pmx sandbox fault list'],
  },
  {
    code: 'PMX_INVALID_FAULT',
    title: 'Not a fault rule',
    meaning: 'A rule says which requests it is for and what goes wrong. Nothing was changed.',
    causes: [
      '--action is missing, or one of its details.',
      'The YAML file holds no list of rules.',
      'A storage or node that the sandbox does not have.',
    ],
    remedies: [
      'pmx sandbox fault add --action reset --path "/nodes/*/qemu"',
      'Add --help to see the actions.',
    ],
  },
  {
    code: 'PMX_INVALID_IDRAC',
    title: 'Not an iDRAC',
    meaning:
      '--idrac takes generations (6, 7, 8, 9-old, 9, 10), each with a kind of certificate behind a colon, if you like.',
    causes: ['A typing error.'],
    remedies: ['pmx sandbox start --idrac 8,9-old:expired'],
  },
  {
    code: 'PMX_INVALID_SPEED',
    title: 'Not a speed',
    meaning:
      '--speed says how fast time goes for the tasks of the sandbox: a number, with or without an x.',
    causes: [
      'A negative number or a percentage.',
      'A number that is too large; the message has the largest.',
    ],
    remedies: [
      'Like an ordinary server: pmx sandbox start --speed 1x',
      'As fast as it goes: pmx sandbox start --speed 0',
    ],
  },
  {
    code: 'PMX_INVALID_SEED',
    title: 'Not a seed',
    meaning: '--seed takes any text or number: addresses, UUIDs and chances come from it.',
    causes: ['It is empty: a variable in a script is not set.'],
    remedies: ['pmx sandbox start --seed 42'],
  },
];
