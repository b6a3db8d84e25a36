import { Flags } from '@pmx-cli/kit';

import { contextName } from './location.js';

export const dataFlag = Flags.string({
  description: "Folder for the sandbox's data; one below pmx's own data when left out.",
  env: 'PMX_SANDBOX_DATA',
  helpValue: 'DIR',
  noCacheDefault: true,
});

/**
 * In place of the global flag, for commands that steer the sandbox: neither the current context nor
 * PMX_CONTEXT may send them to a real server.
 */
export const contextFlag = Flags.string({
  description: 'Context of the sandbox.',
  default: contextName,
  helpGroup: 'GLOBAL',
  helpValue: 'NAME',
});
