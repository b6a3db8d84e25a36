import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

import { ProbeError } from './socket.js';
import type { BmcTarget } from './types.js';

const maxBody = 256 * 1024;

export interface Question {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** JSON. */
  body?: string | undefined;
  /** When it takes longer than a read may. */
  millis?: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Embedded web servers have one or four connections to give: never more than one at a time. */
class OneSocket extends Agent {
  private first: TLSSocket | undefined;
  private readonly again: () => Promise<TLSSocket>;

  constructor(first: TLSSocket, again: () => Promise<TLSSocket>) {
    super({ keepAlive: true, maxSockets: 1 });
    this.first = first;
    this.again = again;
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const { first } = this;
    this.first = undefined;
    if (first && !first.destroyed) return first;
    void this.again().then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }
}

/** Questions over one connection; a server that ends it after each is connected to again. */
export class Conversation {
  private readonly agent: OneSocket;
  private readonly first: TLSSocket;
  private readonly target: BmcTarget;
  private readonly millis: number;
  private readonly signal: AbortSignal;
  /** The Host header: the name that was asked for, unless the server refuses it. */
  host: string;

  constructor(
    target: BmcTarget,
    first: TLSSocket,
    again: () => Promise<TLSSocket>,
    millis: number,
    signal: AbortSignal,
  ) {
    this.target = target;
    this.first = first;
    this.millis = millis;
    this.signal = signal;
    this.host = target.host;
    this.agent = new OneSocket(first, again);
  }

  /** @throws ProbeError */
  get(path: string): Promise<Answer> {
    return this.ask({ path });
  }

  /** A connection that has been idle may be closed at the other end: what is sent once needs a new one. */
  renew(): void {
    this.agent.destroy();
  }

  /** @throws ProbeError; of stage `http` once something may have reached the server */
  ask({
    method = 'GET',
    path,
    headers = {},
    body,
    millis = this.millis,
  }: Question): Promise<Answer> {
    const { port } = this.target;
    const host = this.host.includes(':') ? `[${this.host}]` : this.host;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          fail(new ProbeError('http', 'HTTP_TIMEOUT', `no answer to ${method} ${path} in time`)),
        millis,
      );
      const abort = (): void =>
        fail(new ProbeError('deadline', 'ABORTED', 'the time for this host or the run is over'));
      const settle = (): void => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', abort);
      };
      const fail = (error: Error): void => {
        settle();
        call.destroy();
        reject(
          error instanceof ProbeError
            ? error
            : new ProbeError(
                'http',
                (error as NodeJS.ErrnoException).code ?? 'HTTP',
                error.message,
              ),
        );
      };
      const call = request({
        agent: this.agent,
        method,
        path,
        // Some take only what a browser would send; iDRAC9 rejects odd headers.
        headers: {
          Host: port === 443 ? host : `${host}:${port}`,
          Accept: 'application/json',
          ...(body !== undefined && {
            'Content-Type': 'application/json',
            'Content-Length': Buffer.byteLength(body),
          }),
          ...headers,
        },
        // Web servers of twenty years ago.
        insecureHTTPParser: true,
      });
      this.signal.addEventListener('abort', abort, { once: true });
      call
        .on('error', fail)
        .once('response', (response) => {
          let text = '';
          response
            .setEncoding('utf8')
            .on('data', (part: string) => {
              text += part;
              if (text.length > maxBody)
                fail(
                  new ProbeError('http', 'TOO_LONG', `the answer to ${method} ${path} never ends`),
                );
            })
            .on('error', fail)
            .once('end', () => {
              settle();
              resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
            });
        })
        .end(body);
    });
  }

  close(): void {
    this.agent.destroy();
    this.first.destroy();
  }
}
