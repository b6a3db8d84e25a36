import type { Command, Interfaces } from '@oclif/core';

/** A word that may come next on a command line. */
export interface Row {
  name: string;
  summary: string;
  /** The words so far are a command. */
  isCommand: boolean;
  /** More words may follow. */
  isTopic: boolean;
}

type Known = Pick<Interfaces.Config, 'findTopic'>;

/** The next words behind `path` (`vm:snapshot`). What the description of a topic says, says more than a command. */
export function rowsBelow(
  path: string,
  commands: readonly Command.Loadable[],
  config: Known,
  summaryOf: (command: Command.Loadable) => string | undefined,
): Row[] {
  const start = path === '' ? '' : `${path}:`;
  const rows = new Map<string, Row>();
  for (const command of commands) {
    // oclif lists other names of a command as commands of their own.
    if (command.aliases?.includes(command.id)) continue;
    if (!command.id.startsWith(start) || command.id === path) continue;
    const [name = '', ...more] = command.id.slice(start.length).split(':');
    const isCommand = more.length === 0;
    const row = rows.get(name) ?? { name, summary: '', isCommand: false, isTopic: false };
    const summary = isCommand
      ? (summaryOf(command) ?? '')
      : (config.findTopic(`${start}${name}`)?.description ?? '');
    rows.set(name, {
      name,
      summary: isCommand && row.isTopic ? row.summary : summary,
      isCommand: row.isCommand || isCommand,
      isTopic: row.isTopic || !isCommand,
    });
  }
  return [...rows.values()];
}
