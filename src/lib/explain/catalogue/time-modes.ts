import type { ErrorEntry } from '../entry.js';

/** Ways of shifting a clock, and of having it restored. */
export const timeModes: readonly ErrorEntry[] = [
  {
    code: 'PMX_SHIFT_OPEN',
    title: 'The clock is shifted in another way already',
    meaning:
      'The VM was shifted through its guest agent. Its hardware clock is not shifted on top of that, for the cold start would take the first shift away.',
    causes: ['Two kinds of shift were asked for, one after the other.'],
    remedies: [
      'Bring it home first: pmx time restore VM',
      'Or shift it further through the agent: pmx time shift VM --mode agent --to DATE',
    ],
  },
  {
    code: 'PMX_TIMER_REFUSED',
    title: 'The timer is not taken by systemd',
    meaning:
      'The timer that restores a clock by itself could not be set or removed. A shift that was being made is taken back.',
    causes: [
      'systemctl --user has no connection to the systemd of this user.',
      'Somebody removed or masked the unit.',
    ],
    remedies: [
      'See how it is: systemctl --user list-timers "pmx-time-*"',
      'Restore by hand: pmx time restore VM',
    ],
  },
];
