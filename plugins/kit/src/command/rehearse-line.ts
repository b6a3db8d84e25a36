import type { Config } from '@oclif/core';

import { normalizeError, type PmxError, RequestError } from '../errors/index.js';
import type { Read, Session } from '../host/index.js';
import type { Plan } from '../plan/index.js';
import { noPlan, type PmxCommand } from './pmx-command.js';
import { shellWords } from './shell-words.js';

/** What another command line would do, found out without doing it. */
export interface Rehearsed {
  /** `vm:create` */
  id: string;
  /** As typed, without `pmx`. */
  line: string;
  /** None for a command that only reads, or when planning failed. */
  plans: Plan[];
  reads: readonly Read[];
  /** Why there is no plan. */
  error?: PmxError;
}

/**
 * Parses and plans a pmx command line in this process. What goes wrong while planning is part of
 * the answer; what is wrong with the words is thrown.
 *
 * @param given one quoted command line, or its words
 * @throws RequestError `PMX_INVALID_COMMAND_LINE`, `PMX_COMMAND_UNKNOWN`, `PMX_NO_PLAN`, `PMX_USAGE`
 */
export async function rehearseLine(
  given: readonly string[],
  config: Config,
  session: Session,
): Promise<Rehearsed> {
  const split = given.length === 1 ? shellWords(given[0]!) : [...given];
  const words = split[0] === 'pmx' ? split.slice(1) : split;
  refuseOtherContext(words);
  const { id, rest } = commandOf(words, config);
  const { session: rehearsal, reads } = session.rehearsal();
  const Loaded = (await config.findCommand(id, { must: true }).load()) as unknown as new (
    argv: string[],
    config: Config,
  ) => Partial<Pick<PmxCommand<unknown>, 'rehearse'>>;
  const command = new Loaded(rest, config);
  if (typeof command.rehearse !== 'function') throw noPlan(id);
  const line = words.map(quoted).join(' ');
  try {
    return { id, line, plans: await command.rehearse(rehearsal), reads };
  } catch (thrown) {
    const error = normalizeError(thrown);
    if (['PMX_NO_PLAN', 'PMX_USAGE', 'PMX_BUG', 'PMX_INTERRUPTED'].includes(error.code))
      throw error;
    return { id, line, plans: [], reads, error };
  }
}

/** The longest beginning that is the name of a command. */
function commandOf(words: readonly string[], config: Config): { id: string; rest: string[] } {
  const flag = words.findIndex((word) => word.startsWith('-'));
  const names = flag < 0 ? words : words.slice(0, flag);
  for (let length = names.length; length > 0; length--) {
    const id = names.slice(0, length).join(':');
    if (config.findCommand(id)) return { id, rest: words.slice(length) };
  }
  throw new RequestError({
    code: 'PMX_COMMAND_UNKNOWN',
    message:
      words.length === 0
        ? 'There is no command in it.'
        : `pmx has no command '${(names.length > 0 ? names : words).slice(0, 3).join(' ')}'.`,
    hints: [
      'Begin with noun and verb, for example: "vm create web-01 --template base"',
      'See what there is: pmx help',
    ],
  });
}

/** The rehearsal reads from the server of the command around it. */
function refuseOtherContext(words: readonly string[]): void {
  if (!words.some((word) => word === '--context' || word.startsWith('--context='))) return;
  throw new RequestError({
    code: 'PMX_CONTEXT_INSIDE',
    message: 'The command line in question names a context of its own.',
    hints: ['Give --context to the command around it.'],
  });
}

function quoted(word: string): string {
  return /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
