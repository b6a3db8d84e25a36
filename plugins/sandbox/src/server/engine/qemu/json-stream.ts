import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Message = Record<string, unknown>;

/** QEMU's words for a command that was refused. */
export class CommandError extends Error {
  readonly errorClass: string;

  constructor(errorClass: string, description: string) {
    super(description);
    this.errorClass = errorClass;
  }
}

/** Nobody answered in time, or the other side is gone. */
export class NoAnswer extends Error {}

/** Takes lines of JSON out of a stream; `onLine` gets each that can be read, garbage is left out. */
export function jsonLines(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    // 0xFF is the agent's sign for "forget what came before": never part of UTF-8.
    rest += chunk.toString('latin1');
    const flush = rest.lastIndexOf('\xff');
    if (flush >= 0) rest = rest.slice(flush + 1);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const text = Buffer.from(line, 'latin1').toString('utf8').trim();
      if (text === '') continue;
      let message: unknown;
      try {
        message = JSON.parse(text);
      } catch {
        continue;
      }
      if (typeof message === 'object' && message !== null) onMessage(message as Message);
    }
  };
}

/** Connects to a Unix socket; `retryMillis`: for so long it may not be there yet. */
export async function connectTo(
  path: string,
  retryMillis = 0,
  alive = () => true,
): Promise<Socket> {
  const until = Date.now() + retryMillis;
  for (;;) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect({ path });
        socket.once('connect', () => resolve(socket.off('error', reject)));
        socket.once('error', reject);
      });
    } catch (error) {
      if (Date.now() >= until || !alive()) throw error;
      await sleep(50);
    }
  }
}
