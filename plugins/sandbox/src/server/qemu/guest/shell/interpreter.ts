import type { Vm } from '../../../state/model.js';
import { GuestFiles, guestHostName } from '../inside.js';
import type { Result } from '../program.js';
import { BUILTINS, type Builtin } from './builtins.js';
import { Leave, type Streams } from './control.js';
import { fieldsOf, patternOf, type Surroundings, textOf } from './expand.js';
import { parse } from './parser.js';
import { openStreams } from './redirects.js';
import type { AndOr, Command, List, Pipeline } from './syntax.js';
import { SyntaxFault } from './syntax.js';

/** More commands than any script for a pretended guest needs: this one turns in a circle. */
const MOST_COMMANDS = 20_000;

/** What the shells of one program share. */
interface Shared {
  commands: number;
  seconds: number;
  elapsed: number;
}

export type RunProgram = (
  path: string,
  args: readonly string[],
  stdin: string,
  elapsed: number,
) => Result;

/** A shell of a guest: enough of POSIX's for what scripts say to a guest. */
export class Interpreter implements Surroundings {
  readonly vm: Vm;
  readonly files: GuestFiles;
  readonly functions: Map<string, Command>;
  readonly variables: Map<string, string>;
  /** `set -e`: the first command that fails ends the script. */
  strict = false;
  last = 0;
  #parameters: readonly string[];
  readonly #run: RunProgram;
  readonly #shared: Shared;
  /** Inside of conditions a failure is an answer. */
  #asked = 0;

  constructor(
    vm: Vm,
    parameters: readonly string[],
    run: RunProgram,
    shared: Partial<Shared> = {},
    parent?: Interpreter,
  ) {
    this.vm = vm;
    this.files = new GuestFiles(vm);
    this.#parameters = parameters;
    this.#run = run;
    this.#shared = shared as Shared;
    for (const key of ['commands', 'seconds', 'elapsed'] as const) this.#shared[key] ??= 0;
    this.functions = new Map(parent?.functions);
    this.variables = new Map(
      parent?.variables ?? [
        ['HOME', '/root'],
        ['USER', 'root'],
        ['HOSTNAME', guestHostName(vm)],
        ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ],
    );
    this.strict = parent?.strict ?? false;
    this.last = parent?.last ?? 0;
  }

  /** Runs a whole text. */
  script(text: string, stdin: string): Result {
    const all: Result = { out: '', err: '', code: 0, seconds: 0 };
    const streams: Streams = {
      input: { text: stdin },
      out: (more) => (all.out += more),
      err: (more) => (all.err += more),
    };
    let list: List;
    try {
      list = parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      return { ...all, err: `sh: 1: Syntax error: ${error.message}\n`, code: 2 };
    }
    this.#until(['exit', 'return'], () => this.list(list, streams));
    return { ...all, code: this.last, seconds: this.#shared.seconds };
  }

  /** For `eval` and `.`: in this shell. */
  within(text: string, streams: Streams): void {
    try {
      this.list(parse(text), streams);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      streams.err(`sh: 1: Syntax error: ${error.message}\n`);
      this.last = 2;
    }
  }

  value(name: string): string | undefined {
    if (/^\d+$/.test(name)) return name === '0' ? this.#parameters[0] : this.#parameters[+name];
    const special: Record<string, string> = {
      '?': String(this.last),
      '#': String(this.parameters().length),
      $: '4711',
      '-': this.strict ? 'e' : '',
    };
    return special[name] ?? this.variables.get(name);
  }

  assign(name: string, value: string): void {
    this.variables.set(name, value);
  }

  parameters(): readonly string[] {
    return this.#parameters.slice(1);
  }

  setParameters(parameters: readonly string[]): void {
    this.#parameters = [this.#parameters[0] ?? 'sh', ...parameters];
  }

  said(script: List): string {
    let out = '';
    const shell = this.#child();
    // What it complains about is lost to whoever asks for a word only; its status is not.
    shell.#until(['exit', 'return'], () =>
      shell.list(script, {
        input: { text: '' },
        out: (more) => (out += more),
        err: (more) => this.#complain(more),
      }),
    );
    this.last = shell.last;
    return out.replace(/\n+$/, '');
  }

  refuse(text: string): never {
    this.#complain(`sh: 1: ${text}\n`);
    this.last = 2;
    throw new Leave('exit');
  }

  list(list: List, streams: Streams): void {
    for (const one of list) this.#andOr(one, streams);
  }

  #complain: (text: string) => void = () => undefined;

  #andOr(all: AndOr, streams: Streams): void {
    for (const [index, { link, pipeline }] of all.entries()) {
      if ((link === '&&' && this.last !== 0) || (link === '||' && this.last === 0)) continue;
      const decides = index === all.length - 1 && !pipeline.negated;
      if (!decides) this.#asked++;
      try {
        this.#pipeline(pipeline, streams);
      } finally {
        if (!decides) this.#asked--;
      }
      if (decides && this.strict && this.#asked === 0 && this.last !== 0) throw new Leave('exit');
    }
  }

  #pipeline({ negated, commands }: Pipeline, streams: Streams): void {
    let input = streams.input;
    for (const [index, command] of commands.entries()) {
      if (index === commands.length - 1 && commands.length === 1) {
        this.command(command, streams);
        break;
      }
      let out = '';
      const lastOne = index === commands.length - 1;
      const shell = this.#child();
      shell.#until(['exit', 'return'], () =>
        shell.command(command, {
          input,
          out: lastOne ? streams.out : (more) => (out += more),
          err: streams.err,
        }),
      );
      this.last = shell.last;
      input = { text: out };
    }
    if (negated) this.last = Number(this.last === 0);
  }

  command(command: Command, outer: Streams): void {
    if (++this.#shared.commands > MOST_COMMANDS) {
      outer.err('sh: 1: it does not come to an end\n');
      this.last = 143;
      throw new Leave('exit');
    }
    const before = this.#complain;
    this.#complain = outer.err;
    const opened = openStreams(command.redirects, outer, this);
    try {
      if ('streams' in opened) this.#execute(command, opened.streams);
    } finally {
      this.#complain = before;
      const wrong = 'streams' in opened ? opened.close() : opened.wrong;
      if (wrong !== undefined) {
        outer.err(wrong);
        this.last = 2;
      }
    }
  }

  #execute(command: Command, streams: Streams): void {
    switch (command.type) {
      case 'simple':
        return this.#simple(command, streams);
      case 'group':
        return command.subshell
          ? this.#subshell(command.body, streams)
          : this.list(command.body, streams);
      case 'function':
        this.functions.set(command.name, command.body);
        this.last = 0;
        return;
      case 'if':
        for (const [condition, body] of command.branches)
          if (this.#holds(condition, streams)) return this.list(body, streams);
        this.last = 0;
        return this.list(command.otherwise, streams);
      case 'case': {
        const word = textOf(command.word, this);
        const arm = command.arms.find(([patterns]) =>
          patterns.some((one) => new RegExp(`^(?:${patternOf(one, this)})$`, 's').test(word)),
        );
        this.last = 0;
        return arm && this.list(arm[1], streams);
      }
      case 'for': {
        const words = command.words ? fieldsOf(command.words, this) : this.parameters();
        this.last = 0;
        for (const word of words) {
          this.assign(command.name, word);
          if (!this.#round(command.body, streams)) break;
        }
        return;
      }
      case 'while': {
        let status = 0;
        while (this.#holds(command.condition, streams) !== command.until) {
          const goes = this.#round(command.body, streams);
          status = this.last;
          if (!goes) break;
        }
        this.last = status;
      }
    }
  }

  #holds(condition: List, streams: Streams): boolean {
    this.#asked++;
    try {
      this.list(condition, streams);
    } finally {
      this.#asked--;
    }
    return this.last === 0;
  }

  /** One time through a loop; false when that was the last one. */
  #round(body: List, streams: Streams): boolean {
    try {
      this.list(body, streams);
      return true;
    } catch (error) {
      if (!(error instanceof Leave) || (error.what !== 'break' && error.what !== 'continue'))
        throw error;
      if (--error.levels > 0) throw error;
      return error.what === 'continue';
    }
  }

  #simple(command: Command & { type: 'simple' }, streams: Streams): void {
    this.last = command.words.length === 0 ? 0 : this.last;
    const fields = fieldsOf(command.words, this);
    const kept = command.assignments.map(([name]) => [name, this.variables.get(name)] as const);
    for (const [name, word] of command.assignments) this.assign(name, textOf(word, this));
    const [name, ...args] = fields;
    if (name === undefined) return;
    this.call(name, args, streams);
    // They count for that one command only.
    for (const [variable, value] of kept)
      if (value === undefined) this.variables.delete(variable);
      else this.variables.set(variable, value);
  }

  /** A function, what the shell does itself, or a program. */
  call(name: string, args: readonly string[], streams: Streams, functions = true): void {
    const own = functions ? this.functions.get(name) : undefined;
    if (own) return this.#function(own, args, streams);
    const builtin: Builtin | undefined = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
    if (builtin) {
      this.last = builtin(this, args, streams) ?? 0;
      return;
    }
    const { seconds, elapsed } = this.#shared;
    const result = this.#run(name, args, streams.input.text, elapsed + seconds);
    this.#shared.seconds += result.seconds;
    streams.out(result.out);
    streams.err(result.err);
    this.last = result.code;
  }

  #function(body: Command, args: readonly string[], streams: Streams): void {
    const before = this.#parameters;
    this.setParameters(args);
    try {
      this.#until(['return'], () => this.command(body, streams));
    } finally {
      this.#parameters = before;
    }
  }

  #subshell(body: List, streams: Streams): void {
    const shell = this.#child();
    shell.#until(['exit', 'return'], () => shell.list(body, streams));
    this.last = shell.last;
  }

  #child(): Interpreter {
    const shell = new Interpreter(this.vm, this.#parameters, this.#run, this.#shared, this);
    shell.#complain = this.#complain;
    return shell;
  }

  #until(ends: ReadonlyArray<Leave['what']>, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Leave) || !ends.includes(error.what)) throw error;
    }
  }
}
