import { Agent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';

import type { TlsConnector } from '../auth/connector.js';

/** PVE closes idle connections after about 5 s (3 s was fine, 6 s was not) and does not say so. */
const maxIdle = 3000;
/** And it closes a kept connection after about 100 requests. */
const maxRequests = 50;

interface Use {
  requests: number;
  idleSince: number;
}

/**
 * Keeps connections only as long as the server surely does: a request on a closing socket is lost,
 * and for a write nobody could tell whether it happened.
 */
export class PveAgent extends Agent {
  readonly #connector: TlsConnector;
  readonly #uses = new WeakMap<Duplex, Use>();

  constructor(connector: TlsConnector, keepAlive: boolean) {
    // Oldest first: destroyed sockets then stand at the front, where Node skips them.
    super({ keepAlive, scheduling: 'fifo' });
    this.#connector = connector;
  }

  /** Asynchronous, so that a request gets its socket only after the certificate was accepted. */
  override createConnection(
    _options: RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    this.#connector.connect().then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }

  // Types say void; Node closes the socket when this returns false.
  override keepSocketAlive(socket: Duplex): boolean {
    const requests = (this.#uses.get(socket)?.requests ?? 0) + 1;
    if (requests >= maxRequests) return false;
    this.#uses.set(socket, { requests, idleSince: performance.now() });
    return super.keepSocketAlive(socket) as unknown as boolean;
  }

  /** Closes idle connections that the server may be closing right now; all of them on demand. */
  dropIdle(olderThan: number = maxIdle): void {
    const limit = performance.now() - olderThan;
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) {
        if ((this.#uses.get(socket)?.idleSince ?? 0) <= limit) socket.destroy();
      }
    }
  }
}
