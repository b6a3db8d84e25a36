import type { Vm } from '../../state/model.js';
import { bytesOf, GuestFiles } from './inside.js';
import { baseName, isProgram, SHELLS } from './program-names.js';
import { PROGRAMS } from './programs.js';
import type { Result } from './programs.js';
import { Interpreter } from './shell/interpreter.js';

export { isProgram };

/**
 * Runs a command of the guest agent: a program with its arguments, without a shell.
 *
 * @param stdin bytes: PVE hands each character on as one
 */
export function runCommand(vm: Vm, command: readonly string[], stdin: string): Result {
  const [program = '', ...args] = command.map(bytesOf);
  return runProgram(vm, program, args, stdin, 0);
}

function runProgram(
  vm: Vm,
  path: string,
  args: readonly string[],
  stdin: string,
  elapsed: number,
): Result {
  const name = baseName(path);
  const files = new GuestFiles(vm);
  const shell = (parameters: readonly string[], text: string, input: string): Result =>
    new Interpreter(vm, parameters, (...call) => runProgram(vm, ...call), { elapsed }).script(
      text,
      input,
    );
  if (SHELLS.has(name)) {
    const at = args.findIndex((word) => /^-\w*c$/.test(word));
    if (at >= 0) return shell(args.slice(at + 2), args[at + 1] ?? '', stdin);
    const file = args[0] === undefined ? undefined : files.read(args[0]);
    return file === undefined ? shell([], stdin, '') : shell(args, file, stdin);
  }
  const silent: Result = { out: '', err: '', code: 0, seconds: 0 };
  const file = path.includes('/') ? files.read(path) : undefined;
  if (file?.startsWith('#!')) return shell([path, ...args], file, stdin);
  const run = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (run) return { ...silent, ...run({ vm, files, args, stdin, elapsed }) };
  // That of a package: it is there, and what it would do nobody here knows.
  if (isProgram(path, vm)) return silent;
  return { ...silent, err: `sh: 1: ${path}: not found\n`, code: 127 };
}
