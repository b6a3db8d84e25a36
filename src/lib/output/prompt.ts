import type { Choice, Prompter } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';

/** The parts of an enquirer prompt that its types leave out. */
interface RunningPrompt {
  once(event: 'start' | 'close', listener: () => void): void;
  removeListener(event: 'close', listener: () => void): void;
  stop(): void;
}

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
    return this.#ask<string>({
      type: 'select',
      message: question,
      choices: choices.map(({ value, hint }) => ({ name: value, ...(hint && { hint }) })),
    });
  }

  async #ask<T>(options: {
    type: string;
    message: string;
    initial?: boolean | string;
    choices?: Array<{ name: string; hint?: string }>;
  }): Promise<T> {
    const { default: Enquirer } = await import('enquirer');
    const enquirer = new Enquirer<{ answer: T }>();
    enquirer.on('prompt', surviveCtrlC);
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
