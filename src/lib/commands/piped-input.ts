import { fstatSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';

const patience = 3000;

/**
 * What is piped into this process, to its end.
 *
 * @param wanted true: whatever stdin is; false: nothing; undefined: only a pipe or a file
 * @param waiting told once when the other end takes its time: it may be a pipe that nobody closes
 */
export async function pipedInput(
  wanted: boolean | undefined,
  waiting: (text: string) => void,
): Promise<Buffer | undefined> {
  if (!(wanted ?? isPiped())) return undefined;
  const timer = setTimeout(
    () =>
      waiting(
        'Waiting for the end of standard input, which the guest is to get; --no-stdin gives it none.',
      ),
    patience,
  );
  try {
    return await buffer(process.stdin);
  } finally {
    clearTimeout(timer);
  }
}

function isPiped(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isFile() || stdin.isSocket();
  } catch {
    // Closed.
    return false;
  }
}
