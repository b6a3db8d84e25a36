import type { ErrorEntry } from '../entry.js';

/** Changes: asking first, carrying out, going on and taking back. */
export const operations: readonly ErrorEntry[] = [
  {
    code: 'PMX_CONFIRMATION_NEEDED',
    title: 'This needs a yes, and there is nobody to ask',
    meaning: 'The change cannot be taken back, and stdin is no terminal. Nothing was changed.',
    causes: ['A script, CI job or cron runs a command that deletes.'],
    remedies: ['Add --dry-run to see what would go.', 'Add --yes to confirm.'],
  },
  {
    code: 'PMX_DECLINED',
    title: 'You said no',
    meaning: 'The question before the change was not answered with yes. Nothing was changed.',
    causes: ['Return alone means no.'],
    remedies: ['Run it again and answer y, or add --yes.'],
  },
  {
    code: 'PMX_INTERRUPTED',
    title: 'Interrupted',
    meaning:
      'Ctrl-C or SIGTERM. A change that was under way was taken back, or finished if it could not be; a second Ctrl-C leaves the rest as it is.',
    causes: ['Ctrl-C.', 'A time limit of CI, or systemd, ended pmx.'],
    remedies: [
      'See whether something is left: pmx op list --open',
      'Take it back: pmx op rollback ID',
      'Or finish it: pmx op resume ID',
    ],
  },
  {
    code: 'PMX_OPERATION_NOT_FOUND',
    title: 'There is no such operation',
    meaning: 'No journal on this machine has that id.',
    causes: [
      'The operation was started on another machine or by another user: journals are local.',
      'PMX_HOME or XDG_STATE_HOME leads elsewhere.',
      'A UPID was given: that is a task of the server.',
    ],
    remedies: ['See the operations: pmx op list'],
  },
  {
    code: 'PMX_OPERATION_RUNNING',
    title: 'The operation is still being carried out',
    meaning: 'The pmx that began it is alive, so no other one may go on with it or take it back.',
    causes: ['It runs in another terminal, or as a job in the background.'],
    remedies: [
      'See how far it is: pmx op show ID',
      'Wait for it, or press Ctrl-C where it runs: it then takes itself back.',
    ],
  },
  {
    code: 'PMX_OPERATION_ENDED',
    title: 'The operation has ended',
    meaning: 'It is completed or taken back, so there is nothing left to resume or roll back.',
    causes: ['A completed change is not undone later: pmx takes back only what did not succeed.'],
    remedies: [
      'See what it made: pmx op show ID',
      'Remove that: pmx vm delete VM',
      'Or: pmx template delete TEMPLATE',
    ],
  },
  {
    code: 'PMX_OPERATION_UNDOING',
    title: 'The operation is on its way back',
    meaning: 'Part of it was already taken back, so it cannot be resumed.',
    causes: ['An earlier rollback did not come to its end.'],
    remedies: ['Finish that: pmx op rollback ID', 'Then run the command anew.'],
  },
  {
    code: 'PMX_OTHER_ENDPOINT',
    title: 'The operation belongs to another server',
    meaning:
      'The journal holds host, port and certificate of the server that it began on, and the present context leads elsewhere. Nothing was sent.',
    causes: [
      'Another context is current.',
      'The certificate of the server was renewed meanwhile.',
      'The context leads to another node of the same cluster.',
    ],
    remedies: [
      'See where it began: pmx op show ID',
      'Take that context: pmx op rollback ID --context NAME',
      'If it is the same server with a new certificate, remove by hand what the steps name: pmx op show ID',
    ],
  },
  {
    code: 'PMX_OUTCOME_UNKNOWN',
    title: 'Nobody can tell whether a step happened',
    meaning:
      'The answer to a change was lost, and what pmx looks up then (task list, marker in the new guest) gives no answer.',
    causes: [
      'The step is a call of yours (pmx api), which leaves no trace to look for.',
      'Reading was refused: the rights are enough to change, but not to look (VM.Audit, Sys.Audit).',
    ],
    remedies: [
      'Look at the tasks: pmx task list',
      'See the step: pmx op show ID',
      'Do by hand what is missing, or remove what is too much.',
    ],
  },
  {
    code: 'PMX_ROLLBACK_INCOMPLETE',
    title: 'Not everything could be taken back',
    meaning: 'What is left, and why, is in the message. The rest was taken back.',
    causes: [
      'The server or node went away meanwhile.',
      'A guest or volume is locked by a backup or another task.',
      'The right to make is there, the one to remove is not (Datastore.Allocate for uploaded files).',
    ],
    remedies: ['Once the cause is gone: pmx op rollback ID', 'See what is left: pmx op show ID'],
  },
  {
    code: 'PMX_JOURNAL_UNREADABLE',
    title: 'The journal has no beginning',
    meaning: 'The first line of the journal is damaged or missing.',
    causes: [
      'The disk was full, or the machine lost power, as the first line was written. Nothing had been sent by then.',
      'The file was edited.',
    ],
    remedies: ['Remove the file: it is in the folder that the message names.'],
  },
  {
    code: 'PMX_UNKNOWN_STEP',
    title: 'The journal is of a newer pmx',
    meaning: 'It holds a kind of step that this pmx does not know.',
    causes: ['pmx was downgraded, or two versions share one home.'],
    remedies: ['Update: pmx update', 'Then: pmx op rollback ID'],
  },
  {
    code: 'PMX_SECRET_GONE',
    title: 'A step needs a secret that is nowhere written',
    meaning: 'Secrets never enter a journal, so a step that needs one cannot be resumed.',
    causes: ['The pmx that knew it was killed, and the operation was resumed later.'],
    remedies: ['Take it back: pmx op rollback ID', 'Then run the command anew.'],
  },
  {
    code: 'PMX_PROCESS_FAILED',
    title: 'A process did not get ready',
    meaning:
      'pmx started a process (the sandbox), and it ended or stayed silent. It was stopped again.',
    causes: ['The port is taken.', 'Its data is damaged, or the disk is full.'],
    remedies: [
      'Read the log file that the message names.',
      'Take another port: pmx sandbox start --port 0',
      'Or begin with fresh data: pmx sandbox reset',
    ],
  },
];
