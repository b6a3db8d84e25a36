import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { createServer as createNet } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../errors.js';
import type { Certificate } from './certificate.js';

/** PVE closes an idle connection after five seconds and never announces it. */
const IDLE_MILLIS = 5000;
/** First byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) => Promise<void>;

export interface Listener {
  port: number;
  /** New connections see this one from now on. */
  present(certificate: Certificate): void;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 for HTTPS; plain HTTP on the same port is redirected, as PVE does. */
export async function listen(
  port: number,
  certificate: Certificate,
  handler: RequestHandler,
  onError: (text: string) => void,
  onConnection: () => unknown = () => undefined,
  upgrade?: UpgradeHandler,
): Promise<Listener> {
  const https = createHttps(
    {
      key: certificate.key,
      cert: certificate.cert,
      minVersion: 'TLSv1.2',
      keepAliveTimeout: IDLE_MILLIS,
      requestTimeout: 0,
      headersTimeout: 60_000,
      maxHeaderSize: 32 * 1024,
    },
    (request, response) => {
      // A client that goes away is no event for the server.
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      handler(request, response).catch((error: unknown) => {
        onError(`${request.method ?? ''} ${request.url?.split('?')[0] ?? ''}: ${messageOf(error)}`);
        response.destroy();
      });
    },
  );
  if (upgrade)
    https.on('upgrade', (request, socket, head) => {
      socket.on('error', () => undefined);
      upgrade(request, socket, head).catch((error: unknown) => {
        onError(`${request.url?.split('?')[0] ?? ''}: ${messageOf(error)}`);
        socket.destroy();
      });
    });
  https.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 bad request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  https.on('tlsClientError', (_error, socket) => socket.destroy());
  const redirect = createHttp((request, response) => {
    const host = request.headers.host ?? `127.0.0.1:${(net.address() as AddressInfo).port}`;
    response
      .writeHead(301, 'Moved Permanently', {
        Location: `https://${host}${request.url ?? '/'}`,
        Connection: 'close',
        'Content-Length': 0,
      })
      .end();
  });
  redirect.on('clientError', (_error, socket) => socket.destroy());

  const sockets = new Set<Socket>();
  const net: Server = createNet((socket) => {
    sockets.add(socket);
    onConnection();
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    socket.setTimeout(60_000, () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(chunk);
      (chunk[0] === TLS_HANDSHAKE ? https : redirect).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  await new Promise<void>((resolve, reject) => {
    net.once('error', reject);
    net.listen({ port, host: '127.0.0.1' }, () => {
      net.off('error', reject);
      resolve();
    });
  });
  return {
    port: (net.address() as AddressInfo).port,
    present: ({ key, cert }) => https.setSecureContext({ key, cert, minVersion: 'TLSv1.2' }),
    close: () =>
      new Promise((resolve) => {
        net.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
