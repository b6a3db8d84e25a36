import type {
  Access,
  AccessFacts,
  CertificateReport,
  Login,
  PveReader,
  Realm,
  ServerAddress,
} from '@pmx-cli/kit';

import { InterruptedError } from '@pmx-cli/kit/errors';

import type { PveClient, PveConnection } from '../api/types.js';
import type { ResolvedConnection } from '../auth/resolve-connection.js';

/** What the session lends: its connection, and the settings of this run. */
export interface AccessDependencies {
  resolved(): Promise<ResolvedConnection>;
  /** From now on the session uses this connection. */
  replace(connection: ResolvedConnection): Promise<PveReader>;
  client(): Promise<PveClient>;
  signal: AbortSignal;
  timeouts(): Promise<NonNullable<PveConnection['timeouts']>>;
  protect(secret: string): void;
  debug(line: string): void;
}

const defaultConnectTimeout = 10_000;

/** The door to servers that no context names yet. Everything heavy is loaded on first use. */
export class HostAccess implements Access {
  readonly #host: AccessDependencies;

  constructor(host: AccessDependencies) {
    this.#host = host;
  }

  async facts(): Promise<AccessFacts> {
    const {
      context,
      endpoint,
      alternatives = [],
      credentials,
      secretFrom,
      trust,
      proxy,
    } = await this.#host.resolved();
    return {
      context,
      endpoint,
      alternatives,
      kind: credentials.type === 'token' ? 'token' : 'password',
      identity: credentials.type === 'token' ? credentials.tokenId : credentials.username,
      secretFrom,
      trust:
        trust.fingerprint !== undefined
          ? 'pinned'
          : trust.insecure
            ? 'not verified'
            : trust.caFile !== undefined
              ? 'ca-file'
              : 'system',
      ...(trust.caFile !== undefined && { caFile: trust.caFile }),
      ...(proxy !== undefined && { proxy }),
    };
  }

  async certificate({ endpoint, caFile, proxy }: ServerAddress): Promise<CertificateReport> {
    const [{ TlsConnector }, { judgeCertificate }, { addressOf }] = await Promise.all([
      import('../auth/connector.js'),
      import('../auth/certificate.js'),
      import('../auth/trust.js'),
    ]);
    const address = addressOf(endpoint);
    const timeout = (await this.#host.timeouts()).connect ?? defaultConnectTimeout;
    const connector = new TlsConnector(address, { ...(caFile && { caFile }) }, timeout, proxy);
    const { signal } = this.#host;
    const stop = (): void => connector.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { der, verification } = await connector.inspect();
      return judgeCertificate(der, address, verification);
    } catch (error) {
      throw signal.aborted ? new InterruptedError() : error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async realms(server: ServerAddress): Promise<Realm[]> {
    const { readRealms } = await import('../api/login.js');
    const rows = await readRealms(await this.#connection(server));
    return rows.map(({ realm, type, comment, default: preselected }) => ({
      realm,
      type,
      ...(comment !== undefined && { comment }),
      default: preselected === 1,
    }));
  }

  async enter(server: ServerAddress, login: Login): Promise<PveReader> {
    const connection = await this.#connection(server);
    const base = {
      context: undefined,
      endpoint: server.endpoint,
      trust: connection.trust,
      secretFrom: 'typed for this login',
      ...(server.proxy !== undefined && { proxy: server.proxy }),
      ...(server.headers && { headers: server.headers }),
    };
    if (login.type === 'token') {
      const { tokenId, secret } = login;
      this.#host.protect(secret);
      return this.#host.replace({ ...base, credentials: { type: 'token', tokenId, secret } });
    }
    const { user, password, otp } = login;
    this.#host.protect(password);
    const { logIn } = await import('../api/login.js');
    const { username, ticket, csrfToken } = await logIn(connection, {
      username: user,
      password,
      otp,
    });
    return this.#host.replace({
      ...base,
      credentials: { type: 'ticket', username, ticket, csrfToken },
    });
  }

  async answered(): ReturnType<Access['answered']> {
    const client = await this.#host.client();
    return { ...(await client.identity()), clockOffset: client.clockOffset?.() ?? 0 };
  }

  async #connection(server: ServerAddress): Promise<Omit<PveConnection, 'credentials'>> {
    const { endpoint, fingerprint, caFile, insecure, proxy, headers } = server;
    return {
      endpoint,
      trust: {
        ...(fingerprint !== undefined && { fingerprint }),
        ...(caFile !== undefined && { caFile }),
        ...(insecure && { insecure }),
      },
      ...(proxy !== undefined && { proxy }),
      ...(headers && { headers }),
      signal: this.#host.signal,
      timeouts: await this.#host.timeouts(),
      protect: (secret) => this.#host.protect(secret),
      debug: (line) => this.#host.debug(line),
    };
  }
}
