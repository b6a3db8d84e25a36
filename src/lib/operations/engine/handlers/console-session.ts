import type { Duplex } from 'node:stream';

import { ProxmoxError } from '@pmx-cli/kit/errors';

/** A terminal with somebody at it. */
export interface Screen {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  /** What pmx itself has to say. */
  say(text: string): void;
  /** Every key is handed on as it is, Ctrl-C included. */
  raw(on: boolean): void;
  size(): { columns: number; rows: number };
  /** @returns what stops telling */
  onResize(listener: () => void): () => void;
}

export interface ConsoleTicket {
  user: string;
  ticket: string;
}

export interface ConsoleOptions {
  escape?: number | undefined;
  /** Leaves the console as the escape key does. */
  signal: AbortSignal;
  /** Milliseconds until the ticket must have been taken. */
  patience?: number;
  /** Milliseconds between two signs of life. */
  heartbeat?: number;
}

const usualPatience = 15_000;
const usualHeartbeat = 30_000;
/** What `qm terminal` and `lxc-console` say instead of connecting; it comes as text of the console. */
const refusals =
  /unable to find a serial interface|not running|serial interface '.*' is not|No such file or directory|Connection refused/;

/**
 * Talks as the terminal in Proxmox VE's web interface does. To the server: the ticket in one line,
 * then `0:BYTES:DATA` for keys, `1:COLUMNS:ROWS:` for the size and `2` for "still here". From it:
 * `OK`, then bytes for the screen.
 *
 * @returns who ended it
 * @throws ProxmoxError `PMX_CONSOLE_FAILED`; whatever the stream fails with
 */
export async function runConsole(
  stream: Duplex,
  { user, ticket }: ConsoleTicket,
  screen: Screen,
  options: ConsoleOptions,
): Promise<'left' | 'guest'> {
  stream.write(`${user}:${ticket}\n`);
  const first = await accepted(stream, options.patience ?? usualPatience);
  return new Console(stream, screen, options).run(first);
}

/** @returns what came behind the `OK` already */
function accepted(stream: Duplex, patience: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onError).pause();
      act();
    };
    const failed = (why: string): void =>
      settle(() =>
        reject(
          new ProxmoxError({
            code: 'PMX_CONSOLE_FAILED',
            message: `Proxmox VE did not open the console: ${why}.`,
            hints: ['Try again; the ticket of a console is good for a few seconds only.'],
          }),
        ),
      );
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      if (seen.length < 2) return;
      if (seen.toString('latin1', 0, 2) === 'OK') return settle(() => resolve(seen.subarray(2)));
      failed(`it said ${JSON.stringify(seen.toString('utf8').trim().slice(0, 200))}`);
    };
    const onEnd = (): void => failed('it ended the connection instead of taking the ticket');
    const onError = (error: Error): void => settle(() => reject(error));
    const timer = setTimeout(() => failed(`nothing came within ${patience / 1000} s`), patience);
    stream.on('data', onData).on('end', onEnd).on('error', onError);
  });
}

class Console {
  readonly #stream: Duplex;
  readonly #screen: Screen;
  readonly #options: ConsoleOptions;
  /** What it said as long as nobody typed: an error of the server looks like that. */
  #opening = '';
  #typed = false;

  constructor(stream: Duplex, screen: Screen, options: ConsoleOptions) {
    this.#stream = stream;
    this.#screen = screen;
    this.#options = options;
  }

  async run(first: Buffer): Promise<'left' | 'guest'> {
    const { input } = this.#screen;
    const stream = this.#stream;
    const tidy: Array<() => void> = [];
    try {
      this.#screen.raw(true);
      tidy.push(() => this.#screen.raw(false));
      const ended = await new Promise<'left' | 'guest'>((resolve, reject) => {
        const left = (): void => resolve('left');
        const on = (
          emitter: NodeJS.EventEmitter,
          event: string,
          listener: (...words: never[]) => void,
        ): void => {
          emitter.on(event, listener as () => void);
          tidy.push(() => emitter.off(event, listener as () => void));
        };
        on(stream, 'data', (chunk: Buffer) => this.#show(chunk));
        on(stream, 'end', () => resolve('guest'));
        on(stream, 'error', reject);
        on(input, 'data', (chunk: Buffer) => {
          if (this.#type(chunk)) left();
        });
        on(input, 'end', left);
        const { signal, heartbeat = usualHeartbeat } = this.#options;
        signal.addEventListener('abort', left);
        tidy.push(() => signal.removeEventListener('abort', left));
        if (signal.aborted) left();
        tidy.push(this.#screen.onResize(() => this.#tellSize()));
        const beat = setInterval(() => stream.write('2'), heartbeat);
        tidy.push(() => clearInterval(beat));
        this.#tellSize();
        if (first.length > 0) this.#show(first);
        // Both may have come with the ticket's answer, before anybody listened here.
        if (stream.errored) reject(stream.errored);
        else if (stream.readableEnded) resolve('guest');
        stream.resume();
        input.resume();
      });
      if (ended === 'guest') this.#refuseError();
      return ended;
    } finally {
      for (const step of tidy.reverse()) step();
      input.pause();
      // Whatever comes of the farewell, the console is over.
      stream.on('error', () => undefined);
      stream.end();
      stream.resume();
    }
  }

  #tellSize(): void {
    const { columns, rows } = this.#screen.size();
    if (columns > 0 && rows > 0) this.#stream.write(`1:${columns}:${rows}:`);
  }

  #show(chunk: Buffer): void {
    if (!this.#typed && this.#opening.length < 1000) this.#opening += chunk.toString('utf8');
    const { output } = this.#screen;
    if (output.write(chunk)) return;
    this.#stream.pause();
    output.once('drain', () => this.#stream.resume());
  }

  /** @returns whether the escape key was among the keys */
  #type(chunk: Buffer): boolean {
    const { escape } = this.#options;
    const at = escape === undefined ? -1 : chunk.indexOf(escape);
    const keys = at < 0 ? chunk : chunk.subarray(0, at);
    if (keys.length > 0) {
      this.#typed = true;
      const { input } = this.#screen;
      if (!this.#stream.write(Buffer.concat([Buffer.from(`0:${keys.length}:`), keys]))) {
        input.pause();
        this.#stream.once('drain', () => input.resume());
      }
    }
    return at >= 0;
  }

  #refuseError(): void {
    if (this.#typed) return;
    const line = this.#opening
      .split(/[\r\n]+/)
      .map((text) => text.trim())
      .find((text) => refusals.test(text));
    if (line === undefined) return;
    throw new ProxmoxError({
      code: 'PMX_CONSOLE_FAILED',
      message: `Proxmox VE did not open the console: ${line.replace(/\.$/, '')}.`,
      hints: ['See whether the guest runs, and whether another console holds it.'],
    });
  }
}
