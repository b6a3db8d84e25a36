import { Duplex } from 'node:stream';

import { closePayload, encodeFrame, FrameError, FrameReader, opcodes } from './frames.js';

/** How long the other side may take to agree to the end; milliseconds. */
const lastWords = 1000;

/**
 * The bytes of a WebSocket as a stream: what is written goes out as one message each, what arrives
 * is read without its frames. It ends when the other side closes, or its connection does.
 */
export class WebSocketStream extends Duplex {
  readonly #socket: Duplex;
  readonly #reader: FrameReader;
  readonly #explain: (error: Error) => Error;
  #closeSent = false;
  #over = false;

  /**
   * @param head bytes that came with the answer to the upgrade
   * @param explain what a broken connection means to whoever reads here
   */
  constructor(
    socket: Duplex,
    head: Buffer,
    explain: (error: Error) => Error = (error) => error,
    limit?: number,
  ) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#explain = explain;
    this.#reader = new FrameReader(limit);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.#ended());
    socket.on('error', (error) => this.destroy(explain(error)));
    socket.on('close', () => this.#ended());
    if (head.length > 0) this.#receive(head);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#over) return done();
    this.#socket.write(encodeFrame(opcodes.binary, chunk), (error) =>
      done(error ? this.#explain(error) : undefined),
    );
  }

  /** Says that this side has nothing more, and gives the other one a moment to agree. */
  override _final(done: (error?: Error | null) => void): void {
    this.#close(1000);
    const timer = setTimeout(() => this.#socket.destroy(), lastWords);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#over = true;
    this.#socket.destroy();
    done(error);
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const message of this.#reader.push(chunk)) {
        if (message.type === 'ping') this.#socket.write(encodeFrame(opcodes.pong, message.payload));
        else if (message.type === 'close') {
          this.#close(message.code ?? 1000);
          return this.#ended();
        } else if (message.type === 'data' && message.payload.length > 0) {
          if (!this.push(message.payload)) this.#socket.pause();
        }
      }
    } catch (error) {
      this.#close(error instanceof FrameError ? error.status : 1011);
      this.destroy(this.#explain(error as Error));
    }
  }

  #close(status: number): void {
    if (this.#closeSent || this.#over) return;
    this.#closeSent = true;
    this.#socket.write(encodeFrame(opcodes.close, closePayload(status)));
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.push(null);
    this.#socket.end();
  }
}
