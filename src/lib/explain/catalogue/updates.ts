import type { ErrorEntry } from '../entry.js';

/** Newer versions of pmx itself. */
export const updates: readonly ErrorEntry[] = [
  {
    code: 'PMX_UPDATE_OFF',
    title: 'Updates are off here',
    meaning:
      'Newer versions are neither looked for nor installed: in CI never, so that what runs there is what was chosen, and elsewhere not where the setting updates says false.',
    causes: [
      'CI, or a variable like it, is set.',
      'Whoever runs this machine installs pmx by a package manager or a mirror.',
    ],
    remedies: [
      'See who said so: pmx config view --origins',
      'In CI, install the version that is wanted: npm install --global pmx-cli@VERSION',
      'Allow it again: pmx config set updates true',
    ],
  },
  {
    code: 'PMX_UPDATE_UNREACHABLE',
    title: 'Nobody could be asked for a newer pmx',
    meaning:
      'The registry, or the server with the archives, did not answer, broke off, or answered with an error. pmx is as it was.',
    causes: [
      'No network, a firewall, a proxy that is not set.',
      'The setting updateRegistry or updateArchives leads to a place that is not there.',
    ],
    remedies: [
      'Set HTTPS_PROXY.',
      'Set another registry: pmx config set updateRegistry URL',
      'Set another place of the archives: pmx config set updateArchives URL',
    ],
  },
  {
    code: 'PMX_UPDATE_ANSWER',
    title: 'Not the answer of a registry, or no archive',
    meaning: 'Something else answers in its place, and nothing of that was used.',
    causes: [
      'A login page of a network, or a consent page of a proxy.',
      'The setting updateRegistry or updateArchives leads to something else.',
    ],
    remedies: [
      'Open the URL of the message in a browser.',
      'See what is set: pmx config view --origins',
    ],
  },
  {
    code: 'PMX_UPDATE_NO_ARCHIVE',
    title: 'No archive of that version',
    meaning:
      'There is such a version, but no standalone archive of it for this kind of machine, or nothing says where archives are.',
    causes: [
      'The release is still being made.',
      'The setting updateArchives leads somewhere else.',
      'This pmx was built from a repository that names no public place.',
    ],
    remedies: [
      'Say where they are: pmx config set updateArchives https://HOST/FOLDER/VERSION/',
      'Or unpack an archive beside, and use that.',
    ],
  },
  {
    code: 'PMX_UPDATE_NOT_WRITABLE',
    title: 'The folder of pmx is not yours',
    meaning: 'A standalone pmx is changed in the folder where it was unpacked.',
    causes: ['Somebody else, root mostly, has unpacked it for everybody.'],
    remedies: [
      'Do it as that user: sudo pmx update',
      'Or unpack an archive in your own home, and put its bin first in PATH.',
    ],
  },
  {
    code: 'PMX_UPDATE_BROKEN',
    title: 'The new version does not run here',
    meaning:
      'Before anything is switched the new version is started once, and it did not say its version. The one in use stays.',
    causes: [
      'Libraries of the system are too old for it.',
      'The folder is on a file system from which nothing may be started (noexec).',
    ],
    remedies: [
      'Take an older one: pmx update --to VERSION',
      'Or install pmx by npm, on your Node.',
    ],
  },
  {
    code: 'PMX_UPDATE_FAILED',
    title: 'The new version could not be put in place',
    meaning: 'It is unpacked beside the one in use, and that did not work. The one in use stays.',
    causes: ['The disk is full.', 'The archive is damaged, or of something else.'],
    remedies: ['See whether there is room: df -h', 'Then once more: pmx update'],
  },
  {
    code: 'PMX_UPDATE_RUNNING',
    title: 'Another update is under way',
    meaning: 'One pmx at a time changes the folder that pmx was unpacked to.',
    causes: ['Somebody else, or another terminal, runs pmx update just now.'],
    remedies: ['Wait for its end, and see what there is: pmx update --check'],
  },
  {
    code: 'PMX_UPDATE_CHANGED',
    title: 'Another version is in use by now',
    meaning: 'Between the plan and the switch, the version in use became another one.',
    causes: ['Another pmx update ran at the same time.'],
    remedies: ['See what there is now: pmx update --check'],
  },
  {
    code: 'PMX_NO_OLDER_RELEASE',
    title: 'No older version is kept',
    meaning: 'A rollback leads to the version that an update has replaced, and there is none.',
    causes: ['pmx was never updated here.', 'It was rolled back already.'],
    remedies: ['Install a certain one: pmx update --to VERSION'],
  },
  {
    code: 'PMX_RELEASE_NOT_FOUND',
    title: 'There is no such version',
    meaning: 'The registry that was asked has no pmx, or not in that version.',
    causes: ['A typing error.', 'The setting updateRegistry leads to a registry without it.'],
    remedies: [
      'See the newest: pmx update --check',
      'Set another: pmx config set updateRegistry URL',
    ],
  },
  {
    code: 'PMX_INVALID_RELEASE',
    title: 'Not a version',
    meaning: 'A version has three numbers with dots between them, and no range of them.',
    causes: ['A typing error.', 'A range like ^0.2 or a tag like latest was given.'],
    remedies: ['For example: pmx update --to 0.2.0', 'The newest is taken without --to.'],
  },
];
