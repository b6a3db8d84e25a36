import type { ErrorEntry } from '../entry.js';

/** Tasks of the server, and several targets at once. */
export const tasks: readonly ErrorEntry[] = [
  {
    code: 'PMX_TASK_FAILED',
    title: 'A task of the server failed',
    meaning:
      'Proxmox VE began the work as a task, and the task ended with an error: its exit status is in the message. What pmx had done before in the same operation it takes back.',
    causes: [
      'The storage is full, or went away meanwhile.',
      'The guest is locked or busy: "can\'t lock file … got timeout".',
      'A right is missing that is checked only in the task: look for "Permission check failed".',
      'A start: not enough memory on the node, or a bridge, ISO or disk that is missing.',
    ],
    remedies: [
      'Read its log: pmx task log UPID',
      'See others that failed: pmx task list --errors',
      'See what was taken back: pmx op list',
    ],
  },
  {
    code: 'PMX_TASK_TIMEOUT',
    title: 'A task takes longer than pmx waits',
    meaning: 'pmx stopped waiting. The task goes on, on the server.',
    causes: ['A large disk is copied, or the storage is slow.', 'It waits for a lock.'],
    remedies: [
      'See how far it is: pmx task log UPID',
      'Wait on: pmx task wait UPID --timeout 7200',
      'Stop it: pmx api delete /nodes/NODE/tasks/UPID',
    ],
  },
  {
    code: 'PMX_INVALID_UPID',
    title: 'Not the id of a task',
    meaning: 'A UPID looks like UPID:pve1:0000ABCD:00012345:65AABBCC:qmstart:101:root@pam:',
    causes: ['The colon at its end was cut off.', 'A VMID was given instead.'],
    remedies: ['See the tasks of a guest: pmx task list --vmid VMID'],
  },
  {
    code: 'PMX_PARTIAL_FAILURE',
    title: 'Some of several targets failed',
    meaning:
      'The command had several targets. Those that failed are named, each with its own error; the others are done and stay so.',
    causes: ['One guest is locked, protected or on a node that is offline.'],
    remedies: [
      'See each error with its code: add --json.',
      'See what was undone: pmx op list',
      'Then run the command again for those that failed.',
    ],
  },
];
