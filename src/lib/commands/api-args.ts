import { Args } from '@oclif/core';

export const apiArgs = {
  path: Args.string({
    description: 'Path of the API, for example /nodes/pve1/qemu/101/config.',
    required: true,
    ignoreStdin: true,
  }),
  parameters: Args.string({
    description: 'key=value pairs; key=@FILE takes the value from a file, key=@- from stdin.',
    ignoreStdin: true,
  }),
};
