import type { ErrorEntry } from '../entry.js';

/** `pmx cloudinit`: templates, their values, and what is made of them. */
export const cloudInitTemplates: readonly ErrorEntry[] = [
  {
    code: 'PMX_CLOUDINIT_TEMPLATE',
    title: 'A template that cannot be read',
    meaning:
      'A file whose first line is ## template: pmx declares its values in the next lines, and has {{ NAME }} where they go. Something of that is not right. Nothing was written.',
    causes: [
      'A line ## value NAME: TYPE is misspelt, or its default is of another type.',
      'A placeholder that no line declares.',
      'A list inside of a text, where there is more than one way to write it.',
    ],
    remedies: ['Look at the result without writing it: pmx cloudinit render FILE'],
  },
  {
    code: 'PMX_CLOUDINIT_VALUE',
    title: 'A value of a template is missing or does not fit',
    meaning: 'Values have types: string, number, boolean, list and secret. Nothing was written.',
    causes: [
      'A value without a default was not given.',
      'A name is mistyped.',
      'A secret stood on the command line, where others can see it.',
    ],
    remedies: ['Plain ones: --set NAME=VALUE', 'Secrets and many at once: --values FILE'],
  },
  {
    code: 'PMX_CLOUDINIT_PART',
    title: 'Not to be joined to a MIME message',
    meaning: 'The parts of a multipart user-data are texts with a header of their own.',
    causes: ['The file is packed, or a MIME message already.'],
    remedies: ['Give the files that it was made of.'],
  },
  {
    code: 'PMX_CLOUDINIT_SEVERAL',
    title: 'Several files for one user-data',
    meaning: 'A guest gets one user-data. Several files have to be joined.',
    causes: ['More than one file without --multipart; perhaps a pattern of the shell.'],
    remedies: ['Join them: --multipart'],
  },
  {
    code: 'PMX_CLOUDINIT_INVALID',
    title: 'Not what cloud-init takes',
    meaning:
      'The file breaks the schema of cloud-init: the guest would ignore what is wrong, or all of it. Nothing was written.',
    causes: ['A key is mistyped, or its value is of another type.'],
    remedies: ['See what a key takes: pmx cloudinit schema KEY'],
  },
  {
    code: 'PMX_CLOUDINIT_KEY_UNKNOWN',
    title: 'No such key of cloud-init',
    meaning: 'The schema that came with pmx does not have it.',
    causes: ['A typo, or a key of a newer cloud-init.'],
    remedies: ['See all keys: pmx cloudinit schema'],
  },
];
