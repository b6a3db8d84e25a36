import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  connect,
  createSecureContext,
  getCACertificates,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import type { TlsTrust } from './credentials.js';
import { type Address, judgeServer, type SeenCertificate } from './trust.js';
import { openTunnel } from './tunnel.js';
import { unreachable } from './unreachable.js';

/**
 * Opens TLS connections to one server and hands out only those whose certificate was accepted, so
 * that nobody further up can send a secret to a stranger.
 *
 * Sessions are never resumed: a resumed handshake shows no certificate, and would slip past a pin.
 */
export class TlsConnector {
  /** Of the last accepted connection. */
  seen: SeenCertificate | undefined;

  readonly #address: Address;
  readonly #trust: TlsTrust;
  readonly #timeout: number;
  readonly #proxy: string | undefined;
  readonly #stores: Array<() => Promise<SecureContext>>;
  readonly #pending = new Set<TLSSocket>();
  /** The first store that is worth trying; the ones before it did not know the server's CA. */
  #firstStore = 0;

  /**
   * @param timeout milliseconds for name lookup, connection and handshake together
   * @param proxy `http://host:port` to go through
   */
  constructor(address: Address, trust: TlsTrust, timeout: number, proxy?: string) {
    this.#address = address;
    this.#trust = trust;
    this.#timeout = timeout;
    this.#proxy = proxy;
    this.#stores = trustStores(trust);
  }

  /**
   * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_…`, `PMX_CA_UNREADABLE`: in all cases no
   *   byte of a request was sent
   */
  async connect(): Promise<TLSSocket> {
    const started = performance.now();
    for (let index = this.#firstStore; ; index++) {
      const store = this.#stores[index]!;
      const socket = await this.#handshake(await store(), started);
      const certificate = describe(socket.getPeerCertificate());
      const verification = socket.authorized ? undefined : verificationCode(socket);
      const problem = judgeServer(this.#address, this.#trust, certificate, verification);
      if (!problem) {
        this.seen = certificate;
        this.#firstStore = index;
        return socket;
      }
      socket.destroy();
      if (problem.code !== 'PMX_TLS_UNTRUSTED' || index === this.#stores.length - 1) throw problem;
    }
  }

  /**
   * One handshake and no verdict: what the server shows, held against every CA of this machine.
   * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_FAILED`, `PMX_CA_UNREADABLE`
   */
  async inspect(): Promise<{ der: Buffer; verification: string | undefined }> {
    const started = performance.now();
    const socket = await this.#handshake(await this.#stores.at(-1)!(), started);
    const { raw } = socket.getPeerCertificate() as Partial<PeerCertificate>;
    const verification = socket.authorized ? undefined : verificationCode(socket);
    socket.destroy();
    if (raw) return { der: raw, verification };
    throw unreachable(this.#address, new Error('no certificate'));
  }

  /** Gives up connections that are being made. */
  close(): void {
    for (const socket of this.#pending) socket.destroy(new Error('closed'));
  }

  /** @param started when connecting began: another try with more CAs gets no time of its own */
  async #handshake(secureContext: SecureContext, started: number): Promise<TLSSocket> {
    const { host, port } = this.#address;
    const left = (): number =>
      Math.max(1, Math.ceil(this.#timeout - (performance.now() - started)));
    const tunnel =
      this.#proxy === undefined
        ? undefined
        : await openTunnel(this.#proxy, this.#address, AbortSignal.timeout(left()));
    const socket = connect({
      ...(tunnel ? { socket: tunnel } : { host, port }),
      secureContext,
      // Node takes the name to check from here, also where the socket is given.
      ...(tunnel && { host }),
      // Judged by judgeServer, which can say more than an exception out of OpenSSL.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 && { servername: host }),
    });
    this.#pending.add(socket);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(
          () => reject(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' })),
          left(),
        );
        // Stays on for the socket's life: an error between two listeners would end the process.
        socket.on('error', reject);
        socket.once('close', () =>
          reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })),
        );
        socket.once('secureConnect', resolve);
      });
      return socket;
    } catch (error) {
      socket.destroy();
      throw unreachable(this.#address, error);
    } finally {
      clearTimeout(timer);
      this.#pending.delete(socket);
    }
  }
}

/**
 * Cheapest first: to load every CA of the machine costs more than a request, and a server whose
 * CA is in the file (or in Node's own list) never needs it.
 */
function trustStores(trust: TlsTrust): Array<() => Promise<SecureContext>> {
  // With a pin or --insecure the chain does not matter, so no CA is loaded at all.
  if (trust.fingerprint !== undefined || trust.insecure === true) {
    return [memo(async () => createSecureContext({ ca: [] }))];
  }
  const { caFile } = trust;
  const fromFile = caFile === undefined ? undefined : memo(() => readCa(caFile));
  const everything = memo(async () =>
    createSecureContext({
      ca: [
        ...getCACertificates('default'),
        ...getCACertificates('system'),
        ...(fromFile ? [await fromFile()] : []),
      ],
    }),
  );
  const cheap = memo(async () => createSecureContext(fromFile ? { ca: await fromFile() } : {}));
  return [cheap, everything];
}

function memo<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function readCa(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    if (!pem.includes('-----BEGIN CERTIFICATE-----'))
      throw new Error('it holds no PEM certificate');
    createSecureContext({ ca: pem });
    return pem;
  } catch (error) {
    throw new SurroundingsError({
      code: 'PMX_CA_UNREADABLE',
      message: `The CA file ${file} cannot be used: ${(error as Error).message}.`,
      hints: ['It must be PEM, like /etc/pve/pve-root-ca.pem of a node.'],
      data: { file },
      cause: error,
    });
  }
}

/** Types say Error, Node (22, 24, 26) gives the code as a string. */
function verificationCode(socket: TLSSocket): string {
  const error: unknown = socket.authorizationError;
  if (typeof error === 'string') return error;
  return (Object(error) as { code?: string }).code ?? 'not verified';
}

function describe(certificate: PeerCertificate): SeenCertificate {
  const { fingerprint256, subject, issuer, valid_from, valid_to } =
    certificate as Partial<PeerCertificate>;
  return {
    fingerprint: fingerprint256 ?? '',
    subject: first(subject?.CN),
    issuer: first(issuer?.CN),
    validFrom: valid_from ?? '',
    validTo: valid_to ?? '',
  };
}

function first(name: string | string[] | undefined): string {
  return (Array.isArray(name) ? name[0] : name) ?? '';
}
