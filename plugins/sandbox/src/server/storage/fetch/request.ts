import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { refusalOf } from './hosts.js';

/** A server that is silent for this long is given up. */
const SILENCE_MILLIS = 30_000;
const MAX_REDIRECTS = 7;

/** Why there was no answer, in the words of the operating system. */
export class Unreachable extends Error {
  readonly kind: 'resolve' | 'connect' | 'certificate' | 'broken';
  /** What the sandbox has to add. */
  readonly reason: string | undefined;

  constructor(kind: Unreachable['kind'], message: string, reason?: string) {
    super(message);
    this.name = 'Unreachable';
    this.kind = kind;
    this.reason = reason;
  }
}

const CONNECT_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Connection refused',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
};

/** A failed connection, by what caused it; a name may have several addresses that all failed. */
function unreachable(error: NodeJS.ErrnoException & { errors?: Error[] }): Unreachable {
  const code = error.code ?? (error.errors?.[0] as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Unreachable('resolve', 'Name or service not known');
  if (code in CONNECT_ERRORS) return new Unreachable('connect', CONNECT_ERRORS[code]!);
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code))
    return new Unreachable('certificate', 'certificate verify failed');
  return new Unreachable('broken', error.message);
}

export interface FetchOptions {
  method: 'GET' | 'HEAD';
  verify: boolean;
  allowed: readonly string[];
  signal: AbortSignal;
  /** Told about each server that is asked and what it said. */
  onHop?: (url: URL) => void;
  onAnswer?: (url: URL, answer: IncomingMessage) => void;
}

function once(url: URL, options: FetchOptions): Promise<IncomingMessage> {
  const reason = refusalOf(url, options.allowed);
  if (reason !== undefined)
    return Promise.reject(new Unreachable('connect', 'Network is unreachable', reason));
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: options.method,
        agent: false,
        headers: { 'User-Agent': 'Proxmox VE' },
        signal: options.signal,
        timeout: SILENCE_MILLIS,
        ...(options.verify ? {} : { rejectUnauthorized: false }),
      },
      resolve,
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    outgoing.on('error', (error) => reject(unreachable(error)));
    outgoing.end();
  });
}

/** Asks for a URL and goes where it is sent; every server on the way must be allowed. */
export async function fetchUrl(text: string, options: FetchOptions): Promise<IncomingMessage> {
  let url = parseUrl(text);
  for (let hop = 0; ; hop++) {
    options.onHop?.(url);
    const answer = await once(url, options);
    options.onAnswer?.(url, answer);
    const to = answer.headers.location;
    const redirected = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
    if (!redirected || to === undefined || hop >= MAX_REDIRECTS) return answer;
    answer.destroy();
    url = parseUrl(to, url);
  }
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new Unreachable('resolve', 'Name or service not known');
  return url;
}

/** The address at the other end. */
export function peerOf(answer: IncomingMessage): string | undefined {
  return (answer.socket as Socket | TLSSocket).remoteAddress;
}
