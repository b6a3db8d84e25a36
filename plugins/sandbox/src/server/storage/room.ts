import { lstat } from 'node:fs/promises';
import { failure } from '../errors.js';

const POLL_MILLIS = 100;

/** Lets something write a file, and stops it as a full disk would: a small image may unpack to a huge one. */
export async function withinRoom(
  path: string,
  room: number,
  signal: AbortSignal,
  write: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const full = new AbortController();
  const timer = setInterval(() => {
    void lstat(path).then(
      ({ blocks }) => {
        if (blocks * 512 > room) full.abort();
      },
      () => undefined,
    );
  }, POLL_MILLIS);
  try {
    await write(AbortSignal.any([signal, full.signal]));
  } catch (error) {
    throw full.signal.aborted && !signal.aborted
      ? failure('qemu-img: error while writing: No space left on device')
      : error;
  } finally {
    clearInterval(timer);
  }
}
