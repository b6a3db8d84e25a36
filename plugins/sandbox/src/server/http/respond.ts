import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { PveError } from '../errors.js';

export interface Answer {
  status: number;
  reason: string;
  body: string;
  contentType: string | undefined;
  /** Answers that pvedaemon gave carry two Connection headers. */
  protected: boolean;
}

const JSON_TYPE = 'application/json;charset=UTF-8';
/** Below this size PVE does not compress. */
const GZIP_FROM = 1024;

/** An answer with a JSON body. */
export function jsonAnswer(value: unknown, isProtected: boolean): Answer {
  return {
    status: 200,
    reason: 'OK',
    body: JSON.stringify(value),
    contentType: JSON_TYPE,
    protected: isProtected,
  };
}

/** A 200 with any other text. */
export function textAnswer(body: string, contentType: string, isProtected = false): Answer {
  return { status: 200, reason: 'OK', body, contentType, protected: isProtected };
}

/** The answer to an error, with PVE's reason phrase: the first line of its message. */
export function errorAnswer(error: PveError): Answer {
  const reason = error.message.split('\n')[0] ?? '';
  const base = { status: error.status, reason, protected: false };
  if (error.body === 'none') return { ...base, body: '', contentType: undefined };
  if (error.body === 'text')
    return {
      ...base,
      body: error.status === 501 || error.status === 506 ? error.message : `${error.message}\n`,
      // Observed: these errors say nothing about their content.
      contentType: undefined,
    };
  // Only the 501 has no line break at the end.
  const message =
    error.status === 501 || error.status === 424
      ? error.message
      : `${error.message.replace(/\n$/, '')}\n`;
  return {
    ...base,
    body: JSON.stringify({
      data: null,
      message,
      ...(error.errors ? { errors: error.errors } : {}),
    }),
    contentType: JSON_TYPE,
  };
}

/** What a fault makes of sending. */
export interface SendFaults {
  /** The server's clock, when it is wrong. */
  now?: number | undefined;
  /** How long the body takes. */
  slowMillis?: number | undefined;
}

const TRICKLES = 20;

/** Sends a body in small parts over some time. */
async function trickle(response: ServerResponse, body: Buffer, millis: number): Promise<void> {
  const size = Math.max(1, Math.ceil(body.length / TRICKLES));
  const parts = Math.max(1, Math.ceil(body.length / size));
  for (let part = 0; part < parts && !response.destroyed; part++) {
    response.write(body.subarray(part * size, (part + 1) * size));
    await sleep(millis / parts, undefined, { ref: false });
  }
}

/** Sends an answer; the result says when it has left. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  options: { gzip: boolean; close: boolean; brokenPipeMillis: number } & SendFaults,
): Promise<void> {
  let { status, reason, contentType } = answer;
  let body = Buffer.from(answer.body, 'utf8');
  if (/[^\x20-\x7e\x80-\xff]/.test(reason)) {
    // Observed on PVE 9.2: such a message never arrives.
    await sleep(options.brokenPipeMillis, undefined, { ref: false });
    status = 596;
    reason = 'Broken pipe';
    contentType = undefined;
    body = Buffer.alloc(0);
  }
  const close = options.close || status >= 400;
  const headers: string[] = ['Cache-Control', 'max-age=0'];
  if (close) headers.push('Connection', 'close');
  else if (answer.protected) headers.push('Connection', 'close', 'Connection', 'Keep-Alive');
  else headers.push('Connection', 'Keep-Alive');
  headers.push('Pragma', 'no-cache', 'Server', 'pve-api-daemon/3.0');
  if (options.gzip && status === 200 && body.length > GZIP_FROM) {
    body = gzipSync(body, { level: 3 });
    headers.push('Content-Encoding', 'gzip');
  }
  headers.push('Content-Length', String(body.length));
  if (contentType !== undefined) headers.push('Content-Type', contentType);
  headers.push('Expires', new Date(options.now ?? Date.now()).toUTCString());
  if (options.now !== undefined) headers.push('Date', new Date(options.now).toUTCString());
  if (response.destroyed) return;
  response.writeHead(status, reason, headers);
  if (options.slowMillis !== undefined) await trickle(response, body, options.slowMillis);
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(options.slowMillis === undefined ? body : undefined, resolve);
  });
}
