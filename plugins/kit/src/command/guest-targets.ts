import { RequestError } from '../errors/index.js';
import type { Session } from '../host/index.js';
import type { Guest, ResolveOptions } from '../pve/index.js';
import { parseSelector } from '../validate/index.js';

/** What a command line says about guests: words, and the flags of `targetFlags`. */
export interface TargetWords {
  words: readonly string[];
  flags: Readonly<Record<string, unknown>>;
}

/**
 * The guests that a command line names, each once.
 * @throws RequestError `PMX_NO_TARGET`, and what `Inventory.resolveGuests` throws
 */
export async function selectGuests(
  session: Pick<Session, 'inventory' | 'prompt' | 'output'>,
  { words, flags }: TargetWords,
  options: ResolveOptions,
): Promise<Guest[]> {
  const selectors = (flags['selector'] ?? []) as string[];
  const given =
    words.length === 0 && selectors.length === 0 ? await askTargets(session, options.noun) : words;
  const named = given.includes('-') ? await withStdin(given) : given;
  const resolved: ResolveOptions = {
    ...options,
    ...(selectors.length > 0 && { selector: parseSelector(selectors) }),
    ...(flags['allow-empty'] === true && { allowEmpty: true }),
  };
  if (named.length === 0 && given.length > 0) {
    if (resolved.allowEmpty) return [];
    throw new RequestError({
      code: 'PMX_NO_TARGET',
      message: `No ${options.noun} was named on standard input.`,
      hints: ['That is fine in a script? Then add --allow-empty.'],
    });
  }
  return (await session.inventory()).resolveGuests(named, resolved);
}

/** Words that are not required by the parser, since a selector may stand for them. */
async function askTargets(
  { prompt, output }: Pick<Session, 'prompt' | 'output'>,
  noun: string,
): Promise<string[]> {
  if (!prompt.possible) throw noTarget(noun);
  const { shellWords } = await import('./shell-words.js');
  for (;;) {
    const words = shellWords(await prompt.text(`Which ${noun}? Names, ids, ranges or patterns`));
    if (words.length > 0) return words;
    output.note(`At least one ${noun} is needed; Ctrl-C leaves.`);
  }
}

/** `-` stands for the words on standard input: `pmx vm list -o name | pmx vm start -`. */
async function withStdin(words: readonly string[]): Promise<string[]> {
  if (process.stdin.isTTY) {
    throw new RequestError({
      code: 'PMX_STDIN_TERMINAL',
      message: "'-' reads names from standard input, and that is a terminal.",
      hints: ["For example: pmx vm list -o name --filter 'name~web-*' | pmx vm start -"],
    });
  }
  const { text } = await import('node:stream/consumers');
  const read = (await text(process.stdin)).split(/\s+/).filter((word) => word !== '');
  return words.flatMap((word) => (word === '-' ? read : [word]));
}

function noTarget(noun: string): RequestError {
  return new RequestError({
    code: 'PMX_NO_TARGET',
    message: `Which ${noun}? None is named.`,
    hints: [
      "Name them: a name, an id, a range (110-120), a pattern ('web-*'), or - for standard input.",
      "Or select them: -l 'tag=web,status=running'",
    ],
  });
}
