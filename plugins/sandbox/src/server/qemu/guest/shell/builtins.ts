import { isProgram } from '../program-names.js';
import { Leave, type Streams } from './control.js';
import type { Interpreter } from './interpreter.js';

/** What a shell does itself; answers with its status, 0 when left out. */
export type Builtin = (
  shell: Interpreter,
  args: readonly string[],
  streams: Streams,
) => number | void;

const nothing: Builtin = () => 0;

const assign: Builtin = (shell, args) => {
  for (const word of args) {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined) shell.assign(name, value!);
  }
};

function leave(what: 'exit' | 'return'): Builtin {
  return (shell, [status]) => {
    if (status !== undefined) shell.last = Number(status) & 255;
    throw new Leave(what);
  };
}

function loop(what: 'break' | 'continue'): Builtin {
  return (_, [levels = '1']) => {
    throw new Leave(what, Number(levels));
  };
}

const set: Builtin = (shell, args) => {
  for (const [index, word] of args.entries()) {
    if (word === '--') return shell.setParameters(args.slice(index + 1));
    if (!/^[-+]/.test(word)) return shell.setParameters(args.slice(index));
    if (word.includes('e')) shell.strict = word.startsWith('-');
    if (/^[-+]\w*o$/.test(word)) return;
  }
};

const command: Builtin = (shell, args, streams) => {
  if (args[0] !== '-v' && args[0] !== '-V') {
    const [name, ...rest] = args[0] === '-p' ? args.slice(1) : args;
    if (name === undefined) return 0;
    shell.call(name, rest, streams, false);
    return shell.last;
  }
  const wanted = args.at(-1) ?? '';
  const own = shell.functions.has(wanted) || Object.hasOwn(BUILTINS, wanted);
  if (!own && !isProgram(wanted, shell.vm)) return 127;
  streams.out(`${own || wanted.includes('/') ? wanted : `/usr/bin/${wanted}`}\n`);
  return 0;
};

const read: Builtin = (shell, args, { input }) => {
  const names = args.filter((word) => !word.startsWith('-'));
  if (input.text === '') return 1;
  const at = input.text.indexOf('\n');
  const line = at < 0 ? input.text : input.text.slice(0, at);
  input.text = at < 0 ? '' : input.text.slice(at + 1);
  const words = line.trim().split(/\s+/);
  for (const [index, name] of names.entries())
    shell.assign(
      name,
      index === names.length - 1 ? words.slice(index).join(' ') : (words[index] ?? ''),
    );
  return at < 0 ? 1 : 0;
};

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': nothing,
  cd: nothing,
  trap: nothing,
  umask: nothing,
  ulimit: nothing,
  wait: nothing,
  exit: leave('exit'),
  return: leave('return'),
  break: loop('break'),
  continue: loop('continue'),
  export: assign,
  readonly: assign,
  local: assign,
  set,
  command,
  read,
  type: (shell, args, streams) => command(shell, ['-v', ...args], streams),
  unset: (shell, args) => {
    for (const name of args) shell.variables.delete(name);
  },
  shift: (shell, [count = '1']) => shell.setParameters(shell.parameters().slice(Number(count))),
  eval: (shell, args, streams) => {
    shell.within(args.join(' '), streams);
    return shell.last;
  },
  '.': (shell, [path = ''], streams) => {
    const text = shell.files.read(path);
    if (text === undefined) {
      streams.err(`sh: 1: .: cannot open ${path}: No such file\n`);
      return 2;
    }
    shell.within(text, streams);
    return shell.last;
  },
};
