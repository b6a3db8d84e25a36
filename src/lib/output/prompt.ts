import type { Prompter } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';

/** Questions on stderr, so that stdout stays the result's. */
export class TerminalPrompter implements Prompter {
  readonly possible: boolean;

  constructor(json: boolean, env: NodeJS.ProcessEnv = process.env) {
    this.possible =
      !json && !env['CI'] && process.stdin.isTTY === true && process.stderr.isTTY === true;
  }

  async confirm(question: string): Promise<boolean> {
    return this.#ask<boolean>({ type: 'confirm', message: question, initial: false });
  }

  async secret(question: string): Promise<string> {
    return this.#ask<string>({ type: 'password', message: question });
  }

  async #ask<T>(options: { type: string; message: string; initial?: boolean }): Promise<T> {
    const { default: enquirer } = await import('enquirer');
    try {
      const answer = await enquirer.prompt<{ answer: T }>({
        ...options,
        name: 'answer',
        stdout: process.stderr,
      } as Parameters<typeof enquirer.prompt>[0]);
      return answer.answer;
    } catch (error) {
      // enquirer rejects with an empty string on Ctrl-C.
      if (error === '')
        throw new InterruptedError({ message: 'Interrupted. Nothing was changed.' });
      throw error;
    }
  }
}
