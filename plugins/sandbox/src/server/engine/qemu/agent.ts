import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import { agentError } from '../../qemu/agent.js';
import { agentEnabled } from '../../qemu/vms.js';
import type { Vm } from '../../state/model.js';
import type { FilePart, GuestAgent } from '../engine.js';
import { CommandError } from './json-stream.js';
import type { Message } from './json-stream.js';
import type { QemuProcess } from './process.js';

/** PVE reads files in such pieces. */
const PIECE = 1024 * 1024;
const COMMAND_MILLIS = 30_000;
const PING_MILLIS = 3000;
/** PVE waits long for these: a guest must not be left with half of its file systems frozen. */
const SLOW: Readonly<Record<string, number>> = {
  'fsfreeze-freeze': 3_600_000,
  'fsfreeze-thaw': 180_000,
  fstrim: 600_000,
};

interface ExecStatus {
  exited: boolean;
  exitcode?: number;
  signal?: number;
  'out-data'?: string;
  'err-data'?: string;
  'out-truncated'?: boolean;
  'err-truncated'?: boolean;
}

/** One character is one byte, as PVE hands strings on. */
function bytes(text: string): Buffer {
  if (/[^\0-\xff]/.test(text)) throw agentError('Wide character in subroutine entry');
  return Buffer.from(text, 'latin1');
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('latin1');

/** The agent that runs in a real guest. */
export class QemuAgent implements GuestAgent {
  readonly #app: App;
  readonly #guestOf: (vm: Vm) => QemuProcess | undefined;

  constructor(app: App, guestOf: (vm: Vm) => QemuProcess | undefined) {
    this.#app = app;
    this.#guestOf = guestOf;
  }

  async #run<T>(vm: Vm, command: string, args?: Message): Promise<T> {
    const guest = this.#guestOf(vm);
    if (!guest) throw failure(`VM ${vm.vmid} is not running`);
    try {
      return await guest.qga.run<T>(`guest-${command}`, args, SLOW[command] ?? COMMAND_MILLIS);
    } catch (error) {
      if (error instanceof CommandError) throw agentError(error.message);
      throw failure(`VM ${vm.vmid} ${(error as Error).message}`);
    }
  }

  async #pings(vm: Vm, millis: number): Promise<boolean> {
    const guest = this.#guestOf(vm);
    if (!guest || vm.guest?.paused) return false;
    return guest.qga.run('guest-ping', undefined, millis).then(
      () => true,
      // It answers, if only to say no.
      (error: unknown) => error instanceof CommandError,
    );
  }

  async answers(vm: Vm): Promise<boolean> {
    return agentEnabled(vm.config) && (await this.#pings(vm, PING_MILLIS));
  }

  async require(vm: Vm): Promise<void> {
    if (!vm.guest) throw failure(`VM ${vm.vmid} is not running`);
    if (!agentEnabled(vm.config)) throw failure('No QEMU guest agent configured');
    if (!(await this.#pings(vm, this.#app.settings.agentTimeoutMillis)))
      throw failure('QEMU guest agent is not running');
  }

  query(vm: Vm, name: string): Promise<unknown> {
    return this.#run(vm, name);
  }

  async exec(
    vm: Vm,
    [path = '', ...arg]: readonly string[],
    input: string | undefined,
  ): Promise<{ pid: number }> {
    const { pid } = await this.#run<{ pid: number }>(vm, 'exec', {
      path,
      arg,
      'capture-output': true,
      ...(input === undefined ? {} : { 'input-data': bytes(input).toString('base64') }),
    });
    return { pid };
  }

  async execStatus(vm: Vm, pid: number): Promise<Record<string, unknown>> {
    const status = await this.#run<ExecStatus>(vm, 'exec-status', { pid });
    const answer: Record<string, unknown> = { exited: status.exited ? 1 : 0 };
    for (const name of ['exitcode', 'signal'] as const)
      if (status[name] !== undefined) answer[name] = status[name];
    for (const name of ['out', 'err'] as const) {
      const data = status[`${name}-data`];
      if (data === undefined) continue;
      answer[`${name}-data`] = decoded(data);
      answer[`${name}-truncated`] = status[`${name}-truncated`] ? 1 : 0;
    }
    return answer;
  }

  async #withFile<T>(
    vm: Vm,
    path: string,
    mode: string,
    action: (handle: number) => Promise<T>,
  ): Promise<T> {
    const handle = await this.#run<number>(vm, 'file-open', { path, mode });
    try {
      return await action(handle);
    } finally {
      await this.#run(vm, 'file-close', { handle });
    }
  }

  readFile(
    vm: Vm,
    path: string,
    { offset, count, decode }: FilePart,
  ): Promise<Record<string, unknown>> {
    return this.#withFile(vm, path, 'rb', async (handle) => {
      if (offset > 0) await this.#run(vm, 'file-seek', { handle, offset, whence: 'set' });
      let content = '';
      let read = 0;
      let eof = false;
      while (!eof && read < count) {
        const piece = await this.#run<{ 'buf-b64': string; count: number; eof: boolean }>(
          vm,
          'file-read',
          { handle, count: Math.min(PIECE, count - read) },
        );
        content += decode ? decoded(piece['buf-b64']) : piece['buf-b64'];
        read += piece.count;
        eof = piece.eof;
      }
      return { content, 'bytes-read': read, ...(eof ? {} : { truncated: 1 }) };
    });
  }

  writeFile(vm: Vm, path: string, content: string, encode: boolean): Promise<null> {
    const base64 = encode ? bytes(content).toString('base64') : content;
    return this.#withFile(vm, path, 'wb', async (handle) => {
      await this.#run(vm, 'file-write', { handle, 'buf-b64': base64 });
      return null;
    });
  }

  setPassword(vm: Vm, username: string, password: string, crypted: boolean): Promise<unknown> {
    return this.#run(vm, 'set-user-password', {
      username,
      password: Buffer.from(password, 'utf8').toString('base64'),
      crypted,
    });
  }

  freezeStatus(vm: Vm): Promise<string> {
    return this.#run(vm, 'fsfreeze-status');
  }

  freeze(vm: Vm, frozen: boolean): Promise<number> {
    return this.#run(vm, frozen ? 'fsfreeze-freeze' : 'fsfreeze-thaw');
  }

  trim(vm: Vm): Promise<unknown> {
    return this.#run(vm, 'fstrim', { minimum: 0 });
  }

  async shutdown(vm: Vm): Promise<void> {
    await this.#run(vm, 'shutdown');
  }
}
