import { Flags } from '@oclif/core';

export const dataFlag = Flags.string({
  description: "Folder for the sandbox's data; one below pmx's own data when left out.",
  env: 'PMX_SANDBOX_DATA',
  helpValue: 'DIR',
  noCacheDefault: true,
});
