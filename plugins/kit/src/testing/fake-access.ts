import { ProxmoxError, RequestError, SurroundingsError } from '../errors/index.js';
import type {
  Access,
  AccessFacts,
  CertificateReport,
  ContextRecord,
  Login,
  Realm,
  ServerAddress,
} from '../host/index.js';
import type { PveReader } from '../pve/index.js';
import type { Recording } from './recording.js';

/** A server that a command may try to get in to. */
export interface FakeServer {
  certificate?: Partial<CertificateReport>;
  /** pam and pve when left out. */
  realms?: readonly Realm[];
  /** The only password (or token secret) that it takes; any when left out. */
  secret?: string;
  /** The code of the second factor that it wants. */
  otp?: string;
  /** Milliseconds by which its clock is ahead. */
  clockOffset?: number;
}

interface Surroundings {
  context(): Promise<string | undefined>;
  record(name: string): Promise<ContextRecord>;
  reader(): Promise<PveReader>;
}

const healthy: CertificateReport = {
  fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
  subject: 'pve.test',
  issuer: 'Test CA',
  validFrom: '2020-01-01T00:00:00.000Z',
  validTo: '2120-01-01T00:00:00.000Z',
  trusted: true,
  problems: [],
};

/** Servers out of a table; what a command tries is recorded without its secrets. */
export class FakeAccess implements Access {
  readonly #servers: Readonly<Record<string, FakeServer>>;
  readonly #recording: Recording;
  readonly #around: Surroundings;
  #entered: { server: ServerAddress; login: Login } | undefined;

  constructor(
    servers: Readonly<Record<string, FakeServer>>,
    recording: Recording,
    around: Surroundings,
  ) {
    this.#servers = servers;
    this.#recording = recording;
    this.#around = around;
  }

  async facts(): Promise<AccessFacts> {
    const context = await this.#around.context();
    if (context === undefined) {
      throw new RequestError({ code: 'PMX_NO_CONTEXT', message: 'There is no current context.' });
    }
    const record = await this.#around.record(context);
    return {
      context,
      endpoint: record.endpoint,
      alternatives: record.endpoints ?? [],
      kind: record.tokenId === undefined ? 'password' : 'token',
      identity: record.tokenId ?? record.user ?? '',
      secretFrom: 'stored',
      trust: record.fingerprint ? 'pinned' : record.insecure ? 'not verified' : 'system',
    };
  }

  async certificate({ endpoint }: ServerAddress): Promise<CertificateReport> {
    return { ...healthy, ...this.#server(endpoint).certificate };
  }

  async realms({ endpoint }: ServerAddress): Promise<Realm[]> {
    return [
      ...(this.#server(endpoint).realms ?? [
        { realm: 'pam', type: 'pam', default: false },
        { realm: 'pve', type: 'pve', default: false },
      ]),
    ];
  }

  async enter(address: ServerAddress, login: Login): Promise<PveReader> {
    const server = this.#server(address.endpoint);
    const secret = login.type === 'token' ? login.secret : login.password;
    const who = login.type === 'token' ? login.tokenId : login.user;
    this.#recording.logins.push({ endpoint: address.endpoint, who });
    const code = login.type === 'password' && server.otp !== undefined ? await login.otp() : '';
    if (server.otp !== undefined && code === undefined) {
      throw new RequestError({
        code: 'PMX_TFA_REQUIRED',
        message: `${who} needs a second factor.`,
      });
    }
    if (
      (server.secret !== undefined && server.secret !== secret) ||
      (login.type === 'password' && server.otp !== undefined && server.otp !== code)
    ) {
      throw new ProxmoxError({ code: 'PMX_AUTH_FAILED', message: `${who} is not accepted.` });
    }
    this.#entered = { server: address, login };
    return this.#around.reader();
  }

  async answered(): ReturnType<Access['answered']> {
    const endpoint = this.#entered?.server.endpoint ?? (await this.facts()).endpoint;
    const { clockOffset = 0, certificate } = this.#server(endpoint);
    const { hostname, port } = new URL(endpoint);
    return {
      host: hostname,
      port: Number(port || 443),
      fingerprint: certificate?.fingerprint ?? healthy.fingerprint,
      clockOffset,
    };
  }

  #server(endpoint: string): FakeServer {
    const server = this.#servers[endpoint];
    if (server) return server;
    throw new SurroundingsError({
      code: 'PMX_UNREACHABLE',
      message: `Nothing listens at ${endpoint}.`,
      data: { reason: 'ECONNREFUSED' },
    });
  }
}
