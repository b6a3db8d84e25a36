import type { Hook } from '@oclif/core';
import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from '../../lib/inventory/closest.js';

/** No guessing and no question: a script must never run, or wait at, another command than it named. */
const hook: Hook.CommandNotFound = async function ({ id, config }) {
  const typed = id.replaceAll(':', ' ');
  const known = config.commands
    .filter((command) => !command.hidden)
    .map((command) => command.id.replaceAll(':', ' '));
  const similar = closest(typed, known);
  throw new RequestError({
    code: 'PMX_COMMAND_NOT_FOUND',
    message: `There is no command '${typed}'.`,
    hints: [
      ...(similar.length > 0
        ? [`Did you mean: ${similar.map((command) => `pmx ${command}`).join(', ')}?`]
        : []),
      'pmx help lists all commands.',
    ],
  });
};

export default hook;
