import type { ErrorEntry } from '../entry.js';

/** Naming and selecting any number of guests. */
export const targets: readonly ErrorEntry[] = [
  {
    code: 'PMX_CONTAINER_NOT_FOUND',
    title: 'There is no such container',
    meaning: 'No container has that name or id, or matches that range or pattern.',
    causes: [
      'A typing error, or it is on another server: look at the context.',
      'It is a VM: those have the noun vm.',
      'The token may not see it: without VM.Audit Proxmox VE leaves guests out.',
    ],
    remedies: ['See the containers: pmx ct list', 'See the VMs: pmx vm list'],
  },
  {
    code: 'PMX_NO_TARGET',
    title: 'No guest is named',
    meaning: 'The command works on guests, and neither a name nor a selector says which.',
    causes: [
      'The names were left out.',
      'A variable in a script was empty.',
      'Standard input, which - stands for, was empty.',
    ],
    remedies: [
      "Name them: pmx vm start web-01 110-120 'db-*'",
      'Select them: pmx vm start -l tag=web',
      'Nothing to do is fine? Add --allow-empty.',
    ],
  },
  {
    code: 'PMX_NO_MATCH',
    title: 'The selector matches nothing',
    meaning: 'No guest of this kind has all that the selector (-l) asks for.',
    causes: [
      'A typing error in a tag, node or pool.',
      'The guests have changed since: another status, another node.',
    ],
    remedies: [
      'See tags, nodes and status: pmx vm list --columns name,tags,pool',
      'Nothing to do is fine? Add --allow-empty.',
    ],
  },
  {
    code: 'PMX_INVALID_SELECTOR',
    title: 'The selector cannot be read',
    meaning: 'A selector is KEY=VALUE or KEY!=VALUE, several of them separated by commas.',
    causes: ['A key that there is not.', 'A space or a comma inside of a value.'],
    remedies: ["For example: -l 'tag=web,status=running,node!=pve2,name=web-*'"],
  },
  {
    code: 'PMX_STDIN_TERMINAL',
    title: 'Names were to come from standard input, which is a terminal',
    meaning:
      "The word '-' reads names from standard input; pmx does not wait for them at a terminal.",
    causes: ['The pipe in front of the command is missing.'],
    remedies: ['pmx vm list -o name | pmx vm start -', 'pmx vm start - < names.txt'],
  },
];
