import type { Duplex } from 'node:stream';
import type { GuestConsole } from '../engine/engine.js';

/** What a terminal in a browser says: keys, its size, or that it is still there. */
export type TerminalWord = { keys: Buffer } | { columns: number; rows: number };

/** Takes `0:BYTES:DATA`, `1:COLUMNS:ROWS:` and `2`, cut into pieces anywhere. */
export class TerminalWords {
  #buffer = Buffer.alloc(0);

  push(chunk: Buffer): TerminalWord[] {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    const words: TerminalWord[] = [];
    for (;;) {
      const text = this.#buffer.toString('latin1');
      const size = /^1:(\d+):(\d+):/.exec(text);
      const keys = /^0:(\d+):/.exec(text);
      if (size) {
        words.push({ columns: Number(size[1]), rows: Number(size[2]) });
        this.#drop(size[0].length);
      } else if (keys) {
        const start = keys[0].length;
        const end = start + Number(keys[1]);
        if (this.#buffer.length < end) return words;
        words.push({ keys: this.#buffer.subarray(start, end) });
        this.#drop(end);
      } else if (text === '' || /^[01](?::[\d:]*)?$/.test(text)) return words;
      // A sign of life, or something that nobody knows.
      else this.#drop(1);
    }
  }

  #drop(length: number): void {
    this.#buffer = this.#buffer.subarray(length);
  }
}

/** Lets a client and a guest's console talk until one of them ends. */
export function relay(client: Duplex, guest: GuestConsole, rest: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const words = new TerminalWords();
    const take = (chunk: Buffer): void => {
      for (const word of words.push(chunk)) {
        if ('keys' in word) guest.write(word.keys);
        else guest.resize?.(word.columns, word.rows);
      }
    };
    const over = (): void => {
      client.end();
      guest.destroy();
      resolve();
    };
    guest.on('data', (chunk: Buffer) => client.write(chunk));
    guest.once('end', over).once('close', over).on('error', over);
    client.on('data', take);
    client.once('end', over).once('close', over).on('error', over);
    take(rest);
    client.resume();
  });
}
