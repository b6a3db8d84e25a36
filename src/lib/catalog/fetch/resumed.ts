import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { get, unreachable } from './web.js';

const tries = 5;

export interface RemoteFile {
  /** Undefined where the server does not tell. */
  length: number | undefined;
  chunks: AsyncGenerator<Buffer>;
  /** For who wants none of it: a generator that was never begun has nothing to end. */
  close(): void;
}

/**
 * A file of a web server as a stream that survives broken connections: it goes on where it broke
 * off (Range), and only while it is the same file (If-Range).
 * @throws SurroundingsError `PMX_DOWNLOAD_…`
 */
export async function openRemote(
  url: string,
  signal: AbortSignal,
  pause: (milliseconds: number) => Promise<void>,
): Promise<RemoteFile> {
  const first = await get(url, { signal });
  const { headers } = first.body;
  const announced = headers['content-length'];
  const length = announced === undefined ? undefined : Number(announced);
  const validator = headers.etag?.startsWith('W/') ? undefined : headers.etag;
  const same = validator ?? headers['last-modified'];

  async function* chunks(): AsyncGenerator<Buffer> {
    let body = first.body;
    let done = 0;
    for (let attempt = 1; ; attempt++) {
      const before = done;
      try {
        try {
          for await (const chunk of body) {
            done += (chunk as Buffer).length;
            yield chunk as Buffer;
          }
          if (length === undefined || done >= length) return;
          throw new Error(`it ended after ${done} of ${length} bytes`);
        } finally {
          body.destroy();
        }
      } catch (error) {
        if (signal.aborted) throw unreachable(url, error, signal);
        if (done > before) attempt = 1;
        if (attempt >= tries || same === undefined || length === undefined)
          throw truncated(url, done, length, error);
        await pause(500 * attempt);
        body = await goOn(done, error);
      }
    }
  }

  async function goOn(from: number, cause: unknown): Promise<typeof first.body> {
    try {
      const answer = await get(url, {
        signal,
        headers: { range: `bytes=${from}-`, 'if-range': same! },
      });
      if (answer.status === 206) return answer.body;
      answer.body.destroy();
    } catch (error) {
      if (!isPmxError(error) || error.code !== 'PMX_DOWNLOAD_UNREACHABLE') throw error;
    }
    // It is another file by now, or the server knows no ranges.
    throw truncated(url, from, length, cause);
  }

  return { length, chunks: chunks(), close: () => void first.body.destroy() };
}

/** The last bytes of a file, where the server gives ranges. */
export async function lastBytes(
  url: string,
  count: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const { status, body } = await get(url, { signal, headers: { range: `bytes=-${count}` } });
  if (status !== 206) {
    body.destroy();
    return undefined;
  }
  return readUpTo(body, count);
}

/** The first bytes of a file. */
export async function firstBytes(
  url: string,
  count: number,
  signal: AbortSignal,
): Promise<{ head: Buffer; length: number | undefined; type: string }> {
  const { body } = await get(url, { signal, headers: { range: `bytes=0-${count - 1}` } });
  const whole = /\/(\d+)$/.exec(body.headers['content-range'] ?? '')?.[1];
  const length = whole ?? body.headers['content-length'];
  return {
    head: await readUpTo(body, count),
    length: length === undefined ? undefined : Number(length),
    type: body.headers['content-type'] ?? '',
  };
}

/** What tells two versions of a file apart without reading it. */
export async function validatorsOf(
  url: string,
  signal: AbortSignal,
): Promise<{ etag?: string; lastModified?: string; length?: string }> {
  const { body } = await get(url, { signal, headers: { range: 'bytes=0-0' } });
  const { etag, 'last-modified': lastModified } = body.headers;
  const whole = /\/(\d+)$/.exec(body.headers['content-range'] ?? '')?.[1];
  const length = whole ?? body.headers['content-length'];
  body.destroy();
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(length !== undefined && { length }),
  };
}

async function readUpTo(body: AsyncIterable<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

function truncated(url: string, done: number, length: number | undefined, cause: unknown): Error {
  return new SurroundingsError({
    code: 'PMX_DOWNLOAD_TRUNCATED',
    message: `The download of ${url} broke off after ${done}${length === undefined ? '' : ` of ${length}`} bytes and could not go on. Nothing was kept.`,
    hints: ['Run the command again, or name a mirror: pmx config set mirrors …'],
    data: { url, received: done, ...(length !== undefined && { length }) },
    cause,
  });
}
