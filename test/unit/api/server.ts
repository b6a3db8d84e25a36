import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { createPveClient, type PveClient, type PveConnection } from '#dist/lib/api/index.js';

export function fixture(name: string): string {
  return readFileSync(fixturePath(name), 'utf8');
}

export function fixturePath(name: string): string {
  return new URL(`fixtures/${name}`, import.meta.url).pathname;
}

export interface Seen {
  method: string;
  /** With query. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** Number of the connection, from 0. */
  connection: number;
}

export type Handler = (
  seen: Seen,
  response: ServerResponse,
  socket: TLSSocket,
) => void | Promise<void>;

/** A server on 127.0.0.1 that plays PVE: each test says what it answers. */
export class TestServer {
  readonly seen: Seen[] = [];
  /** Decrypted bytes that arrived, over all connections. */
  received = 0;
  /** TCP connections, whatever became of their handshake. */
  connections = 0;
  #handshakes = 0;
  handler: Handler = (_, response) => json(response, { data: null });
  /** Takes the request before its body is read. */
  raw: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  readonly #server: Server;
  readonly #numbers = new WeakMap<TLSSocket, number>();
  readonly #sockets = new Set<TLSSocket>();

  constructor(certificate = 'server.crt.pem') {
    this.#server = createServer(
      { key: fixture('server.key.pem'), cert: fixture(certificate), keepAliveTimeout: 60_000 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('connection', () => this.connections++);
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      this.#numbers.set(socket, this.#handshakes++);
      this.#sockets.add(socket);
      socket.on('data', (data: Buffer) => (this.received += data.length));
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** What becomes of a request for another protocol. */
  onUpgrade(handler: (request: IncomingMessage, socket: TLSSocket) => void): void {
    this.#server.on('upgrade', (request, socket) => handler(request, socket as TLSSocket));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `https://localhost:${this.port}`;
  }

  useCertificate(certificate: string): void {
    this.#server.setSecureContext({ key: fixture('server.key.pem'), cert: fixture(certificate) });
  }

  /** Until what is on its way has arrived: "nothing was sent" is only true after a while. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.raw?.(request, response)) return;
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      return;
    }
    const socket = request.socket as TLSSocket;
    const seen: Seen = {
      method: request.method!,
      url: request.url!,
      headers: request.headers,
      body: Buffer.concat(parts).toString('latin1'),
      connection: this.#numbers.get(socket)!,
    };
    this.seen.push(seen);
    await this.handler(seen, response, socket);
  }
}

export function json(response: ServerResponse, body: unknown, status = 200, reason = 'OK'): void {
  const text = JSON.stringify(body);
  response.writeHead(status, reason, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    // PVE closes after every error.
    ...(status >= 400 && { connection: 'close' }),
  });
  response.end(text);
}

/** An answer without a body, as PVE's 401 and 595/596 are. */
export function empty(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, reason, { connection: 'close', 'content-length': 0, ...headers });
  response.end();
}

/** A domain error of PVE: reason phrase and message say the same. */
export function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  errors?: Record<string, string>,
): void {
  json(
    response,
    { data: null, message: `${message}\n`, ...(errors && { errors }) },
    status,
    message.split('\n')[0]!,
  );
}

export const secret = '8f14e45f-ceea-467f-9a36-dedd4bea2543';
export const tokenId = 'root@pam!pmx';

export function connect(server: TestServer, changes: Partial<PveConnection> = {}): PveClient {
  return createPveClient({
    endpoint: server.endpoint,
    credentials: { type: 'token', tokenId, secret },
    trust: { caFile: fixturePath('ca.crt.pem') },
    retry: { baseDelay: 10 },
    ...changes,
  });
}

export interface Failure extends Error {
  code: string;
  exitCode: number;
  hints: string[];
  data: Record<string, unknown>;
}

/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<Failure> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error(`It should have failed, but gave ${JSON.stringify(value)}`);
}
