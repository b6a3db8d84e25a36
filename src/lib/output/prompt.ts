import type { Choice, Prompter } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';

/** The parts of an enquirer prompt that its types leave out. */
interface RunningPrompt {
  once(event: 'start' | 'close', listener: () => void): void;
  removeListener(event: 'close', listener: () => void): void;
  stop(): void;
  /** Mark in front of a line of a list. */
  pointer?: (choice: unknown, line: number) => string;
  index?: number;
}

/** Lines of a list that are seen at once. */
const shortList = 12;

/** Questions on stderr, so that stdout stays the result's. */
export class TerminalPrompter implements Prompter {
  readonly #mute: () => boolean;
  readonly #env: NodeJS.ProcessEnv;

  /** @param mute whether nothing may be asked, terminal or not */
  constructor(mute: () => boolean, env: NodeJS.ProcessEnv = process.env) {
    this.#mute = mute;
    this.#env = env;
  }

  get possible(): boolean {
    const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true;
    return terminal && !this.#env['CI'] && !this.#mute();
  }

  async confirm(question: string): Promise<boolean> {
    return this.#ask<boolean>({ type: 'confirm', message: question, initial: false });
  }

  async secret(question: string): Promise<string> {
    return this.#ask<string>({ type: 'password', message: question });
  }

  async text(question: string, initial?: string): Promise<string> {
    return this.#ask<string>({
      type: 'input',
      message: question,
      ...(initial !== undefined && { initial }),
    });
  }

  async choose(question: string, choices: readonly Choice[]): Promise<string> {
    // More than a look can take in: the beginning of a word narrows them down.
    const many = choices.length > shortList;
    return this.#ask<string>({
      type: many ? 'autocomplete' : 'select',
      message: question,
      ...(many && { limit: shortList }),
      choices: choices.map(({ value, hint }) => ({
        name: value,
        ...(hint && { hint: inOneLine(hint, value.length) }),
      })),
    });
  }

  async #ask<T>(options: {
    type: string;
    message: string;
    initial?: boolean | string;
    limit?: number;
    choices?: Array<{ name: string; hint?: string }>;
  }): Promise<T> {
    const { default: Enquirer } = await import('enquirer');
    const enquirer = new Enquirer<{ answer: T }>();
    enquirer.on('prompt', surviveCtrlC);
    if (options.type === 'autocomplete') enquirer.on('prompt', pointAtChosen);
    const question = { ...options, name: 'answer', stdout: process.stderr };
    try {
      return (await enquirer.prompt(question as Parameters<typeof enquirer.prompt>[0])).answer;
    } catch (error) {
      // enquirer rejects with an empty string on Ctrl-C.
      if (error === '')
        throw new InterruptedError({ message: 'Interrupted. Nothing was changed.' });
      throw error;
    }
  }
}

/** A list that can be narrowed down tells the chosen line by colour alone. */
function pointAtChosen(prompt: RunningPrompt): void {
  prompt.pointer = (_choice, line) => (line === prompt.index ? '▸' : ' ');
}

/** enquirer counts lines to draw over, and not what the terminal has wrapped. */
function inOneLine(hint: string, before: number): string {
  const room = (process.stderr.columns || 80) - before - 4;
  return hint.length <= room ? hint : `${hint.slice(0, Math.max(0, room - 1))}…`;
}

/**
 * On Ctrl-C readline has closed itself when enquirer 2.4.1 pauses it, which Node 24 takes for an
 * error (ERR_USE_AFTER_CLOSE) that nobody could catch. By then enquirer has cleaned up all the rest.
 */
function surviveCtrlC(prompt: RunningPrompt): void {
  prompt.once('start', () => {
    const { stop } = prompt;
    prompt.removeListener('close', stop);
    prompt.once('close', () => {
      try {
        stop();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_USE_AFTER_CLOSE') throw error;
      }
    });
  });
}
