import type { ErrorEntry } from '../entry.js';

/** Backups by schedule. */
export const backupJobs: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_SCHEDULE',
    title: 'This is no calendar event',
    meaning:
      'A schedule is [WEEKDAYS] [[YEAR-]MONTH-DAY] [HOUR:MINUTE], each part with lists (1,15), ranges (mon..fri) and repetitions (*/15), or one word such as daily.',
    causes: [
      'It is written as for cron: five fields.',
      'A range goes backwards, or an hour is above 23.',
    ],
    remedies: [
      "Every Sunday at two: --schedule 'sun 02:00'",
      "Every quarter of an hour: --schedule '*/15'",
      'Ask the server what it makes of one: pmx api get /cluster/jobs/schedule-analyze schedule=daily',
    ],
  },
  {
    code: 'PMX_INVALID_JOB_NAME',
    title: 'This is no name for a backup job',
    meaning: 'It is 2 to 50 letters, digits, _ and -, beginning with a letter.',
    causes: ['A blank or a dot is in the name, or it begins with a digit.'],
    remedies: ['For example: pmx backup job create nightly --schedule 02:00 --all --storage local'],
  },
  {
    code: 'PMX_BACKUP_JOB_EXISTS',
    title: 'There is a backup job of this name already',
    meaning: 'Jobs have different names; nothing is overwritten.',
    causes: ['It was made before, here or in the web interface.'],
    remedies: [
      'See it: pmx backup job show NAME',
      'Change it: pmx backup job set NAME --schedule daily',
    ],
  },
  {
    code: 'PMX_BACKUP_JOB_NOT_FOUND',
    title: 'There is no such backup job',
    meaning: 'The cluster has no backup job of that name. Case matters.',
    causes: [
      'A typing error.',
      'Jobs from the web interface have names such as backup-1a2b3c4d-5e6f.',
    ],
    remedies: ['See them: pmx backup job list'],
  },
  {
    code: 'PMX_BACKUP_JOB_GUESTS',
    title: 'It is not clear which guests a backup job is for',
    meaning:
      'A job is for all guests, for those of a pool, or for named ones; guests can be left out of the first two.',
    causes: ['None of --all, --vmid and --pool is given, or several.', '--exclude beside --vmid.'],
    remedies: [
      'Say one of: --all, --vmid 101,102, --pool POOL',
      'Leave some out: --all --exclude 105',
    ],
  },
  {
    code: 'PMX_BACKUP_JOB_NOT_RUNNABLE',
    title: 'This backup job cannot be run from here',
    meaning:
      'It covers no guest that is there, or it writes into a directory of the node instead of a storage.',
    causes: [
      'Its guests or its pool are gone.',
      'You may not see its guests.',
      'It is an old job with dumpdir.',
    ],
    remedies: [
      'See what it covers: pmx backup job show NAME',
      'Back guests up directly: pmx backup create GUEST',
    ],
  },
];
