import { Flags } from '@oclif/core';

/** Values for `## template: pmx` files. */
export const valueFlags = {
  set: Flags.string({
    description: 'Value for a template; a list is a,b. No secrets: others see command lines.',
    helpValue: 'NAME=VALUE',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
  values: Flags.string({
    description: 'YAML or JSON file with values, also secret ones; - is standard input.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
};
