import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { CommandError, connectTo, jsonLines, NoAnswer } from './json-stream.js';
import type { Message } from './json-stream.js';

/** Commands that an agent does not answer when it obeys. */
const SILENT = /^guest-(?:shutdown|suspend-\w+)$/;
/** How long a command that will not be answered gets to be refused. */
const REFUSAL_MILLIS = 2000;

/** The guest agent of one VM. As in PVE every command has a connection of its own; they come one after the other. */
export class Qga {
  readonly #path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Runs a command. @throws CommandError in the agent's words, NoAnswer */
  run<T = unknown>(execute: string, args: Message | undefined, timeout: number): Promise<T> {
    const mine = this.#last.then(
      () => this.#talk<T>(execute, args, timeout),
      () => this.#talk<T>(execute, args, timeout),
    );
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #talk<T>(execute: string, args: Message | undefined, timeout: number): Promise<T> {
    const socket = await connectTo(this.#path).catch((error: unknown) => {
      throw new NoAnswer(`qga command '${execute}' failed - unable to connect to qga socket`, {
        cause: error,
      });
    });
    const timedOut = new NoAnswer(`qga command '${execute}' failed - got timeout`);
    try {
      return await conversation<T>(socket, execute, args, timeout, timedOut);
    } finally {
      socket.destroy();
    }
  }
}

/** First makes sure that what is read belongs to us: an answer to somebody before us may still come. */
function conversation<T>(
  socket: Socket,
  execute: string,
  args: Message | undefined,
  timeout: number,
  timedOut: NoAnswer,
): Promise<T> {
  const id = randomInt(1, 2 ** 31);
  return new Promise<T>((resolve, reject) => {
    let timer = setTimeout(() => reject(timedOut), timeout);
    const finish = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    let synced = false;
    socket.on(
      'data',
      jsonLines((message) => {
        if (!synced) {
          if (message['return'] !== id) return;
          synced = true;
          socket.write(`${JSON.stringify({ execute, ...(args && { arguments: args }) })}\n`);
          if (!SILENT.test(execute)) return;
          clearTimeout(timer);
          timer = setTimeout(() => resolve(undefined as T), Math.min(timeout, REFUSAL_MILLIS));
          return;
        }
        const error = message['error'] as { class: string; desc: string } | undefined;
        finish(() =>
          error
            ? reject(new CommandError(error.class, error.desc))
            : resolve(message['return'] as T),
        );
      }),
    );
    socket.on('error', (error) => finish(() => reject(new NoAnswer(error.message))));
    socket.on('close', () =>
      finish(() =>
        // A guest that powers off takes the connection along.
        synced && SILENT.test(execute)
          ? resolve(undefined as T)
          : reject(new NoAnswer(`qga command '${execute}' failed - connection closed`)),
      ),
    );
    // 0xFF makes the agent forget a half command that somebody has left.
    socket.write(Buffer.from([0xff]));
    socket.write(`${JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } })}\n`);
  });
}
