import { type Choice, type Prompter, shellWords } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { jobGroups, verbGroups } from '../../help/jobs.js';
import type { Row } from '../../help/rows.js';

/** What the menu needs of the program around it. */
export interface MenuHost {
  prompt: Prompter;
  /** The next words behind `vm:snapshot`. */
  below(path: string): Row[];
  /** Runs `pmx` with these words at the same terminal. @returns its exit code */
  run(words: readonly string[]): Promise<number>;
  tell(text: string): void;
}

const back = '..';
const leave = 'leave';

const ways: readonly Choice[] = [
  { value: 'run', hint: 'It asks for what it needs.' },
  { value: 'help', hint: 'What it does, and its flags.' },
  { value: 'add', hint: 'Names and flags behind it, then run.' },
  { value: back, hint: 'Back.' },
];

/**
 * From a job to a noun to a verb, then the command itself, which asks for what it needs; then the same
 * list again, until one leaves.
 *
 * @returns the command lines that were run
 * @throws RequestError `PMX_MENU_NEEDS_TERMINAL`
 */
export async function showMenu(host: MenuHost): Promise<string[]> {
  if (!host.prompt.possible) throw needsTerminal();
  const ran: string[] = [];
  try {
    await chooseJob(host, ran);
  } catch (error) {
    // Ctrl-C at a question leaves; what was run before has ended by itself.
    if (!(error instanceof InterruptedError)) throw error;
  }
  return ran;
}

async function chooseJob(host: MenuHost, ran: string[]): Promise<void> {
  const jobs = jobGroups(host.below(''));
  const choices = jobs.map(([title, rows]) => ({
    value: title,
    hint: rows.map(({ name }) => name).join(' '),
  }));
  for (;;) {
    const job = await host.prompt.choose('What is it about?', [...choices, { value: leave }]);
    if (job === leave) return;
    const [, rows] = jobs.find(([title]) => title === job)!;
    await walk(host, [], rows, ran);
  }
}

/** One level of words, and those below it; ends when one goes back. */
async function walk(
  host: MenuHost,
  path: readonly string[],
  rows: readonly Row[],
  ran: string[],
): Promise<void> {
  for (;;) {
    const word = await host.prompt.choose(['pmx', ...path].join(' '), [
      ...rows.map(({ name, summary }) => ({ value: name, ...(summary && { hint: summary }) })),
      { value: back, hint: 'Back.' },
    ]);
    if (word === back) return;
    const words = [...path, word];
    const { isTopic, isCommand } = rows.find(({ name }) => name === word)!;
    if (isTopic && (!isCommand || (await wantsMore(host, words)))) {
      const below = verbGroups(host.below(words.join(':'))).flatMap(([, found]) => found);
      await walk(host, words, below, ran);
    } else await offer(host, words, ran);
  }
}

/** The words are a command, and others begin with them. */
async function wantsMore(host: MenuHost, words: readonly string[]): Promise<boolean> {
  const line = ['pmx', ...words].join(' ');
  const more = `${line} …`;
  const chosen = await host.prompt.choose(line, [{ value: line }, { value: more }]);
  return chosen === more;
}

async function offer(host: MenuHost, words: readonly string[], ran: string[]): Promise<void> {
  const line = ['pmx', ...words].join(' ');
  for (;;) {
    const way = await host.prompt.choose(line, ways);
    if (way === back) return;
    if (way === 'help') {
      await host.run(['help', ...words]);
      continue;
    }
    const more = way === 'add' ? await wordsBehind(host, line) : '';
    ran.push([line, more].filter(Boolean).join(' '));
    host.tell(`$ ${ran.at(-1)!}`);
    const code = await host.run([...words, ...shellWords(more)]);
    if (code !== 0) host.tell(`It ended with exit code ${code}.`);
    return;
  }
}

/** Asked for again until a shell would take it. */
async function wordsBehind(host: MenuHost, line: string): Promise<string> {
  for (;;) {
    const typed = (await host.prompt.text(line)).trim();
    try {
      shellWords(typed);
      return typed;
    } catch (error) {
      if (!isPmxError(error)) throw error;
      host.tell(error.message);
    }
  }
}

function needsTerminal(): RequestError {
  return new RequestError({
    code: 'PMX_MENU_NEEDS_TERMINAL',
    message: 'pmx menu asks what to do, and there is nobody to ask (no terminal, or --no-input).',
    hints: ['See all commands: pmx help', 'Examples of one noun: pmx examples vm'],
  });
}
