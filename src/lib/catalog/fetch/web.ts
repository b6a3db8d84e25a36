import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect, getCACertificates } from 'node:tls';

import { InterruptedError, SurroundingsError } from '@pmx-cli/kit/errors';

import { openTunnel } from '../../auth/tunnel.js';
import { reasonOf } from '../../auth/unreachable.js';
import { proxyFor } from './proxy.js';

const maxRedirects = 10;
const stallMillis = 60_000;
const maxTextBytes = 16 * 2 ** 20;

export interface WebAnswer {
  /** After redirects. */
  url: string;
  status: number;
  body: IncomingMessage;
}

export interface WebOptions {
  headers?: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * GET, with redirects followed. Certificates are verified always, and from https nothing goes back
 * to http.
 * @throws SurroundingsError `PMX_DOWNLOAD_UNREACHABLE`, `PMX_DOWNLOAD_REFUSED`, `PMX_REDIRECT_LOOP`
 */
export async function get(url: string, options: WebOptions): Promise<WebAnswer> {
  let at = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const body = await ask(at, options);
    const status = body.statusCode!;
    const { location } = body.headers;
    if (status < 300 || status >= 400 || location === undefined) {
      if (status < 300) return { url: at, status, body };
      body.destroy();
      throw refused(at, `${status} ${body.statusMessage ?? ''}`.trim(), status);
    }
    body.destroy();
    const next = URL.canParse(location, at) ? new URL(location, at) : undefined;
    if (!next || !/^https?:$/.test(next.protocol))
      throw refused(at, `a redirect to '${location}', which is no web address`, status);
    if (at.startsWith('https:') && next.protocol === 'http:')
      throw refused(at, `a redirect from https to ${next.href}, which is not followed`, status);
    at = next.href;
  }
  throw new SurroundingsError({
    code: 'PMX_REDIRECT_LOOP',
    message: `${url} redirects more than ${maxRedirects} times, at last to ${at}.`,
    hints: ['Open it in a browser: is there a login or a consent page in between?'],
    data: { url },
  });
}

/** A text of a publisher: a listing, checksums. */
export async function getText(url: string, signal: AbortSignal): Promise<string> {
  return (await getBytes(url, signal)).toString('utf8');
}

/** A small file of a publisher. */
export async function getBytes(url: string, signal: AbortSignal): Promise<Buffer> {
  const { body } = await get(url, { signal });
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of body) {
      size += (part as Buffer).length;
      if (size > maxTextBytes) throw new Error(`more than ${maxTextBytes} bytes`);
      parts.push(part as Buffer);
    }
  } catch (error) {
    throw unreachable(url, error, signal);
  }
  return Buffer.concat(parts);
}

async function ask(address: string, { headers, signal }: WebOptions): Promise<IncomingMessage> {
  const url = new URL(address);
  const secure = url.protocol === 'https:';
  const proxy = proxyFor(url);
  const common = {
    method: 'GET',
    headers: { 'user-agent': 'pmx', accept: '*/*', ...headers },
    signal,
    agent: false as const,
  };
  try {
    const socket = secure && proxy !== undefined ? await tunnel(proxy, url) : undefined;
    return await new Promise((resolve, reject) => {
      const asking = secure
        ? httpsRequest(url, {
            ...common,
            ca: [...getCACertificates('default'), ...getCACertificates('system')],
            ...(socket && {
              createConnection: () =>
                connect({ socket, host: url.hostname, servername: url.hostname }),
            }),
          })
        : proxy === undefined
          ? httpRequest(url, common)
          : httpRequest(proxy, {
              ...common,
              path: url.href,
              headers: { ...common.headers, host: url.host },
            });
      asking.setTimeout(stallMillis, () =>
        asking.destroy(new Error(`nothing came for ${stallMillis / 1000} s`)),
      );
      asking.once('error', reject);
      asking.once('response', resolve);
      asking.end();
    });
  } catch (error) {
    throw unreachable(address, error, signal);
  }
}

function tunnel(proxy: string, url: URL): Promise<Socket> {
  const port = url.port === '' ? 443 : Number(url.port);
  return openTunnel(proxy, { host: url.hostname, port }, AbortSignal.timeout(stallMillis));
}

export function unreachable(url: string, error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return new InterruptedError();
  return new SurroundingsError({
    code: 'PMX_DOWNLOAD_UNREACHABLE',
    message: `${url} cannot be read (${reasonOf(error)}).`,
    hints: [
      'Check the network; a proxy is taken from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
      'A mirror is set with: pmx config set mirrors \'{"https://cloud.debian.org/": "https://mirror.example.org/debian/"}\'',
    ],
    data: { url },
    cause: error,
  });
}

function refused(url: string, answer: string, status: number): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_DOWNLOAD_REFUSED',
    message: `${url} answers with ${answer}.`,
    hints: [
      status === 404
        ? 'The publisher has moved it: a newer catalogue may know where.'
        : 'Try again later, or from a mirror.',
    ],
    data: { url, status },
  });
}
