import type { ErrorEntry } from '../entry.js';

/** Versions and the life of templates. */
export const templates: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_VERSION',
    title: 'A version cannot be written like this',
    meaning:
      'The version of a template is kept in a tag, and tags are made of letters, digits and . _ + -. The word latest is no version: it says which version the bare name means.',
    causes: ['A blank, a slash or another character that tags cannot have.'],
    remedies: ['Take the date: --version 2026.11.20', 'Or let pmx take it: --version auto'],
  },
  {
    code: 'PMX_NO_OLDER_VERSION',
    title: 'There is no version before this one',
    meaning:
      'template rollback goes back to the version before, and the latest is the only or the oldest one.',
    causes: ['Older versions were pruned.', 'The template was made once only.'],
    remedies: [
      'See the versions: pmx template list',
      'Promote any of them: pmx template promote NAME@VERSION',
    ],
  },
  {
    code: 'PMX_NO_VERSION',
    title: 'The template has no version',
    meaning:
      'Promoting and rolling back is about versions, which templates have when they were made with --version.',
    causes: ['It was made without --version, or by another tool.'],
    remedies: [
      'Make the next one with a version: pmx template create … --version auto',
      'Or give this one a version by a tag: pmx api put /nodes/NODE/qemu/VMID/config tags=version-2026.11.20',
    ],
  },
  {
    code: 'PMX_GUEST_PROGRAM_FAILED',
    title: 'A program in the guest failed',
    meaning:
      'pmx ran a program through the guest agent, and it did not end as it had to. What was made is taken back.',
    causes: ['The guest lacks the program.', 'The guest has no room, or is read-only.'],
    remedies: [
      'Run the same with --keep-on-failure, and look into the VM: pmx vm exec VM -- PROGRAM',
    ],
  },
  {
    code: 'PMX_TEMPLATE_TEST_FAILED',
    title: 'A template did not pass its test',
    meaning:
      'A clone booted, but something in it is not as cloud-init should have made it. The message names the checks; the clone is destroyed.',
    causes: [
      'cloud-init is not installed, or ended with an error.',
      'growpart is missing, so the file system did not grow.',
      'A unit failed at boot.',
    ],
    remedies: [
      'Look at the configuration: pmx template validate NAME',
      'Boot one and look into it: pmx vm create NAME --template TEMPLATE --start --wait agent, then pmx vm exec',
    ],
  },
  {
    code: 'PMX_ONE_NODE_ONLY',
    title: 'This goes with one node only',
    meaning: 'Each node was to get a copy of the template, and a VMID is there once in a cluster.',
    causes: ['--vmid together with several nodes.'],
    remedies: ['Leave --vmid out: each copy takes the next free one.'],
  },
  {
    code: 'PMX_VERSION_EXISTS',
    title: 'There is such a version already',
    meaning: 'A node has one template of each name and version.',
    causes: ['The same was made before.'],
    remedies: [
      'Take another version, or --version auto for the next one of today.',
      'Delete the old one first: pmx template delete NAME@VERSION',
    ],
  },
];
