import type { Command } from '@oclif/core';

import { isPmxError, normalizeError } from '../errors/index.js';
import type { Prompter } from '../host/index.js';
import { shellWords } from './shell-words.js';

/** What oclif knows of an argument or a flag, as far as it helps to ask for it. */
export interface Wanted {
  name: string;
  description?: string;
  options?: readonly string[];
  helpValue?: string | string[];
  parse?: (input: string, context: Command, definition: never) => Promise<unknown>;
}

interface FlagDefinition extends Wanted {
  type: 'boolean' | 'option';
  required?: boolean;
}

/** The parser's own view, which its errors carry. */
interface ParsedWords {
  input: { args: Record<string, Wanted>; flags: Record<string, FlagDefinition>; strict: boolean };
  output: { flags: Record<string, unknown> };
}

interface ParseError {
  /** Definitions of those that are required and not there; as texts: words too many. */
  args?: Array<Wanted | string>;
  /** Flags that do not exist. */
  flags?: string[];
  parse?: Partial<ParsedWords>;
}

export interface Missing {
  args: Wanted[];
  flags: FlagDefinition[];
  /** The last argument stands for any number of words. */
  many: boolean;
}

/** What is not there of what a command cannot do without; undefined when something else is wrong. */
export function missingIn(error: unknown): Missing | undefined {
  const { args = [], flags: unknown, parse } = Object(error) as ParseError;
  if (!parse?.input?.flags || !parse.output || unknown || !Array.isArray(args)) return undefined;
  const wanted = args.filter((arg) => typeof arg === 'object');
  if (wanted.length < args.length) return undefined;
  const { input, output } = parse as ParsedWords;
  const flags = Object.entries(input.flags)
    .map(([name, flag]) => ({ ...flag, name }))
    .filter(({ name, type, required }) => type === 'option' && required && !(name in output.flags));
  if (flags.length === 0 && wanted.length === 0) return undefined;
  return { args: wanted, flags, many: input.strict === false };
}

/**
 * Asks for everything that is missing, each with its own description, again until its value is taken.
 * @returns the words to parse, with the answers among them
 */
export async function askMissing(
  { args, flags, many }: Missing,
  argv: readonly string[],
  command: Command,
  prompt: Prompter,
  tell: (text: string) => void,
): Promise<string[]> {
  tell('What is missing is asked for; Ctrl-C leaves. Nothing is asked with --no-input.');
  const named: string[] = [];
  for (const flag of flags) {
    const value = await askValue(flag, flagLabel(flag), command, prompt, tell);
    named.push(`--${flag.name}=${value}`);
  }
  const words: string[] = [];
  for (const [index, arg] of args.entries()) {
    const value = await askValue(arg, arg.name.toUpperCase(), command, prompt, tell);
    words.push(...(many && index === args.length - 1 ? shellWords(value) : [value]));
  }
  // Behind -- nothing is taken for a flag, and no flag with several values takes it.
  const separator = words.length > 0 && !argv.includes('--') ? ['--'] : [];
  return [...named, ...argv, ...separator, ...words];
}

/** One value, from a list where there is one. */
export async function askValue(
  wanted: Wanted,
  label: string,
  command: Command,
  prompt: Prompter,
  tell: (text: string) => void,
): Promise<string> {
  const { description = '', options, parse } = wanted;
  const question = `${description.split('\n')[0]!.replace(/\.$/, '')} (${label})`;
  if (options && options.length > 0) {
    return prompt.choose(
      question,
      options.map((value) => ({ value })),
    );
  }
  for (;;) {
    const value = (await prompt.text(question)).trim();
    if (value === '') {
      tell(`${label} is needed.`);
      continue;
    }
    try {
      await parse?.(value, command, wanted as never);
      return value;
    } catch (thrown) {
      const error = normalizeError(thrown);
      // Only what is wrong with the value itself can be typed better.
      if (!isPmxError(error) || error.exitCode !== 1) throw thrown;
      tell([error.message, ...error.hints.map((hint) => `  → ${hint}`)].join('\n'));
    }
  }
}

function flagLabel({ name, helpValue }: Wanted): string {
  const value = Array.isArray(helpValue) ? helpValue[0] : helpValue;
  return `--${name} ${value ?? 'VALUE'}`;
}
