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
/** How long PVE takes to give up on a reason phrase that it cannot encode. */
const BROKEN_PIPE_MILLIS = 5000;

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
      contentType: 'text/plain',
    };
  // Only the 501 has no line break at the end.
  const message = error.status === 501 ? error.message : `${error.message.replace(/\n$/, '')}\n`;
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

/** Sends an answer; the result says when it has left. */
export async function send(
  response: ServerResponse,
  answer: Answer,
  options: { gzip: boolean; close: boolean },
): Promise<void> {
  let { status, reason, contentType } = answer;
  let body = Buffer.from(answer.body, 'utf8');
  if (/[^\x20-\x7e\x80-\xff]/.test(reason)) {
    // Observed on PVE 9.2: such a message never arrives.
    await sleep(BROKEN_PIPE_MILLIS, undefined, { ref: false });
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
  headers.push('Expires', new Date().toUTCString());
  if (response.destroyed) return;
  response.writeHead(status, reason, headers);
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.end(body, resolve);
  });
}
