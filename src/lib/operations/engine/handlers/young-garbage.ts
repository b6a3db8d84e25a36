import { runInNewContext } from 'node:vm';

import { setV8Flags } from '../../../../launch/v8-flags.js';

type Collect = (options: { type: 'minor' }) => void;

const everyBytes = 8 * 1024 * 1024;

/**
 * Hands on what flows through. The buffers of native code lie outside of V8's heap: it sees a few
 * bytes of each, and lets 64 MiB of them wait for a collection that costs less than a millisecond.
 */
export async function* withoutGarbage(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const collect = collector();
  let flown = 0;
  for await (const chunk of chunks) {
    yield chunk;
    flown += chunk.length;
    if (flown < everyBytes) continue;
    flown = 0;
    collect({ type: 'minor' });
  }
}

/** Node has no door to it but this flag, which works for contexts that are made later. */
function collector(): Collect {
  setV8Flags('--expose-gc');
  return runInNewContext('gc') as Collect;
}
