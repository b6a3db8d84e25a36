import { hashPassword } from '../auth/secrets.js';
import type { App } from '../app.js';
import type { FilePart } from '../engine/engine.js';
import type { GuestProcess, Vm } from '../state/model.js';
import { agentError, AGENT_QUERIES } from './agent.js';
import { GuestFiles } from './guest/inside.js';
import { isProgram, runCommand } from './guest/shell.js';

/** A program's output is cut off here, as the agent does. */
const MAX_OUTPUT = 16 * 1024 * 1024;

/** Starts a program in the guest; its end is known already, but not told before its time. */
export function exec(
  app: App,
  vm: Vm,
  command: readonly string[],
  input: string | undefined,
): { pid: number } {
  const program = command[0] ?? '';
  if (!isProgram(program, vm))
    throw agentError(
      `Guest agent command failed, error was 'Failed to execute child process \u201c${program}\u201d (No such file or directory)'`,
    );
  if (/[^\0-\xff]/.test(input ?? '')) throw agentError('Wide character in subroutine entry');
  const pid = app.tasks.nextPid();
  app.vms.change(vm, () => {
    const { out, err, code, seconds } = runCommand(vm, command, input ?? '');
    const ended: GuestProcess = { endsAt: Date.now() + seconds * 1000, exitcode: code, out, err };
    if (vm.guest) vm.guest.processes = { ...vm.guest.processes, [pid]: ended };
  });
  return { pid };
}

function stream(name: 'out' | 'err', text: string): Record<string, string | number> {
  if (text === '') return {};
  return {
    [`${name}-data`]: text.slice(0, MAX_OUTPUT),
    [`${name}-truncated`]: text.length > MAX_OUTPUT ? 1 : 0,
  };
}

/** How a program is doing; its result is told once. */
export function execStatus(app: App, vm: Vm, pid: number): Record<string, unknown> {
  const found = vm.guest?.processes?.[pid];
  if (!found) throw agentError("Invalid parameter 'pid'");
  if (Date.now() < found.endsAt) return { exited: 0 };
  app.vms.change(vm, () => delete vm.guest?.processes?.[pid]);
  return {
    exited: 1,
    exitcode: found.exitcode,
    ...stream('out', found.out),
    ...stream('err', found.err),
  };
}

export function readGuestFile(
  vm: Vm,
  path: string,
  { offset, count, decode }: FilePart,
): Record<string, unknown> {
  const content = new GuestFiles(vm).read(path);
  if (content === undefined)
    throw agentError(`failed to open file '${path}' (mode: 'r'): No such file or directory`);
  const part = content.slice(offset, offset + count);
  return {
    content: decode ? part : Buffer.from(part, 'latin1').toString('base64'),
    'bytes-read': part.length,
    ...(offset + count < content.length ? { truncated: 1 } : {}),
  };
}

/** Writes a file; PVE hands characters up to U+00FF on as single bytes. */
export function writeGuestFile(
  app: App,
  vm: Vm,
  path: string,
  content: string,
  encode: boolean,
): null {
  const bytes = encode ? content : Buffer.from(content, 'base64').toString('latin1');
  if (/[^\0-\xff]/.test(bytes)) throw agentError('Wide character in subroutine entry');
  let written = false;
  app.vms.change(vm, () => (written = new GuestFiles(vm).write(path, bytes)));
  if (!written)
    throw agentError(`failed to open file '${path}' (mode: 'w'): No such file or directory`);
  return null;
}

export async function setPassword(
  app: App,
  vm: Vm,
  user: string,
  password: string,
): Promise<unknown> {
  if (!new GuestFiles(vm).users().includes(user))
    throw agentError('child process has failed to set user password');
  const hash = await hashPassword(password);
  app.vms.change(vm, () => {
    vm.inside ??= { files: {}, passwords: {} };
    vm.inside.passwords[user] = hash;
  });
  return {};
}

/** The number of file systems that were frozen or thawed. */
export function freeze(app: App, vm: Vm, frozen: boolean): number {
  if ((vm.guest?.frozen === true) === frozen) return 0;
  app.vms.change(vm, () => {
    if (vm.guest && frozen) vm.guest.frozen = true;
    else delete vm.guest?.frozen;
  });
  return (AGENT_QUERIES['get-fsinfo']!(vm) as unknown[]).length;
}

export function trim(vm: Vm): unknown {
  const systems = AGENT_QUERIES['get-fsinfo']!(vm) as Record<string, number>[];
  return {
    paths: systems.map((system) => ({
      path: system['mountpoint'],
      minimum: 0,
      trimmed: system['total-bytes']! - system['used-bytes']!,
    })),
  };
}
