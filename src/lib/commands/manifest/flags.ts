import { Flags } from '@oclif/core';

/** Where documents come from. */
export const manifestFlags = {
  file: Flags.string({
    char: 'f',
    description:
      'YAML file with documents, folder with such files, or - for standard input. May be given several times.',
    helpValue: 'FILE',
    required: true,
    multiple: true,
    multipleNonGreedy: true,
  }),
  var: Flags.string({
    description: 'Value for ${NAME} in the documents. May be given several times.',
    helpValue: 'NAME=VALUE',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

export interface GivenFiles {
  file: string[];
  var?: string[];
}
