import type { Vm } from '../../state/model.js';
import type { GuestFiles } from './inside.js';

/** What a program has said and how long it took. */
export interface Result {
  out: string;
  err: string;
  code: number;
  seconds: number;
}

/** What a program gets. */
export interface Context {
  vm: Vm;
  files: GuestFiles;
  args: readonly string[];
  stdin: string;
  /** Seconds that have passed since the first program of the command began. */
  elapsed: number;
}

export type Program = (context: Context) => Partial<Result>;

/** A program that could not do what it was asked. */
export const usage = (name: string, text: string, code = 1): Partial<Result> => ({
  err: `${name}: ${text}\n`,
  code,
});

/** A program's words apart from its options; `valued` are options that take the next word. */
export function splitArgs(
  args: readonly string[],
  valued: readonly string[] = [],
): { words: string[]; options: Map<string, string> } {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!;
    const long = /^(--[a-z0-9-]+)=(.*)$/s.exec(word);
    if (long) options.set(long[1]!, long[2]!);
    else if (valued.includes(word)) options.set(word, args[++index] ?? '');
    else if (/^-[a-zA-Z]./.test(word) && valued.includes(word.slice(0, 2)))
      options.set(word.slice(0, 2), word.slice(2));
    else if (word.startsWith('-') && word.length > 1) options.set(word, '');
    else words.push(word);
  }
  return { words, options };
}

/** Those of the given spellings of an option that were given, the last one counts. */
export function optionOf(
  options: ReadonlyMap<string, string>,
  ...names: string[]
): string | undefined {
  return names.map((name) => options.get(name)).find((value) => value !== undefined);
}
