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
  /** Flags that many commands have together; scripts hold them once. */
  bundles: readonly Bundle[];
  /** Flags that every command has. */
  global: FlagGrammar;
}

export interface Bundle {
  name: string;
  flags: readonly Word[];
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
  /** Without those of its bundles. */
  flags: readonly Word[];
  bundles: readonly string[];
}

export function grammarOf(known: Known): Grammar {
  const commands = known.commands
    .filter(({ hidden }) => !hidden)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const first = commands[0]?.flags ?? {};
  const shared = Object.keys(first).filter((name) => commands.every(({ flags }) => name in flags));
  const isGlobal = ({ name }: KnownFlag): boolean => shared.includes(name);
  const own = commands.map(({ id, flags }) => ({
    path: id.replaceAll(':', ' '),
    ...flagGrammar(Object.values(flags).filter((flag) => !isGlobal(flag))),
  }));
  const bundles = bundlesOf(own);
  return {
    children: childrenOf(known, commands),
    commands: own.map((command) => withBundles(command, bundles)),
    bundles: bundles.map(({ name, flags }) => ({ name, flags })),
    global: flagGrammar(Object.values(first).filter(isGlobal)),
  };
}

/** With fewer commands a bundle saves nothing worth reading it. */
const manyCommands = 6;

interface BundleOf extends Bundle {
  paths: ReadonlySet<string>;
}

/** Flags that exactly the same commands have, word by word. */
function bundlesOf(commands: ReadonlyArray<{ path: string; flags: readonly Word[] }>): BundleOf[] {
  const owners = new Map<string, { flag: Word; paths: string[] }>();
  for (const { path, flags } of commands) {
    for (const flag of flags) {
      const key = `${flag.name}\t${flag.description}`;
      const known = owners.get(key) ?? { flag, paths: [] };
      known.paths.push(path);
      owners.set(key, known);
    }
  }
  const groups = new Map<string, { flags: Word[]; paths: string[] }>();
  for (const { flag, paths } of owners.values()) {
    if (paths.length < manyCommands) continue;
    const key = paths.join('\t');
    const group = groups.get(key) ?? { flags: [], paths };
    group.flags.push(flag);
    groups.set(key, group);
  }
  // Named after a flag, so that a new bundle does not rename the others.
  return [...groups.values()].map(({ flags, paths }) => ({
    name: nameOf(
      flags[0]!,
      [...groups.values()].map((group) => group.flags[0]!),
    ),
    flags,
    paths: new Set(paths),
  }));
}

/** The same flag may be told in several ways, and each is a bundle. */
function nameOf(flag: Word, first: readonly Word[]): string {
  const same = first.filter(({ name }) => name === flag.name);
  const number = same.indexOf(flag);
  return `${flag.name.replace(/^--/, '').replaceAll('-', '_')}${number === 0 ? '' : number + 1}`;
}

function withBundles(
  command: { path: string } & FlagGrammar,
  bundles: readonly BundleOf[],
): CommandGrammar {
  const mine = bundles.filter(({ paths }) => paths.has(command.path));
  const bundled = new Set(
    mine.flatMap(({ flags }) => flags.map(({ name, description }) => `${name}\t${description}`)),
  );
  return {
    ...command,
    flags: command.flags.filter(({ name, description }) => !bundled.has(`${name}\t${description}`)),
    bundles: mine.map(({ name }) => name),
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
