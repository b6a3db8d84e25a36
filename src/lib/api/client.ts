import type { Duplex } from 'node:stream';

import { InterruptedError } from '@pmx-cli/kit/errors';

import { TicketSession, type Ticket, type TicketAnswer } from '../auth/session.js';
import { addressOf } from '../auth/trust.js';
import { type Answer, type Asker, type Envelope, parseEnvelope } from './answer.js';
import type { Endpoints } from './endpoints.js';
import { errorOf, foreignAnswer, notPve, otherProduct } from './errors.js';
import { encodeParams, encodePath, withQuery } from './form.js';
import { type LimitedCall, raceLimit, withinLimit } from './limit.js';
import { createLimiter } from './limiter.js';
import { waitAfter, waitBefore } from './patience.js';
import { isSecretName, Secrets } from './secrets.js';
import { anySignal, unlessAborted } from './signals.js';
import { sleep } from './sleep.js';
import { TaskWatch } from './task-watch.js';
import { readTaskLog } from './tasks.js';
import type { HttpRequest } from './transport.js';
import { typedReader } from './typed.js';
import type {
  PveClient,
  PveConnection,
  QueryParams,
  UploadRequest,
  WaitOptions,
  WriteMethod,
  WriteParams,
} from './types.js';

const defaultTries = 3;
const defaultBaseDelay = 2000;
const maxDelay = 30_000;
const defaultUpgradeTimeout = 60_000;
/** pveproxy has three workers; more requests at once only wait there. */
const maxConcurrent = 16;

interface Call {
  method: 'GET' | WriteMethod;
  path: string;
  params?: QueryParams | WriteParams;
  signal?: AbortSignal;
}

/**
 * A client of one Proxmox VE server. Nothing is loaded, connected or logged in before the first
 * request.
 */
export function createPveClient(connection: PveConnection): PveClient {
  return new Client(connection);
}

class Client implements PveClient {
  readonly api = typedReader((path, params) => this.get(path, params));
  readonly user: string;

  readonly #connection: PveConnection;
  /** Of the endpoint that was asked last. */
  #asker: Asker;
  readonly #secrets = new Secrets();
  readonly #session: TicketSession | undefined;
  readonly #limit = createLimiter(maxConcurrent);
  readonly #tasks = new TaskWatch(
    { get: (path, params) => this.#call({ method: 'GET', path, ...(params && { params }) }) },
    () => this.#asker,
  );
  #endpoints: Promise<Endpoints> | undefined;
  #clockOffset = 0;

  constructor(connection: PveConnection) {
    const { credentials, endpoint } = connection;
    const headers = lowerCase(connection.headers ?? {});
    this.#connection = { ...connection, headers };
    this.user = credentials.type === 'token' ? credentials.tokenId : credentials.username;
    this.#asker = {
      ...addressOf(endpoint),
      endpoint,
      user: this.user,
      credentials: credentials.type === 'token' ? 'token' : 'password',
      secrets: this.#secrets,
    };
    for (const [name, value] of Object.entries(headers))
      if (isSecretName(name)) this.#secrets.add(value);
    if (credentials.type === 'token') {
      this.#secrets.add(credentials.secret);
    } else if (credentials.type === 'ticket') {
      this.#secrets.add(credentials.ticket);
      this.#secrets.add(credentials.csrfToken);
    } else {
      const { username, password } = credentials;
      this.#secrets.add(password);
      this.#session = new TicketSession({
        username,
        password,
        login: (name, secret) => this.#login(name, secret),
        protect: (secret) => {
          this.#secrets.add(secret);
          connection.protect?.(secret);
        },
      });
    }
  }

  async get<T>(path: string, params?: QueryParams): Promise<T> {
    return (await this.#call<T>({ method: 'GET', path, ...(params && { params }) })).data;
  }

  async send<T>(
    method: WriteMethod,
    path: string,
    params?: WriteParams,
    signal?: AbortSignal,
  ): Promise<T> {
    return (
      await this.#call<T>({ method, path, ...(params && { params }), ...(signal && { signal }) })
    ).data;
  }

  async identity(): ReturnType<PveClient['identity']> {
    let late = false;
    return raceLimit(this.#limitOf('TLS', 'handshake'), async () => {
      const endpoints = await this.#load();
      return endpoints.reach(async ({ asker, transport: { connector } }) => {
        if (late) throw new InterruptedError();
        this.#asker = asker;
        if (!connector.seen) (await connector.connect()).destroy();
        return { host: asker.host, port: asker.port, fingerprint: connector.seen!.fingerprint };
      });
    }).finally(() => (late = true));
  }

  async upload(request: UploadRequest): Promise<string> {
    const endpoints = await this.#load();
    // A stream cannot be sent twice: a dead node is found out before.
    if (endpoints.several) await this.identity();
    const { asker, transport } = endpoints.current;
    this.#asker = asker;
    const { upload } = await import('./upload.js');
    const { timeouts = {}, signal: whole } = this.#connection;
    const signal = anySignal(whole, request.signal);
    const path = `/nodes/${encodeURIComponent(request.node)}/storage/${encodeURIComponent(request.storage)}/upload`;
    this.#debug(`→ POST ${path} (${request.filename}, ${request.length} bytes)`);
    const answer = await upload({
      connector: transport.connector,
      asker,
      request,
      path,
      url: `${asker.endpoint}${apiTarget(path)}`,
      // A stream cannot be sent twice: the ticket is made sure of before, not after a 401.
      headers: {
        ...this.#connection.headers,
        ...this.#authHeaders('POST', await this.#session?.ticket()),
      },
      stallTimeout: timeouts.stall,
      signal,
    });
    this.#debug(`← ${answer.status} ${answer.reason}`);
    return this.#open<string>(answer).data;
  }

  async openStream(path: string, params?: QueryParams, signal?: AbortSignal): Promise<Duplex> {
    this.#secrets.addParams(params);
    const { asker, transport } = (await this.#load()).current;
    const { openWebSocket } = await import('./websocket/open.js');
    this.#debug(`→ GET ${path} (WebSocket)`);
    const { timeouts, signal: whole } = this.#connection;
    const opened = await openWebSocket({
      connector: transport.connector,
      asker,
      path,
      target: apiTarget(withQuery(encodePath(path), params)),
      headers: {
        ...this.#connection.headers,
        ...this.#authHeaders('GET', await this.#session?.ticket()),
      },
      timeout: timeouts?.response ?? defaultUpgradeTimeout,
      signal: anySignal(whole, signal),
    });
    if (!('status' in opened)) {
      this.#debug('← 101 Switching Protocols');
      return opened;
    }
    this.#debug(`← ${opened.status} ${opened.reason}`);
    throw errorOf(opened, asker);
  }

  waitForTask(upid: string, options: WaitOptions = {}): ReturnType<PveClient['waitForTask']> {
    const signal = anySignal(this.#connection.signal, options.signal);
    return this.#tasks.wait(upid, { ...options, ...(signal && { signal }) });
  }

  taskLog(upid: string, start = 0): ReturnType<PveClient['taskLog']> {
    return readTaskLog(
      { get: (path, params) => this.#call({ method: 'GET', path, ...(params && { params }) }) },
      upid,
      {
        start,
        limit: 0,
      },
    );
  }

  endpoint(): string {
    return this.#asker.endpoint;
  }

  clockOffset(): number {
    return this.#clockOffset;
  }

  async fetchDocument(path: string): Promise<string | undefined> {
    const answer = await withinLimit(this.#limitOf('GET', path), async (signal) =>
      (await this.#load()).reach(({ transport }) =>
        transport.exchange({
          method: 'GET',
          path,
          target: encodePath(path),
          headers: { accept: '*/*' },
          harmless: true,
          ...(signal && { signal }),
        }),
      ),
    );
    return answer.status === 200 ? answer.text : undefined;
  }

  close(): void {
    void this.#endpoints?.then((endpoints) => endpoints.close());
    this.#endpoints = undefined;
  }

  async #call<T>(call: Call): Promise<Envelope<T>> {
    this.#secrets.addParams(call.params);
    return withinLimit(this.#limitOf(call.method, call.path, call.signal), (signal) =>
      this.#limit(() => this.#authorized<T>({ ...call, ...(signal && { signal }) })),
    );
  }

  #limitOf(method: string, path: string, signal?: AbortSignal): LimitedCall {
    const { timeouts, signal: whole } = this.#connection;
    return {
      overall: timeouts?.overall,
      signals: [whole, signal],
      what: `${method} ${path}`,
      method,
      path,
      server: () => ({ host: this.#asker.host, port: this.#asker.port }),
    };
  }

  /** Logs in again, once, when the server no longer takes the ticket. */
  async #authorized<T>(call: Call): Promise<Envelope<T>> {
    const ticket = await unlessAborted(this.#session?.ticket(), call.signal);
    const answer = await this.#exchange(call, ticket);
    if (answer.status !== 401 || !this.#session) return this.#open<T>(answer);
    // A 401 is decided before anything is done, so this is no second try of a write.
    const fresh = await unlessAborted(this.#session.ticket(ticket), call.signal);
    return this.#open<T>(await this.#exchange(call, fresh));
  }

  /** One call; reads are tried again where that helps. */
  async #exchange(call: Call, ticket: Ticket | undefined): Promise<Answer> {
    const { method, params, signal } = call;
    const path = encodePath(call.path);
    const inQuery = method === 'GET' || method === 'DELETE';
    // A body in a DELETE is refused: 501 "Unexpected content for method 'DELETE'".
    const target = apiTarget(inQuery ? withQuery(path, params) : path);
    const body = inQuery ? undefined : encodeParams(params);
    return this.#repeat(
      {
        method,
        path: call.path.split('?', 1)[0]!,
        target,
        headers: {
          ...this.#authHeaders(method, ticket),
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
        harmless: method === 'GET',
      },
      Object.keys(params ?? {}),
    );
  }

  async #repeat(request: HttpRequest, names: string[]): Promise<Answer> {
    const endpoints = await this.#load();
    const { tries = defaultTries, baseDelay = defaultBaseDelay } = this.#connection.retry ?? {};
    const line = `${request.method} ${request.path}${names.length > 0 ? ` (${names.join(', ')})` : ''}`;
    for (let attempt = 1; ; attempt++) {
      const last = !request.harmless || attempt >= tries;
      const backoff =
        Math.min(baseDelay * 2 ** (attempt - 1), maxDelay) * (0.75 + Math.random() / 2);
      this.#debug(`→ ${line}`);
      const started = performance.now();
      let wait: number | undefined;
      try {
        const answer = await endpoints.reach(({ asker, transport }) => {
          this.#asker = asker;
          return transport.exchange(request);
        });
        this.#noteClock(answer);
        const [millis, characters] = [Math.round(performance.now() - started), answer.text.length];
        const { status, reason } = answer;
        this.#debug(`← ${status} ${reason} (${millis} ms, ${characters} characters)`);
        const { method, path } = request;
        this.#connection.answered?.({ method, path, status, millis, characters });
        wait = waitBefore(answer, backoff);
        if (last || wait === undefined) return answer;
      } catch (error) {
        this.#debug(`← ${error instanceof Error ? error.message : String(error)}`);
        const wanted = last
          ? undefined
          : waitAfter(
              error,
              backoff,
              attempt,
              endpoints.current.transport.connector.seen !== undefined,
            );
        if (wanted === undefined) throw error;
        wait = wanted;
      }
      this.#debug(`… trying again in ${Math.round(wait)} ms`);
      await sleep(wait, request.signal);
    }
  }

  async #login(username: string, password: string): Promise<TicketAnswer> {
    this.#secrets.add(password);
    const path = '/access/ticket';
    const { signal } = this.#connection;
    const answer = await this.#repeat(
      {
        method: 'POST',
        path,
        target: apiTarget(path),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: encodeParams({ username, password }),
        ...(signal && { signal }),
        // A second ticket harms nobody.
        harmless: true,
      },
      ['username', 'password'],
    );
    return this.#open<TicketAnswer>(answer).data;
  }

  #open<T>(answer: Answer): Envelope<T> {
    const { method, path, status, reason } = answer;
    if (status < 200 || status > 299) throw errorOf(answer, this.#asker);
    const envelope = parseEnvelope(answer.text);
    if (!envelope || !('data' in envelope)) {
      const product = otherProduct(answer, this.#asker);
      throw notPve(
        this.#asker,
        { status, reason, method, path },
        product === undefined ? foreignAnswer(answer) : `it is a ${product}`,
        product,
      );
    }
    return envelope as Envelope<T>;
  }

  #authHeaders(method: 'GET' | WriteMethod, ticket: Ticket | undefined): Record<string, string> {
    const { credentials } = this.#connection;
    if (credentials.type === 'token') {
      return { authorization: `PVEAPIToken=${credentials.tokenId}=${credentials.secret}` };
    }
    const held = credentials.type === 'ticket' ? credentials : ticket!;
    return {
      cookie: `PVEAuthCookie=${encodeURIComponent(held.ticket)}`,
      ...(method !== 'GET' && { csrfpreventiontoken: held.csrfToken }),
    };
  }

  #load(): Promise<Endpoints> {
    return (this.#endpoints ??= import('./endpoints.js').then(
      ({ Endpoints }) => new Endpoints(this.#connection, this.#asker),
    ));
  }

  #noteClock(answer: Answer): void {
    const date = answer.headers['date'];
    const time = typeof date === 'string' ? Date.parse(date) : NaN;
    if (!Number.isNaN(time)) this.#clockOffset = time - Date.now();
  }

  #debug(line: string): void {
    this.#connection.debug?.(this.#secrets.hide(line));
  }
}

/** So that pmx's own headers replace these, however they are written. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function apiTarget(path: string): string {
  return `/api2/json${path}`;
}
