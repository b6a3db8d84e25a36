import { Duplex } from 'node:stream';
import type { App } from '../../app.js';
import { guestHostName } from '../../qemu/guest/inside.js';
import { runCommand } from '../../qemu/guest/shell.js';
import type { Vm } from '../../state/model.js';
import type { GuestConsole } from '../engine.js';

const POLL_MILLIS = 200;

/** The console of a pretended guest: root is logged in there, and has the guest's small shell. */
export class SimConsole extends Duplex implements GuestConsole {
  readonly #app: App;
  readonly #vm: Vm;
  readonly #port: string;
  readonly #watch: NodeJS.Timeout;
  readonly #startedAt: number | undefined;
  #line = Buffer.alloc(0);
  #afterReturn = false;
  #rows = 0;
  #columns = 0;

  /** @param port what the guest calls it: ttyS0, tty1 */
  constructor(app: App, vm: Vm, port: string) {
    super();
    this.#app = app;
    this.#vm = vm;
    this.#port = port;
    this.#startedAt = vm.guest?.startedAt;
    // A console ends with the guest that it belongs to.
    this.#watch = setInterval(() => {
      if (vm.guest?.startedAt !== this.#startedAt || !vm.guest) this.push(null);
    }, POLL_MILLIS);
    this.#watch.unref();
    this.#say(`\r\nDebian GNU/Linux 12 ${this.#host} ${port}\r\n\r\n${this.#prompt}`);
  }

  resize(columns: number, rows: number): void {
    // A serial line knows nothing of the window at its other end.
    if (this.#port.startsWith('ttyS')) return;
    this.#columns = columns;
    this.#rows = rows;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const byte of chunk) this.#key(byte);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#watch);
    done(error);
  }

  get #host(): string {
    return guestHostName(this.#vm);
  }

  get #prompt(): string {
    return `root@${this.#host}:~# `;
  }

  #say(text: string | Buffer): void {
    if (!this.readableEnded && !this.destroyed) this.push(text);
  }

  #key(byte: number): void {
    const afterReturn = this.#afterReturn;
    this.#afterReturn = byte === 0x0d;
    switch (byte) {
      // Return and line feed end a line alike, and together one.
      case 0x0a:
        return afterReturn ? undefined : this.#run();
      case 0x0d:
        return this.#run();
      case 0x03:
        this.#line = Buffer.alloc(0);
        return this.#say(`^C\r\n${this.#prompt}`);
      case 0x04:
        if (this.#line.length === 0) this.#logOut();
        return;
      case 0x08:
      case 0x7f:
        if (this.#line.length === 0) return;
        this.#line = this.#line.subarray(0, -1);
        return this.#say('\b \b');
      default:
        this.#line = Buffer.concat([this.#line, Buffer.from([byte])]);
        this.#say(Buffer.from([byte]));
    }
  }

  #run(): void {
    const line = this.#line.toString('utf8').trim();
    this.#line = Buffer.alloc(0);
    this.#say('\r\n');
    if (/^(?:exit|logout)\b/.test(line)) return this.#logOut();
    if (line === 'stty size') this.#say(`${this.#rows} ${this.#columns}\r\n`);
    else if (line !== '') {
      this.#app.vms.change(this.#vm, () => {
        const { out, err } = runCommand(this.#vm, ['sh', '-c', line], '');
        this.#say(Buffer.from(`${out}${err}`.replaceAll('\n', '\r\n'), 'latin1'));
      });
    }
    this.#say(this.#prompt);
  }

  /** Whoever watches over the line offers the next login. */
  #logOut(): void {
    this.#say(
      `logout\r\n\r\nDebian GNU/Linux 12 ${this.#host} ${this.#port}\r\n\r\n${this.#prompt}`,
    );
  }
}
