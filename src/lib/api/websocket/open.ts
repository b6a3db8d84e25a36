import { createHash, randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

import { InterruptedError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { TlsConnector } from '../../auth/connector.js';
import { plainCause, reasonOf } from '../../auth/unreachable.js';
import { type Answer, type Asker, readReason } from '../answer.js';
import { WebSocketStream } from './stream.js';

export interface WebSocketJob {
  connector: TlsConnector;
  asker: Asker;
  /** Without query, for messages. */
  path: string;
  target: string;
  headers: Record<string, string>;
  /** Milliseconds until the server must have answered. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** What RFC 6455 adds to the key, so that only a WebSocket server can answer it. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** A refusal is a line; a page of something else is cut. */
const maxRefusal = 65_536;

/**
 * Asks for a WebSocket over a connection that the connector has judged.
 *
 * @returns the stream, or what the server answered instead
 * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_…`, `PMX_STREAM_BROKEN`; InterruptedError
 */
export async function openWebSocket(job: WebSocketJob): Promise<Duplex | Answer> {
  const { connector, asker, target, headers, timeout, signal } = job;
  const socket = await connector.connect();
  // A console may be silent for hours; whatever is in between is to know that it is in use.
  socket.setKeepAlive(true, 30_000);
  const key = randomBytes(16).toString('base64');
  const asking = request({
    createConnection: () => socket,
    host: asker.host,
    port: asker.port,
    path: target,
    headers: {
      'user-agent': 'pmx',
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
      // The one that Proxmox VE knows.
      'sec-websocket-protocol': 'binary',
    },
    timeout,
    ...(signal && { signal }),
  });
  return new Promise((resolve, reject) => {
    asking.once('upgrade', (answer, upgraded: Duplex, head: Buffer) => {
      const expected = createHash('sha1').update(`${key}${magic}`).digest('base64');
      if (answer.headers['sec-websocket-accept'] === expected) {
        asking.setTimeout(0);
        socket.setTimeout(0);
        return resolve(new WebSocketStream(upgraded, head, (error) => streamBroken(asker, error)));
      }
      upgraded.destroy();
      reject(streamBroken(asker, new Error('its answer is not that of a WebSocket server')));
    });
    asking.once('response', (answer) => {
      readRefusal(job, answer).then(resolve, (error: unknown) =>
        reject(streamBroken(asker, error)),
      );
    });
    asking.once('timeout', () => asking.destroy(new Error('nothing came in time')));
    asking.once('error', (error) => {
      socket.destroy();
      reject(signal?.aborted ? new InterruptedError() : streamBroken(asker, error));
    });
    asking.end();
  });
}

async function readRefusal({ path }: WebSocketJob, answer: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxRefusal) break;
    parts.push(part);
  }
  answer.destroy();
  return {
    method: 'GET',
    path,
    status: answer.statusCode!,
    reason: readReason(answer.statusMessage ?? ''),
    headers: answer.headers,
    text: Buffer.concat(parts).toString('utf8'),
  };
}

/** The connection broke, or what came through it makes no sense. */
export function streamBroken(
  asker: Pick<Asker, 'host' | 'port'>,
  error: unknown,
): SurroundingsError {
  const { host, port } = asker;
  const known = error as NodeJS.ErrnoException;
  return new SurroundingsError({
    code: 'PMX_STREAM_BROKEN',
    message: `The connection to ${host}:${port} broke (${known.code === undefined ? known.message : reasonOf(error)}).`,
    hints: ['Try again; what ran in the guest goes on there.'],
    data: { host, port },
    cause: plainCause(error),
  });
}
