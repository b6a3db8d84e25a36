import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { CommandError, connectTo, jsonLines, NoAnswer } from './json-stream.js';
import type { Message } from './json-stream.js';

const TIMEOUT_MILLIS = 30_000;
/** QEMU opens its socket before anything else; a loaded machine needs time to get there. */
const CONNECT_MILLIS = 30_000;

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** The monitor of one QEMU process. Emits its events by their names, and `gone` when the connection ends. */
export class Qmp extends EventEmitter {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #closed = false;

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on(
      'data',
      jsonLines((message) => this.#take(message)),
    );
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end());
  }

  /** Connects and agrees on the language; `alive` says whether waiting still makes sense. */
  static async open(path: string, alive?: () => boolean): Promise<Qmp> {
    const qmp = new Qmp(await connectTo(path, CONNECT_MILLIS, alive));
    try {
      await qmp.run('qmp_capabilities');
    } catch (error) {
      qmp.close();
      throw error;
    }
    return qmp;
  }

  /** Runs a command. @throws CommandError in QEMU's words, NoAnswer */
  run<T = unknown>(execute: string, args?: Message, timeout = TIMEOUT_MILLIS): Promise<T> {
    if (this.#closed)
      return Promise.reject(new NoAnswer(`qmp command '${execute}' failed - QEMU is gone`));
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new NoAnswer(`qmp command '${execute}' failed - got timeout`));
      }, timeout);
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
      this.#socket.write(`${JSON.stringify({ execute, ...(args && { arguments: args }), id })}\n`);
    });
  }

  #take(message: Message): void {
    if (typeof message['event'] === 'string') {
      this.emit(message['event'], message['data'] ?? {});
      return;
    }
    const waiting = this.#waiting.get(Number(message['id']));
    if (!waiting) return;
    this.#waiting.delete(Number(message['id']));
    clearTimeout(waiting.timer);
    const error = message['error'] as { class: string; desc: string } | undefined;
    if (error) waiting.reject(new CommandError(error.class, error.desc));
    else waiting.resolve(message['return']);
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new NoAnswer('QEMU is gone'));
    }
    this.#waiting.clear();
    this.emit('gone');
  }

  close(): void {
    this.#socket.destroy();
    this.#end();
  }
}
