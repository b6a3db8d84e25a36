import type { ErrorEntry } from '../entry.js';

/** doctor, init, menu, schedule, update. */
export const atThePrompt: readonly ErrorEntry[] = [
  {
    code: 'PMX_NOBODY_TO_ASK',
    title: 'There is nobody to answer pmx init',
    meaning:
      'It is a row of questions: server, login, default places, completion. There is no terminal to ask them at, so nothing was done.',
    causes: ['It ran in a script, a pipe or CI.', '--no-input, --json or PMX_NO_INPUT is set.'],
    remedies: [
      'Log in without questions: pmx login NAME --host HOST --token-id USER@REALM!NAME --token-stdin',
      'Set the default node: pmx config set contexts.NAME.node NODE',
      'Print the completion for your shell: pmx completion bash',
    ],
  },
  {
    code: 'PMX_MENU_NEEDS_TERMINAL',
    title: 'There is nobody to choose from the menu',
    meaning: 'pmx menu is a row of lists to choose from, and there is no terminal to show them at.',
    causes: ['It ran in a script, a pipe or CI.', '--no-input, --json or PMX_NO_INPUT is set.'],
    remedies: ['See all commands: pmx help', 'See examples of one noun: pmx examples vm'],
  },
  {
    code: 'PMX_NO_ANSWER_IN_TIME',
    title: 'A look of pmx doctor took too long',
    meaning: 'What was asked has not answered in time. The other looks went on.',
    causes: ['The server is overloaded.', 'Something on the way swallows packets.'],
    remedies: [
      'Give it longer: pmx doctor --request-timeout 60',
      'See what the nodes are busy with: pmx top',
    ],
  },
  {
    code: 'PMX_INVALID_TIME_OF_SCHEDULE',
    title: 'No time that a schedule can have',
    meaning: 'Both systemd and cron have to understand it, so it is one of a few forms.',
    causes: [
      'A form of cron or systemd that pmx does not know.',
      'A distance that does not divide the hour or the day.',
    ],
    remedies: ['Its help has the forms: pmx schedule add'],
  },
  {
    code: 'PMX_INVALID_SCHEDULE_NAME',
    title: 'No name for a schedule',
    meaning: 'It becomes part of the name of a file.',
    causes: ['Capital letters, blanks or other characters.'],
    remedies: ['Take small letters, digits and dashes: nightly-backup'],
  },
  {
    code: 'PMX_SCHEDULE_EXISTS',
    title: 'The schedule is there already',
    meaning: 'A schedule of that name runs a command, which would be lost.',
    causes: ['It was made before.'],
    remedies: ['See what it does: pmx schedule list', 'Replace it: add --replace'],
  },
  {
    code: 'PMX_SCHEDULE_NOT_FOUND',
    title: 'There is no such schedule',
    meaning:
      'Neither the timers of your systemd nor your crontab have one of that name that pmx made.',
    causes: ['It belongs to another user.', 'Somebody wrote it by hand.'],
    remedies: ['See what there is: pmx schedule list', 'And what others made: crontab -l'],
  },
  {
    code: 'PMX_NO_SCHEDULER',
    title: 'Nothing here runs commands by time',
    meaning: 'Your systemd takes no orders, and crontab cannot be used.',
    causes: [
      'A container without cron.',
      'You are not logged in in a way that starts a systemd of yours (su, sudo).',
    ],
    remedies: ['Install cron: apt install cron', 'Or let something else do it: docs/schedule.md'],
  },
  {
    code: 'PMX_CRONTAB_REFUSED',
    title: 'The crontab does not take a line',
    meaning: 'The crontab is as it was.',
    causes: [
      'You are not allowed to have one (/etc/cron.allow, /etc/cron.deny).',
      'The disk is full.',
    ],
    remedies: ['Try it by hand: crontab -e', 'Or use systemd: --with systemd'],
  },
];
