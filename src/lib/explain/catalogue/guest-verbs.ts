import type { ErrorEntry } from '../entry.js';

/** Changes of guests that exist. */
export const guestVerbs: readonly ErrorEntry[] = [
  {
    code: 'PMX_GUEST_NOT_RUNNING',
    title: 'The guest does not run',
    meaning: 'The command works on a running guest, and this one is stopped or suspended to disk.',
    causes: ['It was never started, or it shut itself down.', 'It was suspended with --to-disk.'],
    remedies: ['Start it: pmx vm start NAME', 'Wake it from disk: pmx vm resume NAME'],
  },
  {
    code: 'PMX_GUEST_PAUSED',
    title: 'The guest is paused',
    meaning: 'A paused guest hears no request to shut down, so it cannot be rebooted that way.',
    causes: ['Somebody suspended it.', 'Its storage is full: Proxmox VE pauses a VM then.'],
    remedies: [
      'Let it go on: pmx vm resume NAME',
      'Reset it as if by its button: pmx vm reset NAME',
    ],
  },
  {
    code: 'PMX_OPTIONS_CHANGED',
    title: 'Somebody else changed the same options',
    meaning:
      'Between planning and sending, the options that this command changes were changed by somebody else. Nothing was overwritten.',
    causes: ['Another admin, another pmx or a script works on the same guest.'],
    remedies: ['Look how it is now: pmx vm show NAME', 'Then run the command again.'],
  },
  {
    code: 'PMX_DISK_HELD',
    title: 'A running guest still uses the volume',
    meaning: 'A new disk was to be taken away again, but the running guest holds on to it.',
    causes: ['The device cannot be unplugged while the guest runs.'],
    remedies: [
      'Stop the guest: pmx vm shutdown NAME',
      'Then remove what is unused: pmx vm set NAME --delete unused0',
    ],
  },
  {
    code: 'PMX_NOTHING_TO_SET',
    title: 'No change was asked for',
    meaning: 'The command changes something, and no flag says what.',
    causes: ['The flags were forgotten.'],
    remedies: [
      'Add --help to see what can be set.',
      'Say what: pmx vm set NAME --memory 4G',
      'See what is set now: pmx vm show NAME',
    ],
  },
  {
    code: 'PMX_INVALID_GUEST_OPTION',
    title: 'An option or its value is not valid',
    meaning:
      'The server describes which options and values it takes; this one is not among them, or two flags contradict each other. Nothing was sent.',
    causes: [
      'A typing error in --set.',
      'The value is out of range.',
      'A VM option for a container.',
    ],
    remedies: ['See what is set now: pmx vm show NAME'],
  },
  {
    code: 'PMX_ONE_GUEST_ONLY',
    title: 'This goes with one guest only',
    meaning: 'What was asked for makes sense for a single guest, and several are named.',
    causes: ['A pattern or selector matches more than was thought.'],
    remedies: ['Name one guest.', 'See what matches: pmx vm list -l tag=web'],
  },
  {
    code: 'PMX_SECRET_IN_ARGUMENTS',
    title: 'A secret does not belong into arguments',
    meaning: 'Arguments stand in process lists and in the history of the shell.',
    causes: ['--set cipassword=… instead of a flag that asks.'],
    remedies: ['Be asked for it: pmx vm set NAME --cipassword'],
  },
];
