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
  session: Pick<Session, 'inventory'>,
  { words, flags }: TargetWords,
  options: ResolveOptions,
): Promise<Guest[]> {
  const selectors = (flags['selector'] ?? []) as string[];
  const named = words.includes('-') ? await withStdin(words) : words;
  if (words.length === 0 && selectors.length === 0) throw noTarget(options.noun);
  const resolved: ResolveOptions = {
    ...options,
    ...(selectors.length > 0 && { selector: parseSelector(selectors) }),
    ...(flags['allow-empty'] === true && { allowEmpty: true }),
  };
  if (named.length === 0 && words.length > 0) {
    if (resolved.allowEmpty) return [];
    throw new RequestError({
      code: 'PMX_NO_TARGET',
      message: `No ${options.noun} was named on standard input.`,
      hints: ['That is fine in a script? Then add --allow-empty.'],
    });
  }
  return (await session.inventory()).resolveGuests(named, resolved);
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
