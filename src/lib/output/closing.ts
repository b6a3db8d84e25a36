const closings = new WeakMap<NodeJS.WritableStream, AbortSignal>();

/**
 * Aborts when a write finds that nobody can read it: the other end of a pipe has been closed, or the disk
 * is full. That ends no process (launch/lost-output.ts): who writes again and again would do so for ever.
 */
export function closingOf(stream: NodeJS.WritableStream): AbortSignal {
  const known = closings.get(stream);
  if (known) return known;
  const gone = new AbortController();
  stream.on('error', () => gone.abort());
  closings.set(stream, gone.signal);
  return gone.signal;
}

/** Resolves when it aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
