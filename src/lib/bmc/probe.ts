import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { certificateFacts, toPem } from './certificate-facts.js';
import { type Answer, Conversation } from './conversation.js';
import { type Shaken, shakeHands } from './handshake.js';
import { fromCertificate, identify } from './identify.js';
import { rawHello, wireVersions } from './raw-hello.js';
import { ProbeError } from './socket.js';
import {
  type BmcTarget,
  type HttpFacts,
  noIdentity,
  type Probe,
  type ProbeOptions,
  type TlsFacts,
} from './types.js';

/** As measured on a thousand hosts: what does not come by then does not come. */
export const defaultTimes = {
  connectMillis: 3000,
  tlsMillis: 5000,
  httpMillis: 10_000,
  hostMillis: 20_000,
};

/** Nothing was wrong with the way there: the two sides have no TLS in common. */
function tlsDiffers(error: unknown): error is ProbeError {
  return (
    error instanceof ProbeError &&
    error.stage === 'tls' &&
    error.code !== 'NOT_TLS' &&
    error.code !== 'TLS_TIMEOUT'
  );
}

/** Looks at one host, without a login and with one connection at a time. Never throws. */
export async function probe(target: BmcTarget, options: ProbeOptions): Promise<Probe> {
  const started = performance.now();
  // Not AbortSignal.timeout: its timer keeps all of this until it fires, long after the host is done.
  const budget = new AbortController();
  const end = (): void => budget.abort();
  const timer = setTimeout(end, options.hostMillis);
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  const { signal } = budget;
  const found: Probe = {
    ...target,
    address: isIP(target.host) === 0 ? null : target.host,
    failure: null,
    tls: null,
    chain: [],
    pem: [],
    http: null,
    identity: noIdentity,
    ms: 0,
  };
  try {
    await new Look(target, { ...options, signal }, found).all();
  } catch (error) {
    const { stage, code, message } =
      error instanceof ProbeError
        ? error
        : { stage: 'tls' as const, code: 'UNREADABLE', message: (error as Error).message };
    found.failure = { stage, code, message };
    if (found.identity === noIdentity) found.identity = fromCertificate(found.chain[0]);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
  }
  found.ms = Math.round(performance.now() - started);
  return found;
}

class Look {
  private readonly target: BmcTarget;
  private readonly options: ProbeOptions;
  private readonly found: Probe;
  private refused: string | null = null;

  constructor(target: BmcTarget, options: ProbeOptions, found: Probe) {
    this.target = target;
    this.options = options;
    this.found = found;
  }

  async all(): Promise<void> {
    const shaken = await this.handshake();
    if (shaken) {
      const { socket, manner } = shaken;
      const conversation = new Conversation(
        this.target,
        socket,
        () => this.again(manner),
        this.options.httpMillis,
        this.options.signal,
      );
      try {
        await this.talk(conversation);
      } finally {
        conversation.close();
      }
    } else this.found.identity = fromCertificate(this.found.chain[0]);
    if (this.options.deep) this.found.tls!.versions = await this.versions();
  }

  private async again(manner: TlsFacts['via']): Promise<TLSSocket> {
    return (await shakeHands(this.target, manner === 'strict' ? 'strict' : 'relaxed', this.options))
      .socket;
  }

  /** As today's clients do; then with old TLS let in; then by hand. */
  private async handshake(): Promise<{ socket: TLSSocket; manner: TlsFacts['via'] } | undefined> {
    try {
      return this.seen(await this.strict(), 'strict');
    } catch (error) {
      if (!tlsDiffers(error)) throw error;
      this.refused = error.message;
    }
    try {
      return this.seen(await shakeHands(this.target, 'relaxed', this.options), 'relaxed');
    } catch (error) {
      if (!tlsDiffers(error)) throw error;
      await this.byHand(error);
      return undefined;
    }
  }

  /** A connection that was reset is tried once more: a server that has as many as it can take. */
  private async strict(): Promise<Shaken> {
    try {
      return await shakeHands(this.target, 'strict', this.options);
    } catch (error) {
      if (!(error instanceof ProbeError && error.code === 'ECONNRESET')) throw error;
      return shakeHands(this.target, 'strict', this.options);
    }
  }

  private seen(
    shaken: Shaken,
    via: 'strict' | 'relaxed',
  ): { socket: TLSSocket; manner: TlsFacts['via'] } {
    const { socket, address, version, suite, chain, trusted } = shaken;
    this.found.address = address;
    // What is let in for reading is not what anybody should trust.
    this.found.tls = {
      version,
      suite,
      versions: null,
      via,
      refused: this.refused,
      trusted: via === 'strict' && trusted,
    };
    try {
      this.certificates(chain);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return { socket, manner: via };
  }

  private certificates(chain: readonly Buffer[]): void {
    const now = this.options.now();
    this.found.chain = chain.map((der) => certificateFacts(der, now));
    if (this.options.pem !== false) this.found.pem = chain.map(toPem);
  }

  private async byHand(reason: ProbeError): Promise<void> {
    // Some servers take no newer hello than what they speak.
    for (const version of [0x0303, 0x0301, 0x0300]) {
      try {
        const hello = await rawHello(this.target, version, this.options);
        this.found.tls = {
          version: hello.version,
          suite: hello.suite,
          versions: null,
          via: 'raw',
          refused: this.refused,
          trusted: false,
        };
        this.certificates(hello.chain);
        return;
      } catch (error) {
        if (error instanceof ProbeError && error.stage === 'deadline') throw error;
        if (error instanceof ProbeError && error.code === 'NOT_TLS') throw error;
      }
    }
    throw reason;
  }

  private async versions(): Promise<string[]> {
    const spoken: string[] = [];
    for (const [name, wire] of wireVersions) {
      try {
        if ((await rawHello(this.target, wire, this.options)).version === name) spoken.push(name);
      } catch (error) {
        if (!(error instanceof ProbeError) || error.stage === 'deadline') throw error;
      }
    }
    if (this.found.tls?.version === 'TLSv1.3') spoken.push('TLSv1.3');
    return spoken;
  }

  private async talk(conversation: Conversation): Promise<void> {
    const { identify: wanted, now } = this.options;
    const path = wanted ? '/redfish/v1' : '/';
    let answer = await conversation.get(path);
    const http: HttpFacts = httpFacts(answer, now());
    this.found.http = http;
    const { address } = this.found;
    if (answer.status === 400 && isIP(this.target.host) === 0 && address !== null) {
      conversation.host = address;
      answer = await conversation.get(path);
      http.refusesName = answer.status !== 400;
    }
    if (!wanted) return;
    if (
      /^30[1278]$/.test(String(answer.status)) &&
      answer.headers.location?.endsWith('/redfish/v1/')
    )
      answer = await conversation.get('/redfish/v1/');
    this.found.identity = await identify(conversation, answer, this.found.chain[0]);
  }
}

function httpFacts({ status, headers }: Answer, now: number): HttpFacts {
  const date = Date.parse(headers.date ?? '');
  return {
    status,
    skewSeconds: Number.isNaN(date) ? null : Math.round((date - now) / 1000),
    hsts: headers['strict-transport-security'] !== undefined,
    refusesName: false,
  };
}
