import type { Config } from '@oclif/core';
import { RequestError } from '@pmx-cli/kit/errors';

/**
 * A command line for later has to begin with a command, or nobody would see that it is none.
 * @throws RequestError `PMX_COMMAND_UNKNOWN`
 */
export function refuseUnknownCommand(
  words: readonly string[],
  config: Pick<Config, 'findCommand'>,
): void {
  const flag = words.findIndex((word) => word.startsWith('-'));
  const names = flag < 0 ? words : words.slice(0, flag);
  for (let length = names.length; length > 0; length--)
    if (config.findCommand(names.slice(0, length).join(':'))) return;
  throw new RequestError({
    code: 'PMX_COMMAND_UNKNOWN',
    message: `pmx has no command '${names.slice(0, 3).join(' ')}'.`,
    hints: [
      'Begin with noun and verb: -- backup create -l tag=prod',
      'See what there is: pmx help',
    ],
  });
}
