import type { Interfaces } from '@oclif/core';
import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../lib/inventory/closest.js';

/** No guessing and no question: a script must never run, or wait at, another command than it named. */
export function commandNotFound(
  id: string,
  config: Interfaces.Config,
  more: readonly string[] = [],
): RequestError {
  const typed = id.replaceAll(':', ' ');
  const known = config.commands
    .filter((command) => !command.hidden)
    .map((command) => command.id.replaceAll(':', ' '));
  const similar = closest(typed, known);
  const [noun] = typed.split(' ');
  return new RequestError({
    code: 'PMX_COMMAND_NOT_FOUND',
    message: `There is no command '${typed}'.`,
    hints: [
      ...more,
      ...(similar.length > 0
        ? [`Did you mean: ${similar.map((command) => `pmx ${command}`).join(', ')}?`]
        : []),
      ...(config.topics.some(({ name }) => name === noun)
        ? [`pmx help ${noun} lists its commands.`]
        : []),
      'pmx help lists all commands.',
    ],
  });
}
