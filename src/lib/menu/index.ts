import type { Config } from '@oclif/core';
import type { Session } from '@pmx-cli/kit';

import { rowsBelow } from '../../help/rows.js';
import { runProgram } from '../plugins/program.js';
import { showMenu } from './menu.js';

/**
 * The menu over all commands of `config`, each run as a pmx of its own.
 *
 * @param entry the script that is pmx
 * @returns the command lines that were run
 * @throws RequestError `PMX_MENU_NEEDS_TERMINAL`
 */
export function openMenu(
  config: Pick<Config, 'commands' | 'findTopic'>,
  session: Session,
  entry: string,
  context: string | undefined,
): Promise<string[]> {
  const commands = config.commands
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return showMenu({
    prompt: session.prompt,
    below: (path) => rowsBelow(path, commands, config, ({ summary }) => summary),
    tell: (text) => session.output.note(text),
    run: (words) =>
      session.lendTerminal(() =>
        runProgram(
          { path: process.execPath, args: [entry, ...words] },
          context === undefined ? {} : { PMX_CONTEXT: context },
        ),
      ),
  });
}
