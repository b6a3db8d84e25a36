import type { ErrorEntry } from '../entry.js';

/** Shifted clocks. */
export const time: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_DATE',
    title: 'Not a date to shift to',
    meaning:
      'A clock can be shifted to a date that exists, from 1970 to 2106, written as in ISO 8601.',
    causes: [
      'The day does not exist: 30 February.',
      'The date is before 1970 or after 2106, where clocks of 32 bits end.',
      'It is written in another way.',
    ],
    remedies: ['Write it like 2020-01-31 or 2020-01-31T12:00:00+02:00; without a zone it is UTC.'],
  },
  {
    code: 'PMX_INVALID_OFFSET',
    title: 'Not an offset for a clock',
    meaning: 'An offset says how far the clock goes from now: a sign, numbers and units.',
    causes: ['The sign or a unit is missing.', 'It is zero.'],
    remedies: ['Write it like --offset=-3y, --offset=+30d or --offset=-90m.'],
  },
  {
    code: 'PMX_SHIFT_TOO_FAR',
    title: 'The date is too far away',
    meaning:
      'A shift is limited to 3650 days, so that a typing error in the year does not send a guest into another age.',
    causes: ['The year is wrong.', 'The certificate expired more than ten years ago.'],
    remedies: ['Raise the limit with --max-days, up to 7300.'],
  },
  {
    code: 'PMX_INVALID_HOST',
    title: 'Not a host',
    meaning: 'Whose certificate is to be read is told by a name or an address, and a port.',
    causes: ['There is a path or a user in it.', 'The port is not from 1 to 65535.'],
    remedies: ['Write it like idrac-07.example.org, 10.0.0.7:443 or [fd00::7]:443.'],
  },
  {
    code: 'PMX_SHIFT_USELESS',
    title: 'Another date does not help',
    meaning:
      'The certificates were read, and no single shift makes all of them acceptable. Nothing was changed.',
    causes: [
      'The server speaks only TLS of a kind that is refused today, or its key or signature is too weak: at every date.',
      'The validities of several hosts do not overlap.',
      'An intermediate certificate ended before the one below it began.',
      'The certificates are valid now.',
    ],
    remedies: [
      'See what would help whom: pmx time window HOST...',
      'Replace the certificate, update the firmware.',
    ],
  },
  {
    code: 'PMX_NO_DATE',
    title: 'Where to the clock goes was not said',
    meaning: 'A shift needs a date, a distance, or a host whose certificate chooses the date.',
    causes: ['None of --to, --offset and --for-cert was given.'],
    remedies: ['Give one of them: --to 2020-01-31, --offset=-3y, --for-cert idrac-07.example.org.'],
  },
  {
    code: 'PMX_VETOED',
    title: 'A plugin is against it',
    meaning:
      'Plugins may look at a shift before it begins, and one of them has said no. Nothing was changed.',
    causes: ['The message has the name of the plugin and its reason.'],
    remedies: ['Read what the plugin says about itself, or uninstall it.'],
  },
  {
    code: 'PMX_SHIFT_RECORD_UNREADABLE',
    title: 'What was written down about a shift is lost',
    meaning:
      'Before a clock is shifted, pmx writes down how it was kept. That file is damaged, or gone.',
    causes: [
      'Somebody edited or removed the file.',
      'It was written by a newer pmx.',
      'Another pmx restored the clock meanwhile.',
    ],
    remedies: [
      'See which shifts are open: pmx time status',
      'Set the clock in the guest by hand and start its NTP service.',
    ],
  },
  {
    code: 'PMX_GUEST_CLOCK_REFUSED',
    title: 'A program in the guest that handles the clock failed',
    meaning:
      'pmx ran a program through the guest agent to set the clock or a service, and it failed.',
    causes: [
      'The guest agent does not run as root there, or is confined (SELinux).',
      'The guest has another kind of service management.',
    ],
    remedies: [
      'Run the same program with pmx vm exec and read what it says.',
      'With SELinux: setsebool -P virt_qemu_ga_run_unconfined on',
    ],
  },
  {
    code: 'PMX_NTP_RUNNING',
    title: 'The NTP service of the guest does not stay stopped',
    meaning: 'It was stopped and runs again, so it would undo the shift. The shift was taken back.',
    causes: ['A watchdog, or the configuration management of the guest, starts it again.'],
    remedies: ['Switch that off in the guest for as long as the shift lasts.'],
  },
  {
    code: 'PMX_CLOCK_NOT_SET',
    title: 'The clock does not stay where it was set',
    meaning: 'The clock of the guest was set and read back, and shows something else.',
    causes: [
      'Something that pmx does not know keeps the time in the guest: tools of a hypervisor, an NTP client.',
    ],
    remedies: ['Find and stop it in the guest, then shift again.'],
  },
  {
    code: 'PMX_CLOCK_STILL_OFF',
    title: 'The clock is not back',
    meaning:
      'After a restore the clock of the guest is a second or more from where it was before the shift, or it could not be brought back. The shift stays open.',
    causes: [
      'The guest was rebooting, or its agent did not answer for long.',
      "This machine's own clock was set meanwhile.",
      'The guest is so busy that its answers come late.',
    ],
    remedies: ['Restore once more: pmx time restore VM', 'Look at it: pmx time status VM'],
  },
];
