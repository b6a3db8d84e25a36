import type { IncomingMessage } from 'node:http';
import { PveError } from '../errors.js';

/** PVE takes this much of a form or JSON body (limit_max_post). */
const MAX_POST = 512 * 1024;

export type RawParams = Record<string, unknown>;

/** Reads `a=1&b=2`; a name that comes twice becomes a list. */
export function parseForm(text: string): RawParams {
  const result: RawParams = {};
  for (const [name, value] of new URLSearchParams(text)) addParam(result, name, value);
  return result;
}

function addParam(result: RawParams, name: string, value: string): void {
  const known = result[name];
  if (known === undefined)
    Object.defineProperty(result, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else if (Array.isArray(known)) known.push(value);
  else result[name] = [known, value];
}

/** Does the request carry a body with something in it? */
export function hasBody(request: IncomingMessage): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0
  );
}

/** Reads and parses a POST or PUT body, form or JSON. */
export async function readBody(request: IncomingMessage): Promise<RawParams> {
  if (!hasBody(request)) return {};
  const contentType = (request.headers['content-type'] ?? '').trim();
  const media = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (
    media !== '' &&
    media !== 'application/x-www-form-urlencoded' &&
    media !== 'application/json'
  ) {
    throw new PveError(506, `upload 'Content-Type '${contentType}' not implemented`, {
      body: 'text',
    });
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // Kept alive after a refusal: the rest is drained, so that the client can read the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_POST) throw new PveError(501, 'for data too large', { body: 'text' });
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return media === 'application/json' ? parseJson(text) : parseForm(text);
}

function parseJson(text: string): RawParams {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PveError(
      500,
      `malformed JSON string, neither tag, array, object, number, string or atom, at character offset ${text.length} (before "(end of string)") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.`,
      { body: 'text' },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PveError(
      500,
      'Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.',
      { body: 'text' },
    );
  // A null in JSON is an absent parameter.
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}

/** Reads away what is left of a body, so that the client can read the answer; gives up after a while. */
export async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, 5000);
    request.once('end', done).once('close', done).once('error', done);
    request.resume();
  });
}
