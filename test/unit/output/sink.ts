import { Writable } from 'node:stream';

/** A stream that keeps what is written to it; a terminal when `isTTY` says so. */
export class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 80;
  readonly rows = 24;

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Puts `value` in the place of `process[name]` while `job` runs. */
export async function withStream<T>(
  name: 'stdin' | 'stdout' | 'stderr',
  value: unknown,
  job: () => T | Promise<T>,
): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(process, name)!;
  Object.defineProperty(process, name, { configurable: true, value });
  try {
    return await job();
  } finally {
    Object.defineProperty(process, name, before);
  }
}
