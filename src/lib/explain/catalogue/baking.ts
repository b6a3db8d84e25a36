import type { ErrorEntry } from '../entry.js';

/** Packages, snippets and scripts that go into a template. */
export const baking: readonly ErrorEntry[] = [
  {
    code: 'PMX_INVALID_PACKAGE',
    title: 'No name of a package',
    meaning: 'The names of packages go to a package manager in the guest. Nothing was changed.',
    causes: ['A blank, a quote or another character that no package has in its name.'],
    remedies: ['Several packages have commas between them: --packages git,curl'],
  },
  {
    code: 'PMX_SNIPPET_UNKNOWN',
    title: 'There is no such snippet',
    meaning: 'Snippets are named by their ids, own ones by the path of their file.',
    causes: ['A typo.', 'An own file without a slash in its path.'],
    remedies: ['See all of them: pmx template snippet list'],
  },
  {
    code: 'PMX_SNIPPET_INVALID',
    title: 'A snippet of your own is not right',
    meaning:
      'It has id, title and description, and packages, a script or both. Nothing was changed.',
    causes: ['A field is missing or misspelt.'],
    remedies: ['One to copy from: pmx template snippet show docker -o yaml'],
  },
  {
    code: 'PMX_SCRIPT_INVALID',
    title: 'The script could not run in the guest',
    meaning:
      'It is copied into the guest and started there by its first line. Nothing was changed.',
    causes: ['It does not begin with #!.', 'It has line ends of Windows.', 'It is too large.'],
    remedies: ['Begin it with #!/bin/sh, or what else is to run it.'],
  },
  {
    code: 'PMX_BAKE_UNSUPPORTED',
    title: 'Nothing can be put into this template',
    meaning:
      'Packages, snippets and scripts go through the guest agent, which cloud-init installs at the first boot. Nothing was changed.',
    causes: [
      'The distribution is set up by something else than cloud-init, such as Ignition.',
      'The guest agent is switched off in the settings.',
      'With --from-vm: the VM runs with an address that its clone would have as well.',
    ],
    remedies: [
      'Set a VM up by hand and take that: pmx template create --from-vm VM --name NAME',
      'Shut the VM down while its clone runs.',
    ],
  },
  {
    code: 'PMX_BAKE_SCRIPT',
    title: 'A script of which only the checksum is known',
    meaning:
      'A new version is made up like the one before it. Packages and snippets are noted in a template, a script is not: it may hold secrets.',
    causes: ['template refresh of a template that was made with --script.'],
    remedies: ['Make the version with its script: pmx template create NAME --script FILE'],
  },
];
