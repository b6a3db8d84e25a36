import { request } from 'node:http';
import type { Socket } from 'node:net';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { Address } from './trust.js';
import { plainCause, reasonOf } from './unreachable.js';

/**
 * Asks an HTTP proxy for a connection to the server (CONNECT). TLS goes through it end to end, so
 * the proxy sees host and port and nothing else.
 *
 * @throws SurroundingsError `PMX_PROXY_FAILED`
 */
export function openTunnel(proxy: string, to: Address, signal: AbortSignal): Promise<Socket> {
  const { protocol, hostname, port } = URL.canParse(proxy)
    ? new URL(proxy)
    : { protocol: '', hostname: '', port: '' };
  const target = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
  const failed = (what: string, hint: string, cause?: unknown): SurroundingsError =>
    new SurroundingsError({
      code: 'PMX_PROXY_FAILED',
      message: `The proxy ${proxy} ${what}. Nothing was sent to ${target}.`,
      hints: [hint],
      data: { proxy, ...to },
      ...(cause !== undefined && { cause: plainCause(cause) }),
    });
  if (protocol !== 'http:' || hostname === '')
    return Promise.reject(failed('is not one that pmx can use', 'It must be http://HOST:PORT.'));
  return new Promise((resolve, reject) => {
    const asking = request({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 80 : Number(port),
      method: 'CONNECT',
      path: target,
      headers: { host: target },
      // No pooling: the socket is handed over.
      agent: false,
      signal,
    });
    asking.once('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      const status = `${answer.statusCode} ${answer.statusMessage ?? ''}`.trim();
      reject(
        failed(
          `refuses the connection (${status})`,
          answer.statusCode === 407
            ? 'It wants a password, which pmx does not send: let this machine through, or use another proxy.'
            : `Does it allow CONNECT to ${target}?`,
        ),
      );
    });
    asking.once('response', (answer) => {
      answer.resume();
      reject(
        failed(
          `does not know CONNECT (${answer.statusCode})`,
          'It must be an HTTP proxy, http://HOST:PORT.',
        ),
      );
    });
    asking.once('error', (error) => {
      reject(
        signal.aborted
          ? failed('did not answer in time', 'Check host and port of the proxy.', error)
          : failed(
              `cannot be reached (${reasonOf(error)})`,
              'Check host and port of the proxy.',
              error,
            ),
      );
    });
    asking.end();
  });
}
