import { hoistable } from '../../argv.js';
import type { Known, KnownArg, KnownCommand, KnownFlag } from './manifest.js';

/** What the cursor stands behind. */
export type Slot =
  | { kind: 'words'; path: string[] }
  | { kind: 'flags'; command: KnownCommand; used: ReadonlySet<string> }
  | { kind: 'flag-value'; command: KnownCommand; flag: KnownFlag; words: string[]; prefix: string }
  | { kind: 'arg'; command: KnownCommand; arg: KnownArg; words: string[] }
  | { kind: 'nothing' };

export interface ParsedLine {
  slot: Slot;
  /** The word at the cursor; with `--flag=value` the value only. */
  current: string;
  /** `--context` as typed. */
  context?: string;
}

const idOf = (path: readonly string[]): string => path.join(':');

function find(known: Known, path: readonly string[]): KnownCommand | undefined {
  const id = idOf(path);
  return known.commands.find(
    (command) =>
      command.id === id ||
      command.aliases?.includes(id) === true ||
      command.hiddenAliases?.includes(id) === true,
  );
}

function isTopic(known: Known, path: readonly string[]): boolean {
  const start = `${idOf(path)}:`;
  return known.commands.some(
    ({ id, aliases = [] }) =>
      id.startsWith(start) || aliases.some((name) => name.startsWith(start)),
  );
}

/**
 * @param words behind `pmx`, up to the cursor; the last one is being typed and may be empty
 */
export function parseLine(known: Known, words: readonly string[]): ParsedLine {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const path: string[] = [];
  let context: string | undefined;
  let index = 0;
  for (; index < before.length; index++) {
    const word = before[index]!;
    if (word.startsWith('-')) {
      const { name, value } = splitFlag(word);
      // Behind a command its flags follow; in front of it only those that every command has.
      if (hoistable[name] === undefined) break;
      if (hoistable[name] && value === undefined) index++;
      if (name === '--context') context = value ?? words[index];
      if (index >= before.length) return inGlobalFlag(known, name, current, context);
      continue;
    }
    if (!find(known, [...path, word]) && !isTopic(known, [...path, word])) break;
    path.push(word);
  }
  const command = find(known, path);
  if (!command) {
    const slot: Slot = index < before.length ? { kind: 'nothing' } : { kind: 'words', path };
    return { slot, current, ...(context !== undefined && { context }) };
  }
  return withContext(inCommand(known, command, path, before.slice(index), current), context);
}

function withContext(line: ParsedLine, context: string | undefined): ParsedLine {
  const named = line.context ?? context;
  return named === undefined ? line : { ...line, context: named };
}

/** `pmx --context |`: the flag is the same in every command, so any will do. */
function inGlobalFlag(
  known: Known,
  name: string,
  current: string,
  context: string | undefined,
): ParsedLine {
  for (const command of known.commands) {
    const flag = flagNamed(command, name);
    if (flag) {
      const slot: Slot = { kind: 'flag-value', command, flag, words: [], prefix: '' };
      return withContext({ slot, current }, context);
    }
  }
  return { slot: { kind: 'nothing' }, current };
}

function inCommand(
  known: Known,
  command: KnownCommand,
  path: string[],
  before: readonly string[],
  current: string,
): ParsedLine {
  const positionals: string[] = [];
  const used = new Set<string>();
  let context: string | undefined;
  let waiting: KnownFlag | undefined;
  let onlyWords = false;
  for (const word of before) {
    if (waiting) {
      if (waiting.name === 'context') context = word;
      waiting = undefined;
    } else if (onlyWords || !word.startsWith('-') || word === '-') {
      positionals.push(word);
    } else if (word === '--') {
      onlyWords = true;
    } else {
      const { name, value } = splitFlag(word);
      const flag = flagNamed(command, name);
      if (!flag) continue;
      used.add(flag.name);
      if (flag.name === 'context' && value !== undefined) context = value;
      if (flag.type === 'option' && value === undefined) waiting = flag;
    }
  }
  const line = (slot: Slot, word = current): ParsedLine =>
    withContext({ slot, current: word }, context);
  const value = (flag: KnownFlag, prefix: string): Slot => ({
    kind: 'flag-value',
    command,
    flag,
    words: positionals,
    prefix,
  });
  if (waiting) return line(value(waiting, ''));
  if (!onlyWords && current.startsWith('-') && current !== '-') {
    const { name, value: typed } = splitFlag(current);
    if (typed === undefined) return line({ kind: 'flags', command, used });
    const flag = flagNamed(command, name);
    return flag?.type === 'option'
      ? line(value(flag, `${name}=`), typed)
      : line({ kind: 'nothing' });
  }
  const inner = lineInside(known, command, positionals, current);
  if (inner) return inner;
  if (positionals.length === 0 && !onlyWords && isTopic(known, path))
    return line({ kind: 'words', path });
  const args = Object.values(command.args);
  const arg = args[positionals.length] ?? (command.strict === false ? args.at(-1) : undefined);
  return line(arg ? { kind: 'arg', command, arg, words: positionals } : { kind: 'nothing' });
}

/** `pmx preflight -- vm cre|`: a command line inside of a command line. */
function lineInside(
  known: Known,
  command: KnownCommand,
  positionals: readonly string[],
  current: string,
): ParsedLine | undefined {
  if (!('command' in command.args)) return undefined;
  return parseLine(known, [...positionals, current]);
}

function splitFlag(word: string): { name: string; value?: string } {
  const at = word.indexOf('=');
  return at < 0 ? { name: word } : { name: word.slice(0, at), value: word.slice(at + 1) };
}

function flagNamed(command: KnownCommand, typed: string): KnownFlag | undefined {
  const name = typed.replace(/^--?/, '');
  return Object.values(command.flags).find((flag) =>
    typed.startsWith('--')
      ? flag.name === name || flag.aliases?.includes(name) === true
      : flag.char === name,
  );
}
