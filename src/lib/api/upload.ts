import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';

import {
  InterruptedError,
  isPmxError,
  type PmxError,
  SurroundingsError,
} from '@pmx-cli/kit/errors';

import type { TlsConnector } from '../auth/connector.js';
import { plainCause, reasonOf } from '../auth/unreachable.js';
import { PveAgent } from './agent.js';
import { type Answer, type Asker, readReason } from './answer.js';
import { answerLost } from './errors.js';
import { multipartFor } from './multipart.js';
import type { UploadRequest } from './types.js';

export interface UploadJob {
  connector: TlsConnector;
  asker: Asker;
  request: UploadRequest;
  path: string;
  url: string;
  headers: Record<string, string>;
  /** Milliseconds in which not a byte is accepted; 60 s. */
  stallTimeout: number | undefined;
  signal: AbortSignal | undefined;
}

const defaultStallTimeout = 60_000;
/** After the last byte the server still has to store the file; milliseconds. */
const minAnswerTimeout = 120_000;
/** How long a refusal may take to arrive after the server stopped reading; milliseconds. */
const lastWords = 1000;

/**
 * Streams a file as multipart/form-data. Memory stays flat: one chunk is under way at a time (more are no faster; larger ones are, see file-source.ts).
 *
 * node:https rather than got: PVE refuses early (no space, wrong extension, missing privilege) and
 * closes while we are still sending. Its answer then waits in the receive buffer, and got, like
 * Node by default, gives EPIPE instead of it. Here a failed write waits for the answer.
 *
 * @returns whatever the server answered, also a refusal
 * @throws SurroundingsError `PMX_UPLOAD_BROKEN`, `PMX_UPLOAD_STALLED`, `PMX_UPLOAD_SOURCE` (nothing
 *   was stored), `PMX_ANSWER_LOST` (all was sent), `PMX_UNREACHABLE`, `PMX_TLS_…`; InterruptedError
 */
export function upload(job: UploadJob): Promise<Answer> {
  return new Upload(job).run();
}

class Upload {
  readonly #job: UploadJob;
  readonly #stallTimeout: number;
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;
  #complete = false;
  #over = false;
  /** Wakes the sender when the outcome is known. */
  #wake: (() => void) | undefined;

  constructor(job: UploadJob) {
    this.#job = job;
    this.#stallTimeout = job.stallTimeout ?? defaultStallTimeout;
  }

  async run(): Promise<Answer> {
    const { connector, url, headers, request, signal } = this.#job;
    if (signal?.aborted) {
      request.body.destroy();
      throw new InterruptedError();
    }
    const frame = multipartFor(request);
    // A connection of its own: an idle one might be closing, and a body cannot be sent twice.
    const agent = new PveAgent(connector, false);
    const http = httpsRequest(url, {
      method: 'POST',
      agent,
      headers: {
        'user-agent': 'pmx',
        accept: 'application/json',
        ...headers,
        'content-type': frame.contentType,
        'content-length': frame.length,
      },
    });
    http.once('socket', holdWriteErrors);

    let abort: (() => void) | undefined;
    const outcome = new Promise<Answer>((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#finish();
        reject(error);
      };
      http.once('response', (response) => {
        this.#finish();
        this.#read(response).then(resolve, reject);
      });
      http.once('error', (error) => fail(this.#explain(error)));
      abort = () =>
        fail(new InterruptedError(this.#complete ? { data: { mayHaveHappened: true } } : {}));
      signal?.addEventListener('abort', abort, { once: true });
      const write = (data: Uint8Array, last: boolean): Promise<void> =>
        new Promise((done) => {
          this.#wake = done;
          this.#watch(
            last ? Math.max(minAnswerTimeout, this.#stallTimeout) : this.#stallTimeout,
            fail,
          );
          if (last) http.end(data, () => done());
          else http.write(data, () => done());
        });
      this.#send(frame.head, frame.tail, write).catch((error: Error) => {
        if (!this.#over) fail(error);
      });
    });
    try {
      return await outcome;
    } finally {
      if (abort) signal?.removeEventListener('abort', abort);
      clearTimeout(this.#timer);
      http.destroy();
      agent.destroy();
    }
  }

  async #send(
    head: Buffer,
    tail: Buffer,
    write: (data: Uint8Array, last: boolean) => Promise<void>,
  ): Promise<void> {
    const { body, length, onProgress } = this.#job.request;
    await write(head, false);
    try {
      for await (const chunk of body) {
        if (this.#over) return;
        const data = typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
        if (this.#sent + data.length > length)
          throw new Error(`it is longer than the ${length} bytes announced`);
        await write(data, false);
        // A slow source is not the server's fault.
        clearTimeout(this.#timer);
        if (this.#over) return;
        this.#sent += data.length;
        onProgress?.(this.#sent);
      }
      if (this.#sent < length) throw new Error(`it ended after ${this.#sent} of ${length} bytes`);
    } catch (error) {
      throw this.#sourceFailed(error);
    }
    if (this.#over) return;
    // From here on the server may have it all.
    this.#complete = true;
    await write(tail, true);
  }

  async #read(response: IncomingMessage): Promise<Answer> {
    const { asker, path } = this.#job;
    const parts: Buffer[] = [];
    try {
      for await (const part of response) parts.push(part as Buffer);
    } catch (error) {
      // Of a refusal the reason phrase is enough; it came with the head.
      if (response.statusCode! < 300) {
        throw answerLost(asker, { method: 'POST', path }, 'it broke off', plainCause(error));
      }
    }
    return {
      method: 'POST',
      path,
      status: response.statusCode!,
      reason: readReason(response.statusMessage ?? ''),
      headers: response.headers,
      text: Buffer.concat(parts).toString('utf8'),
    };
  }

  /** The outcome is known: the sender stops, and the source is let go. */
  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#job.request.body.destroy();
    this.#wake?.();
  }

  #watch(limit: number, fail: (error: Error) => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => fail(this.#stalled(limit)), limit);
  }

  #stalled(limit: number): PmxError {
    const { asker, path, request } = this.#job;
    if (this.#complete)
      return answerLost(asker, { method: 'POST', path }, `nothing came within ${limit / 1000} s`);
    return new SurroundingsError({
      code: 'PMX_UPLOAD_STALLED',
      message: `${asker.host}:${asker.port} took no more data of ${request.filename} for ${limit / 1000} s (${this.#progress()}).`,
      hints: [
        'Check the network, and the space and load of /var/tmp on the node: uploads are kept there first.',
      ],
      data: { sentBytes: this.#sent, totalBytes: request.length },
    });
  }

  #explain(error: Error): Error {
    if (isPmxError(error)) return error;
    const { asker, path, request } = this.#job;
    const reason = reasonOf(error);
    if (this.#complete) {
      return answerLost(
        asker,
        { method: 'POST', path },
        `the connection broke (${reason})`,
        plainCause(error),
      );
    }
    return new SurroundingsError({
      code: 'PMX_UPLOAD_BROKEN',
      message: `The connection to ${asker.host}:${asker.port} broke while ${request.filename} was sent (${reason}, ${this.#progress()}). Nothing was stored.`,
      hints: ['Try again.', 'If it breaks at the same place: is /var/tmp on the node full?'],
      data: { sentBytes: this.#sent, totalBytes: request.length, reason },
      cause: plainCause(error),
    });
  }

  #sourceFailed(error: unknown): PmxError {
    const { filename } = this.#job.request;
    return new SurroundingsError({
      code: 'PMX_UPLOAD_SOURCE',
      message: `The data of ${filename} cannot be read to the end: ${error instanceof Error ? error.message : String(error)}. Nothing was stored.`,
      hints: ['Was the file changed or moved meanwhile?'],
      cause: plainCause(error),
    });
  }

  #progress(): string {
    return `${this.#sent} of ${this.#job.request.length} bytes sent`;
  }
}

type WriteDone = (error?: Error | null) => void;

/**
 * A failed write usually destroys the socket at once, and with it an answer that has arrived but
 * was not read yet. So the error is passed on only when reading has ended too, or after a while.
 */
function holdWriteErrors(socket: Socket): void {
  const hold =
    (done: WriteDone): WriteDone =>
    (error) => {
      if (!error) return done();
      const timer = setTimeout(release, lastWords);
      function release(): void {
        clearTimeout(timer);
        done(error);
      }
      socket.once('end', release);
    };
  const { _write: write, _writev: writev } = socket;
  socket._write = (chunk, encoding, done) => write.call(socket, chunk, encoding, hold(done));
  if (writev) socket._writev = (chunks, done) => writev.call(socket, chunks, hold(done));
}
