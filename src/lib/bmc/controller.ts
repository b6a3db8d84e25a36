import type { ControllerAnswer, ControllerReader } from '@pmx-cli/kit';
import { InterruptedError } from '@pmx-cli/kit/errors';

import { certificateFacts, toPem } from './certificate-facts.js';
import { type Answer, Conversation, type Question } from './conversation.js';
import {
  answerLost,
  isSessionsFull,
  loginRefused,
  nameOf,
  notReached,
  refused,
  sessionGone,
  sessionsFull,
} from './errors.js';
import { identify } from './identify.js';
import { ProbeError } from './socket.js';
import { connectTrusted, type Trust } from './trusted.js';
import type { BmcTarget, CertificateFacts, Identity } from './types.js';

/** What takes the controller a while: certificates are made and checked by a slow processor. */
const writeMillis = 60_000;
/** Its web server closes a connection that is idle for longer than this. */
const idleMillis = 3000;
const closeMillis = 3000;

export interface ControllerTimes {
  connectMillis: number;
  tlsMillis: number;
  httpMillis: number;
}

export interface OpenOptions {
  trust: Trust;
  times: ControllerTimes;
  /** Ends reads; steps give their own. */
  signal: AbortSignal;
  /** Refuses it before anything secret is sent. */
  suits?: ((identity: Identity) => void) | undefined;
  credentials(): Promise<{ user: string; password: string }>;
  debug(line: string): void;
}

/** How a write without an answer ended. */
export type Sent = { answer: ControllerAnswer } | { lost: ProbeError };

/** One management controller, logged in to once. */
export class Controller implements ControllerReader {
  readonly host: string;
  readonly port: number;
  readonly identity: Identity;
  readonly pem: string;
  readonly fingerprint: string;
  readonly skewSeconds: number | null;
  readonly legacyTls: boolean;
  readonly user: string;
  readonly #conversation: Conversation;
  readonly #options: OpenOptions;
  #token: string;
  #session: string | undefined;
  #usedAt = performance.now();

  private constructor(
    target: BmcTarget,
    seen: { identity: Identity; leaf: CertificateFacts; der: Buffer; skewSeconds: number | null },
    session: { user: string; token: string; path: string | undefined },
    conversation: Conversation,
    options: OpenOptions,
  ) {
    this.host = target.host;
    this.port = target.port;
    this.identity = seen.identity;
    this.pem = toPem(seen.der);
    this.fingerprint = seen.leaf.sha256;
    this.skewSeconds = seen.skewSeconds;
    this.legacyTls = options.trust.legacyTls;
    this.user = session.user;
    this.#token = session.token;
    this.#session = session.path;
    this.#conversation = conversation;
    this.#options = options;
  }

  /** @throws PmxError */
  static async open(target: BmcTarget, options: OpenOptions): Promise<Controller> {
    const { trust, times, signal } = options;
    const connect = (): ReturnType<typeof connectTrusted> =>
      connectTrusted(target, trust, { ...times, signal: lasting });
    // The connection outlives the first Ctrl-C, since steps and their undo do.
    const lasting = new AbortController().signal;
    const reached = await whileUnaborted(signal, connect());
    const conversation = new Conversation(
      target,
      reached.socket,
      async () => {
        const again = await connect();
        if (again.accepted) return again.socket;
        again.socket.destroy();
        throw new ProbeError('tls', 'OTHER_CERTIFICATE', 'another certificate is served by now');
      },
      times.httpMillis,
      lasting,
    );
    try {
      const root = await whileUnaborted(signal, rootOf(conversation, reached.address));
      const leaf = certificateFacts(reached.chain[0]!, Date.now());
      const identity = await whileUnaborted(signal, identify(conversation, root, leaf));
      options.suits?.(identity);
      reached.require();
      const { user, password } = await options.credentials();
      const date = Date.parse(root.headers.date ?? '');
      const skewSeconds = Number.isNaN(date) ? null : Math.round((date - Date.now()) / 1000);
      const session = await login(target, conversation, root, { user, password });
      options.debug(`${nameOf(target)}: logged in as ${user}`);
      return new Controller(
        target,
        { identity, leaf, der: reached.chain[0]!, skewSeconds },
        { user, ...session },
        conversation,
        options,
      );
    } catch (error) {
      conversation.close();
      throw error instanceof ProbeError ? notReached(target, error) : error;
    }
  }

  /** From now on this certificate is its own, too: the one that was just given to it. */
  expect(fingerprint: string): void {
    this.#options.trust.fingerprints.add(fingerprint);
  }

  async get(path: string): Promise<ControllerAnswer> {
    const ask = (): Promise<Answer> => this.#ask({ path });
    let answer: Answer;
    try {
      answer = await ask().catch((error: unknown) => {
        if (!(error instanceof ProbeError) || error.code === 'HTTP_TIMEOUT') throw error;
        // A connection that was closed meanwhile; reading twice does no harm.
        return ask();
      });
    } catch (error) {
      throw error instanceof ProbeError ? notReached(this, error) : error;
    }
    return this.#judged(`GET ${path}`, answer);
  }

  async query(path: string, body: ControllerAnswer): Promise<ControllerAnswer> {
    const sent = await this.send('POST', path, body);
    if ('answer' in sent) return sent.answer;
    throw answerLost(this, `POST ${path}`, sent.lost);
  }

  /** Sends it exactly once. @throws PmxError when it was not sent, or refused */
  async send(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body: ControllerAnswer | undefined,
  ): Promise<Sent> {
    if (performance.now() - this.#usedAt > idleMillis) this.#conversation.renew();
    const what = `${method} ${path}`;
    let answer: Answer;
    try {
      answer = await this.#ask({
        method,
        path,
        body: body === undefined ? undefined : JSON.stringify(body),
        millis: writeMillis,
      });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      if (error.stage === 'http') return { lost: error };
      throw notReached(this, error);
    }
    return { answer: this.#judged(what, answer) };
  }

  /** Never fails: a session that cannot be closed ends by itself. */
  async close(): Promise<void> {
    const path = this.#session;
    this.#session = undefined;
    try {
      if (path !== undefined) {
        await this.#ask({ method: 'DELETE', path, millis: closeMillis });
        this.#options.debug(`${nameOf(this)}: session closed`);
      }
    } catch (error) {
      this.#options.debug(`${nameOf(this)}: session stays until it ends: ${String(error)}`);
    } finally {
      this.#token = '';
      this.#conversation.close();
    }
  }

  async #ask(question: Question): Promise<Answer> {
    try {
      const answer = await this.#conversation.ask({
        ...question,
        headers: { 'X-Auth-Token': this.#token },
      });
      this.#options.debug(
        `${nameOf(this)}: ${question.method ?? 'GET'} ${question.path} → ${answer.status}`,
      );
      return answer;
    } finally {
      this.#usedAt = performance.now();
    }
  }

  #judged(what: string, answer: Answer): ControllerAnswer {
    if (answer.status >= 200 && answer.status < 300) return objectOf(answer.text);
    if (answer.status === 401) {
      this.#session = undefined;
      throw sessionGone(this);
    }
    throw refused(this, what, answer);
  }
}

function objectOf(text: string): ControllerAnswer {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ControllerAnswer) : {};
  } catch {
    return {};
  }
}

/** Some refuse names that they were not told of, and take their address. */
async function rootOf(conversation: Conversation, address: string | null): Promise<Answer> {
  const root = await conversation.get('/redfish/v1');
  if (root.status === 400 && address !== null) {
    conversation.host = address;
    return conversation.get('/redfish/v1');
  }
  if (/^30[1278]$/.test(String(root.status))) return conversation.get('/redfish/v1/');
  return root;
}

async function login(
  target: BmcTarget,
  conversation: Conversation,
  root: Answer,
  { user, password }: { user: string; password: string },
): Promise<{ token: string; path: string | undefined }> {
  const links = objectOf(root.text)['Links'] as { Sessions?: { '@odata.id'?: string } } | undefined;
  const path = links?.Sessions?.['@odata.id'] ?? '/redfish/v1/SessionService/Sessions';
  // One try: a lost answer may be a counted one.
  const answer = await conversation.ask({
    method: 'POST',
    path,
    body: JSON.stringify({ UserName: user, Password: password }),
  });
  if (answer.status === 401 || answer.status === 403) throw loginRefused(target, user, answer);
  if (isSessionsFull(answer)) throw sessionsFull(target);
  const token = answer.headers['x-auth-token'];
  if (answer.status !== 201 || typeof token !== 'string')
    throw refused(target, `POST ${path}`, answer);
  const { location } = answer.headers;
  return { token, path: location?.replace(/^https?:\/\/[^/]+/, '') };
}

/** What is read while planning ends with the first Ctrl-C. */
async function whileUnaborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) {
    void work.catch(() => undefined);
    throw new InterruptedError();
  }
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new InterruptedError());
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    void work.catch(() => undefined);
    signal.removeEventListener('abort', stop);
  }
}
