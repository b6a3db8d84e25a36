import type { Duplex } from 'node:stream';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import type { GuestConsole } from '../engine/engine.js';
import { SimConsole } from '../engine/sim/console.js';
import { failure, messageOf } from '../errors.js';
import type { Vm } from '../state/model.js';
import type { Task } from '../tasks/manager.js';
import { relay } from './termproxy.js';

const FIRST_PORT = 5900;
const PORTS = 100;
const PATIENCE_MILLIS = 10_000;
const LONGEST_LINE = 1024;

interface Waiting {
  path: string;
  connect: (client: Duplex) => void;
}

/** The consoles that are open, or wait for whoever asked for them. */
export class Consoles {
  readonly #app: App;
  readonly #ports = new Map<number, Waiting | undefined>();

  constructor(app: App) {
    this.#app = app;
  }

  /** What `termproxy` answers: a port that waits ten seconds for one client. */
  open(vm: Vm, user: Identity, serial: string | undefined): Record<string, string> {
    const port = Array.from({ length: PORTS }, (_, index) => FIRST_PORT + index).find(
      (candidate) => !this.#ports.has(candidate),
    );
    if (port === undefined) throw failure('unable to find free port (5900-6000)');
    const path = `/vms/${vm.vmid}`;
    const upid = this.#app.tasks.start(
      { node: vm.node, type: 'vncproxy', id: vm.vmid, user: user.id },
      async (task) => {
        try {
          const client = await this.#client(port, path, task);
          await this.#talk(client, vm, serial, task);
        } finally {
          this.#ports.delete(port);
        }
      },
    );
    const ticket = this.#app.tickets.issueConsole(user.id, path);
    return { user: user.id, ticket, port: String(port), upid };
  }

  /** Hands a client to the port that it names. */
  connect(port: number, vmid: number, client: Duplex): boolean {
    const waiting = this.#ports.get(port);
    if (waiting?.path !== `/vms/${vmid}`) return false;
    this.#ports.set(port, undefined);
    waiting.connect(client);
    return true;
  }

  #client(port: number, path: string, task: Task): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(failure('command failed: failed waiting for client: timed out')),
        PATIENCE_MILLIS,
      );
      timer.unref();
      task.signal.addEventListener('abort', () => reject(failure('interrupted by signal')));
      this.#ports.set(port, {
        path,
        connect: (client) => {
          clearTimeout(timer);
          resolve(client);
        },
      });
    });
  }

  async #talk(client: Duplex, vm: Vm, serial: string | undefined, task: Task): Promise<void> {
    task.signal.addEventListener('abort', () => client.destroy());
    const { line, rest } = await firstLine(client);
    const colon = line.indexOf(':');
    const path = `/vms/${vm.vmid}`;
    if (!this.#app.tickets.consoleMatches(line.slice(colon + 1), line.slice(0, colon), path)) {
      client.end();
      throw failure('command failed: invalid authentication - 401 Unauthorized');
    }
    client.write('OK');
    let guest: GuestConsole;
    try {
      guest = await this.#consoleOf(vm, serial);
    } catch (error) {
      // `qm terminal` says it where the person looks.
      client.end(`${messageOf(error)}\r\n`);
      return;
    }
    await relay(client, guest, rest);
  }

  async #consoleOf(vm: Vm, serial: string | undefined): Promise<GuestConsole> {
    if (vm.kind === 'lxc') return new SimConsole(this.#app, vm, 'tty1');
    const names = ['serial0', 'serial1', 'serial2', 'serial3'];
    const name = serial ?? names.find((key) => vm.config[key] === 'socket');
    if (name === undefined) throw failure('unable to find a serial interface');
    if (vm.config[name] === undefined)
      throw failure(`serial interface '${name}' is not configured`);
    if (vm.config[name] !== 'socket') throw failure(`wrong serial type on interface '${name}'`);
    if (!vm.guest) throw failure(`VM ${vm.vmid} not running`);
    return this.#app.engine.console(vm, name);
  }
}

function firstLine(client: Duplex): Promise<{ line: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const done = (): void => {
      client.off('data', onData).off('end', onEnd);
      client.pause();
    };
    const onEnd = (): void => {
      done();
      reject(failure('command failed: connection closed before authentication'));
    };
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf('\n');
      if (end < 0 && seen.length < LONGEST_LINE) return;
      done();
      resolve({
        line: seen.toString('utf8', 0, Math.max(0, end)),
        rest: seen.subarray(end + 1),
      });
    };
    client.on('data', onData).on('end', onEnd);
  });
}
