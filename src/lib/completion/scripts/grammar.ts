import type { Known, KnownCommand, KnownFlag } from '../manifest.js';

export interface Word {
  name: string;
  description: string;
}

/** What a shell can complete by itself, without starting pmx. */
export interface Grammar {
  /** Words behind `vm`, `vm snapshot`, and the empty path. */
  children: ReadonlyArray<readonly [path: string, words: readonly Word[]]>;
  commands: readonly CommandGrammar[];
  /** Flags that every command has. */
  global: FlagGrammar;
}

export interface FlagGrammar {
  flags: readonly Word[];
  /** Flags behind which a value follows. */
  values: readonly string[];
  /** Those of them that take one of a few words. */
  options: ReadonlyArray<readonly [flag: string, values: readonly string[]]>;
}

export interface CommandGrammar extends FlagGrammar {
  path: string;
}

export function grammarOf(known: Known): Grammar {
  const commands = known.commands
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const first = commands[0]?.flags ?? {};
  const shared = Object.keys(first).filter((name) => commands.every(({ flags }) => name in flags));
  const isGlobal = ({ name }: KnownFlag): boolean => shared.includes(name);
  return {
    children: childrenOf(known, commands),
    commands: commands.map(({ id, flags }) => ({
      path: id.replaceAll(':', ' '),
      ...flagGrammar(Object.values(flags).filter((flag) => !isGlobal(flag))),
    })),
    global: flagGrammar(Object.values(first).filter(isGlobal)),
  };
}

function flagGrammar(all: readonly KnownFlag[]): FlagGrammar {
  const flags = all.filter(({ hidden }) => !hidden);
  const spellings = ({ name, char }: KnownFlag): string[] => [
    `--${name}`,
    ...(char === undefined ? [] : [`-${char}`]),
  ];
  const valued = flags.filter(({ type }) => type === 'option');
  return {
    flags: flags.flatMap(({ name, description = '', allowNo }) => [
      { name: `--${name}`, description: firstSentence(description) },
      ...(allowNo ? [{ name: `--no-${name}`, description: firstSentence(description) }] : []),
    ]),
    values: valued.flatMap(spellings),
    options: valued.flatMap((flag) =>
      flag.options ? spellings(flag).map((spelling) => [spelling, flag.options!] as const) : [],
    ),
  };
}

function childrenOf(
  known: Known,
  commands: readonly KnownCommand[],
): ReadonlyArray<readonly [string, Word[]]> {
  const found = new Map<string, Map<string, string>>();
  for (const { id, summary = '' } of commands) {
    const words = id.split(':');
    for (const [at, word] of words.entries()) {
      const path = words.slice(0, at).join(' ');
      const children = found.get(path) ?? new Map<string, string>();
      found.set(path, children);
      const topic = known.topics[words.slice(0, at + 1).join(':')]?.description;
      if (at === words.length - 1) children.set(word, children.get(word) ?? summary);
      else children.set(word, topic ?? children.get(word) ?? '');
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, children]) => [
      path,
      [...children].map(([name, description]) => ({
        name,
        description: firstSentence(description),
      })),
    ]);
}

/** Beside a word there is room for one sentence, without its full stop. */
function firstSentence(text: string): string {
  return text
    .split('\n')[0]!
    .replace(/[.:;] .*$/, '')
    .replace(/\.$/, '');
}
