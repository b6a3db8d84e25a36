import type { Got, RequestError as GotError } from 'got';

import { InterruptedError, isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { TlsConnector } from '../auth/connector.js';
import type { Address } from '../auth/trust.js';
import { plainCause, reasonOf, unreachable } from '../auth/unreachable.js';
import { PveAgent } from './agent.js';
import { type Answer, type Asker, readReason } from './answer.js';
import { answerLost } from './errors.js';
import type { PveConnection, WriteMethod } from './types.js';

export interface HttpRequest {
  method: 'GET' | WriteMethod;
  /** Without query, for messages. */
  path: string;
  /** What follows the endpoint: `/api2/json/version?x=1`. */
  target: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
  /** Repeating it changes nothing, so a lost answer is only a network error. Reads and logins. */
  harmless: boolean;
}

/** Silence of the server that counts as a time-out; milliseconds. */
const defaultResponseTimeout = 60_000;
const defaultConnectTimeout = 10_000;
/** Sockets that were closed under us, one after the other, before it counts as a network error. */
const maxDeadSockets = 3;

/**
 * One HTTP exchange: connection, trust, time-outs, and what a broken connection means. It knows
 * nothing of PVE's answers, and repeats nothing but reads that met a dead idle socket.
 */
export class Transport {
  readonly connector: TlsConnector;
  readonly #address: Address;
  readonly #agent: PveAgent;
  readonly #asker: Asker;
  readonly #extraHeaders: Readonly<Record<string, string>>;
  readonly #responseTimeout: number;
  #got: Promise<Got> | undefined;

  constructor(connection: PveConnection, asker: Asker) {
    const { trust, timeouts = {} } = connection;
    this.#address = { host: asker.host, port: asker.port };
    this.#asker = asker;
    this.connector = new TlsConnector(
      this.#address,
      trust,
      timeouts.connect ?? defaultConnectTimeout,
      connection.proxy,
    );
    this.#extraHeaders = connection.headers ?? {};
    this.#agent = new PveAgent(this.connector, true);
    this.#responseTimeout = timeouts.response ?? defaultResponseTimeout;
  }

  /**
   * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_…` (not sent), `PMX_ANSWER_LOST` (a write
   *   that may have happened), `PMX_TIMEOUT` (a read); InterruptedError
   */
  async exchange(request: HttpRequest): Promise<Answer> {
    for (let deadSockets = 0; ;) {
      try {
        return await this.#exchangeOnce(request);
      } catch (error) {
        if (request.harmless && error instanceof DeadSocket && ++deadSockets < maxDeadSockets) {
          // The others have been idle for as long, most likely they are dead too.
          this.#agent.dropIdle(0);
          continue;
        }
        throw error instanceof DeadSocket ? error.meaning : error;
      }
    }
  }

  /** Ends all connections; a request that is under way fails. */
  close(): void {
    this.connector.close();
    this.#agent.destroy();
  }

  async #exchangeOnce(request: HttpRequest): Promise<Answer> {
    const { method, path, target, headers, body, signal } = request;
    throwIfAborted(signal, request, false);
    // got costs more start-up time than all of pmx: only who talks to a server pays for it.
    const got = await (this.#got ??= import('got').then((module) => module.default));
    throwIfAborted(signal, request, false);
    this.#agent.dropIdle();
    try {
      const response = await got(`${this.#asker.endpoint}${target}`, {
        method,
        headers: {
          'user-agent': 'pmx',
          ...this.#extraHeaders,
          accept: 'application/json',
          ...headers,
        },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
        agent: { https: this.#agent },
        // `response` is the wait for the first byte, `socket` any silence after it.
        timeout: { response: this.#responseTimeout, socket: this.#responseTimeout },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        responseType: 'text',
      });
      return {
        method,
        path,
        status: response.statusCode,
        reason: readReason(response.statusMessage ?? ''),
        headers: response.headers,
        text: response.body,
      };
    } catch (error) {
      throw this.#explain(error as GotError, request);
    }
  }

  /** got's error → what it means. Nothing of it is kept but code and message: it holds the headers. */
  #explain(error: GotError, request: HttpRequest): Error {
    if (request.signal?.aborted) return interrupted(request, true);
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      // From the connector: certificate or connection, before a byte was sent.
      if (isPmxError(at)) return at;
    }
    const { endpoint, host, port } = this.#asker;
    const reason = reasonOf(error);
    const cause = plainCause(error);
    if (error.name === 'TimeoutError') {
      const seconds = this.#responseTimeout / 1000;
      if (!request.harmless)
        return answerLost(this.#asker, request, `nothing came within ${seconds} s`, cause);
      // Not tried again: a server that is silent for a minute would be so for three.
      return new SurroundingsError({
        code: 'PMX_TIMEOUT',
        message: `${host}:${port} did not answer ${request.method} ${request.path} within ${seconds} s.`,
        hints: [
          'The server is overloaded, or a node or storage behind it hangs: look at pvestatd and pveproxy there.',
        ],
        data: { host, port, method: request.method, path: request.path },
        cause,
      });
    }
    const meaning = request.harmless
      ? unreachable(this.#address, Object.assign(cause, { code: reason }))
      : answerLost(this.#asker, request, `the connection to ${endpoint} broke (${reason})`, cause);
    // `reusedSocket` stays reachable on the error's request, which is not enumerable.
    return error.request?.reusedSocket === true && error.response === undefined
      ? new DeadSocket(meaning)
      : meaning;
  }
}

/** The server had closed an idle connection when the request came. */
class DeadSocket extends Error {
  readonly meaning: Error;

  constructor(meaning: Error) {
    super(meaning.message);
    this.meaning = meaning;
  }
}

/** @throws InterruptedError */
export function throwIfAborted(
  signal: AbortSignal | undefined,
  request: Pick<HttpRequest, 'method' | 'path' | 'harmless'>,
  sent: boolean,
): void {
  if (signal?.aborted) throw interrupted(request, sent);
}

function interrupted(
  request: Pick<HttpRequest, 'method' | 'path' | 'harmless'>,
  sent: boolean,
): InterruptedError {
  const { method, path, harmless } = request;
  // The one who undoes must know that a write may be under way all the same.
  return new InterruptedError(
    sent && !harmless ? { data: { method, path, mayHaveHappened: true } } : {},
  );
}
