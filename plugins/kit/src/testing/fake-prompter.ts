import type { Choice, Prompter } from '../host/index.js';
import type { Recording } from './recording.js';

/** What a person types, in order: yes or no, a secret, a text (empty: Enter), a choice. */
export type Answers = ReadonlyArray<boolean | string>;

/** Answers questions from a list; a question too many throws. */
export class FakePrompter implements Prompter {
  readonly possible: boolean;
  readonly #answers: Array<boolean | string>;
  readonly #recording: Recording;

  constructor(possible: boolean, answers: Answers, recording: Recording) {
    this.possible = possible;
    this.#answers = [...answers];
    this.#recording = recording;
  }

  async confirm(question: string): Promise<boolean> {
    return this.#next(question) === true;
  }

  async secret(question: string): Promise<string> {
    return String(this.#next(question));
  }

  async text(question: string, initial?: string): Promise<string> {
    return String(this.#next(question)) || (initial ?? '');
  }

  async choose(question: string, choices: readonly Choice[]): Promise<string> {
    const answer = String(this.#next(question));
    if (choices.some(({ value }) => value === answer)) return answer;
    throw new Error(`${answer} is none of: ${choices.map(({ value }) => value).join(', ')}`);
  }

  #next(question: string): boolean | string {
    this.#recording.prompts.push(question);
    const answer = this.possible ? this.#answers.shift() : undefined;
    if (answer !== undefined) return answer;
    throw new Error(
      this.possible
        ? `The fake host has no answer left for: ${question}`
        : `The command asks although nothing can be asked: ${question}`,
    );
  }
}
