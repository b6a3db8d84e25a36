import type { ErrorEntry } from '../entry.js';

/** Making guests: containers and their templates. */
export const making: readonly ErrorEntry[] = [
  {
    code: 'PMX_CT_TEMPLATE_NOT_FOUND',
    title: 'There is no such container template',
    meaning: 'No archive of that name is on the storages of the node, or offered for download.',
    causes: [
      'It was not downloaded yet, or only on another node.',
      'The list of the node is old.',
      'The token may not see the storage: without Datastore.Audit its content is left out.',
    ],
    remedies: [
      'See what there is: pmx ct template list',
      'Download it: pmx ct template download debian-12',
      'Fetch the list anew, on the node: pveam update',
    ],
  },
  {
    code: 'PMX_CT_TEMPLATE_AMBIGUOUS',
    title: 'Several container templates begin like this',
    meaning: 'The beginning of the name fits templates of different systems; pmx does not choose.',
    causes: ['The name is too short: debian fits debian-12-standard and debian-13-standard.'],
    remedies: ['Write more of it: pmx ct template list shows the names'],
  },
  {
    code: 'PMX_INVALID_FEATURES',
    title: 'Unknown features of a container',
    meaning: 'A feature is none that Proxmox VE knows, or its value is neither 0 nor 1.',
    causes: ['A typing error in --features.'],
    remedies: [
      'Switch features on like this: pmx ct create NAME --template debian-12 --features nesting=1',
    ],
  },
  {
    code: 'PMX_PASSWORD_TOO_SHORT',
    title: 'The password is too short',
    meaning: 'Proxmox VE takes passwords of at least five characters for root of a container.',
    causes: ['The wrong variable was piped, or it was empty but for a few characters.'],
    remedies: [
      'Take a longer one.',
      'Take a key instead: pmx ct create NAME --template debian-12 --ssh-key ~/.ssh/id_ed25519.pub',
    ],
  },
];
