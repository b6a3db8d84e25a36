import type { Vm } from '../../state/model.js';
import { bytesOf, GuestFiles, guestHostName } from './inside.js';
import { PROGRAMS } from './programs.js';
import type { Result } from './programs.js';

type Token = { word: string } | { operator: string };

const OPERATORS = ['2>>', '2>&1', '2>', '>&2', '1>&2', '&&', '||', '>>', '>', '<', '|', ';', '\n'];
const SHELLS = new Set(['sh', 'bash', 'dash']);

/** Thrown by `exit`; ends the script. */
class Exit extends Error {}

/** The name of a program without its directory. */
function baseName(path: string): string {
  return path.replace(/^\/(?:usr\/)?s?bin\//, '');
}

/** Does the guest have this program? */
export function isProgram(path: string): boolean {
  return SHELLS.has(baseName(path)) || Object.hasOwn(PROGRAMS, baseName(path));
}

/**
 * Runs a command of the guest agent: a program with its arguments, without a shell.
 *
 * @param stdin bytes: PVE hands each character on as one
 */
export function runCommand(vm: Vm, command: readonly string[], stdin: string): Result {
  const [program = '', ...args] = command.map(bytesOf);
  return new Shell(vm).program(program, args, stdin);
}

/** Just enough of a shell for what scripts say to a guest: sequences, conditions, pipes and redirections. */
class Shell {
  readonly #vm: Vm;
  readonly #files: GuestFiles;
  readonly #parameters: readonly string[];
  #last = 0;
  /** `set -e`: the first command that fails ends the script. */
  #strict = false;
  #elapsed = 0;

  /** @param parameters `$0`, `$1` … */
  constructor(vm: Vm, parameters: readonly string[] = []) {
    this.#vm = vm;
    this.#parameters = parameters;
    this.#files = new GuestFiles(vm);
  }

  program(path: string, args: readonly string[], stdin: string): Result {
    const name = baseName(path);
    const silent: Result = { out: '', err: '', code: 0, seconds: 0 };
    if (SHELLS.has(name)) {
      const at = args.findIndex((word) => /^-\w*c$/.test(word));
      if (at >= 0)
        return new Shell(this.#vm, args.slice(at + 2)).#script(
          args[at + 1] ?? '',
          stdin,
          this.#elapsed,
        );
      return new Shell(this.#vm).#script(
        this.#files.read(args[0] ?? '') ?? stdin,
        '',
        this.#elapsed,
      );
    }
    const run = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
    const file = path.includes('/') ? this.#files.read(path) : undefined;
    if (file?.startsWith('#!'))
      return new Shell(this.#vm, [path, ...args]).#script(file, stdin, this.#elapsed);
    if (!run) return { ...silent, err: `sh: 1: ${path}: not found\n`, code: 127 };
    const context = { vm: this.#vm, files: this.#files, args, stdin, elapsed: this.#elapsed };
    return { ...silent, ...run(context) };
  }

  #script(text: string, stdin: string, elapsed: number): Result {
    this.#elapsed = elapsed;
    const all: Result = { out: '', err: '', code: 0, seconds: 0 };
    let tokens: Token[];
    try {
      tokens = this.#tokens(text);
    } catch (error) {
      return { ...all, err: `sh: 1: ${(error as Error).message}\n`, code: 2 };
    }
    let link = ';';
    let pipeline: Token[] = [];
    const finish = (): boolean => {
      const skip = (link === '&&' && this.#last !== 0) || (link === '||' && this.#last === 0);
      if (skip || pipeline.length === 0) return false;
      const result = this.#pipeline(pipeline, stdin);
      all.out += result.out;
      all.err += result.err;
      all.seconds += result.seconds;
      this.#last = result.code;
      return true;
    };
    try {
      for (const token of [...tokens, { operator: ';' }]) {
        if (!('operator' in token) || !/^(?:;|\n|&&|\|\|)$/.test(token.operator)) {
          pipeline.push(token);
          continue;
        }
        const ran = finish();
        pipeline = [];
        link = token.operator;
        if (this.#strict && ran && this.#last !== 0 && /^[;\n]$/.test(link)) break;
      }
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
    }
    return { ...all, code: this.#last };
  }

  #pipeline(tokens: readonly Token[], stdin: string): Result {
    const all: Result = { out: stdin, err: '', code: 0, seconds: 0 };
    let command: Token[] = [];
    for (const token of [...tokens, { operator: '|' }]) {
      if (!('operator' in token) || token.operator !== '|') {
        command.push(token);
        continue;
      }
      const result = this.#command(command, all.out);
      this.#elapsed += result.seconds;
      all.out = result.out;
      all.err += result.err;
      all.code = result.code;
      all.seconds += result.seconds;
      command = [];
    }
    return all;
  }

  #command(tokens: readonly Token[], stdin: string): Result {
    const words: string[] = [];
    const redirects: { operator: string; path: string }[] = [];
    let input = stdin;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if ('word' in token) {
        words.push(...this.#paths(this.#expand(token.word)));
        continue;
      }
      const { operator } = token;
      if (operator.includes('&')) {
        redirects.push({ operator, path: '' });
        continue;
      }
      const next = tokens[++index];
      const path = next && 'word' in next ? this.#expand(next.word) : '';
      if (operator === '<') {
        const text = this.#files.read(path);
        if (text === undefined) return this.#cannot('open', path);
        input = text;
      } else redirects.push({ operator, path });
    }
    const [name = 'true', ...args] = words;
    if (name === 'command' && args[0] === '-v') {
      const wanted = args.at(-1) ?? '';
      const known = isProgram(wanted);
      return { out: known ? `${wanted}\n` : '', err: '', code: known ? 0 : 127, seconds: 0 };
    }
    if (name === 'set') {
      for (const flags of args) if (/e/.test(flags)) this.#strict = flags.startsWith('-');
      return { out: '', err: '', code: 0, seconds: 0 };
    }
    if (name === 'exit') {
      this.#last = args[0] === undefined ? this.#last : Number(args[0]) & 255;
      throw new Exit();
    }
    return this.#redirect(this.program(name, args, input), redirects);
  }

  #redirect(result: Result, redirects: readonly { operator: string; path: string }[]): Result {
    let { out, err } = result;
    for (const { operator, path } of redirects) {
      if (operator === '2>&1') [out, err] = [out + err, ''];
      else if (operator.endsWith('>&2')) [out, err] = ['', out + err];
      else {
        const errors = operator.startsWith('2');
        const before = operator.endsWith('>>') ? (this.#files.read(path) ?? '') : '';
        if (!this.#files.write(path, before + (errors ? err : out)))
          return this.#cannot('create', path);
        if (errors) err = '';
        else out = '';
      }
    }
    return { ...result, out, err };
  }

  #cannot(verb: 'open' | 'create', path: string): Result {
    const why = verb === 'open' ? 'No such file' : 'Directory nonexistent';
    return { out: '', err: `sh: 1: cannot ${verb} ${path}: ${why}\n`, code: 2, seconds: 0 };
  }

  /** Puts in variables; a marked `$` was quoted and stays. */
  #expand(word: string): string {
    const variables: Record<string, string> = {
      HOME: '/root',
      USER: 'root',
      HOSTNAME: guestHostName(this.#vm),
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      '?': String(this.#last),
    };
    return word
      .replace(
        /\$(?:\{(\w+)\}|(\d|\w+|\?))/g,
        (_, long?: string, short?: string) =>
          variables[long ?? short ?? ''] ?? this.#parameters[Number(long ?? short)] ?? '',
      )
      .replaceAll('\u{e000}', '$');
  }

  /** What an unquoted `*` stands for; the word itself when there is no such file. */
  #paths(word: string): string[] {
    if (!word.includes('\u{e001}')) return [word];
    const [folder = '/'] = /^.*\//.exec(word) ?? [];
    const pattern = new RegExp(
      `^${word
        .slice(folder.length)
        .replaceAll(/[\\^$.+?()[\]{}|]/g, String.raw`\$&`)
        .replaceAll('\u{e001}', '.*')}$`,
    );
    const found = this.#files
      .list(folder)
      .filter((name) => pattern.test(name))
      .map((name) => `${folder}${name}`);
    return found.length > 0 ? found : [word.replaceAll('\u{e001}', '*')];
  }

  #tokens(text: string): Token[] {
    const tokens: Token[] = [];
    let word: string | undefined;
    const flush = (): void => {
      if (word !== undefined) tokens.push({ word });
      word = undefined;
    };
    for (let at = 0; at < text.length;) {
      const rest = text.slice(at);
      const quoted = /^'([^']*)'|^"((?:[^"\\]|\\[^])*)"|^\\([^])/.exec(rest);
      const operator = OPERATORS.find((candidate) => rest.startsWith(candidate));
      if (quoted) {
        const [whole, single, double, escaped] = quoted;
        word =
          (word ?? '') +
          (single !== undefined
            ? single.replaceAll('$', '\u{e000}')
            : double !== undefined
              ? double.replace(/\\(["\\$`])/g, (_, c: string) => (c === '$' ? '\u{e000}' : c))
              : (escaped ?? '').replace('$', '\u{e000}'));
        at += whole.length;
      } else if (rest[0] === '"' || rest[0] === "'") {
        throw new Error('Syntax error: Unterminated quoted string');
      } else if (operator !== undefined && !(word !== undefined && /^[12]/.test(operator))) {
        flush();
        tokens.push({ operator });
        at += operator.length;
      } else if (rest[0] === '#' && word === undefined) {
        at += /^[^\n]*/.exec(rest)![0].length;
      } else if (/^[ \t]/.test(rest)) {
        flush();
        at++;
      } else {
        word = (word ?? '') + (rest[0] === '*' ? '\u{e001}' : rest[0]!);
        at++;
      }
    }
    flush();
    return tokens;
  }
}
