/** What went wrong when the result was written; undefined while all is well, or where nobody reads it. */
let lost: Error | undefined;
const closed = Promise.withResolvers<void>();

/**
 * What pmx prints may get lost, what it does may not: with the reader of a pipe gone, a full disk behind
 * `2>>pmx.log` or a terminal that was closed, a write is answered by an 'error' event. Without a listener
 * that ends the process wherever it is, and so does oclif's own listener for all but EPIPE.
 */
export function surviveLostOutput(): void {
  survive(process.stdout, (error) => {
    if (error.code !== 'EPIPE') lost ??= error;
    closed.resolve();
  });
  // There is no place left to say it.
  survive(process.stderr, () => undefined);
}

/** Once stdout is closed nothing is ever flushed. */
export async function flushed(flush: () => Promise<void>): Promise<Error | undefined> {
  await Promise.race([flush(), closed.promise]);
  return lost;
}

function survive(
  stream: NodeJS.WriteStream,
  onError: (error: NodeJS.ErrnoException) => void,
): void {
  const emit = stream.emit.bind(stream) as (event: string, ...args: unknown[]) => boolean;
  const surviving = (event: string, ...args: unknown[]): boolean => {
    if (event !== 'error') return emit(event, ...args);
    onError(args[0] as NodeJS.ErrnoException);
    // Each by itself: one that throws keeps no other from hearing of it.
    for (const listener of stream.rawListeners('error'))
      try {
        listener.apply(stream, args);
      } catch {
        continue;
      }
    return true;
  };
  stream.emit = surviving as typeof stream.emit;
}
