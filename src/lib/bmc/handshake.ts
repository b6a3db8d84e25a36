import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type SecureContextOptions,
  type TLSSocket,
} from 'node:tls';

import { openSocket, ProbeError, serverName } from './socket.js';
import type { BmcTarget } from './types.js';

/** SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746. */
const legacyServerConnect = 4;

export type Manner = 'strict' | 'relaxed';

/**
 * `relaxed` is for reading only: it lets in what nobody should send a password over.
 * Both let the handshake end whoever signed; whether the chain is trusted is looked at afterwards.
 */
const manners: Readonly<Record<Manner, SecureContextOptions>> = {
  // Level 1 is the default of Node 22, and lets in keys that browsers and newer Nodes refuse.
  strict: { minVersion: 'TLSv1.2', ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=2` },
  relaxed: {
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
    secureOptions: legacyServerConnect,
  },
};

const contexts = new Map<Manner, SecureContext>();

/** Made once: it holds all authorities that this machine trusts. */
function contextOf(manner: Manner): SecureContext {
  const known = contexts.get(manner) ?? createSecureContext(manners[manner]);
  contexts.set(manner, known);
  return known;
}

function contextWith(manner: Manner, authority: string): SecureContext {
  const context = createSecureContext(manners[manner]);
  context.context.addCACert(authority);
  return context;
}

export interface Shaken {
  socket: TLSSocket;
  address: string | null;
  version: string;
  suite: string;
  trusted: boolean;
  /** DER, leaf first. */
  chain: Buffer[];
}

/** Every certificate once: a self-signed one is its own issuer. */
function chainOf(leaf: X509Certificate | undefined): Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  for (let at = leaf; at && !seen.has(at.fingerprint256); at = at.issuerCertificate) {
    seen.add(at.fingerprint256);
    chain.push(at.raw);
  }
  return chain;
}

function tlsError(error: NodeJS.ErrnoException): ProbeError {
  const code = error.code ?? 'TLS_FAILED';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return new ProbeError('tls', 'NOT_TLS', 'what answers is not TLS');
  if (code === 'ECONNRESET')
    return new ProbeError('tls', 'TLS_CLOSED', 'the server ended the connection');
  const reason = /:([^:]+):[^:]*:\d*:?(?:SSL alert number \d+)?\s*$/.exec(error.message)?.[1];
  return new ProbeError('tls', code, reason ?? error.message);
}

export interface ShakeOptions {
  connectMillis: number;
  tlsMillis: number;
  signal: AbortSignal;
  /** PEM of an authority to trust beside those of this machine. */
  authority?: string | undefined;
}

/** Connects and shakes hands; the socket is the caller's to close. */
export async function shakeHands(
  target: BmcTarget,
  manner: Manner,
  { connectMillis, tlsMillis, signal, authority }: ShakeOptions,
): Promise<Shaken> {
  const plain: Socket = await openSocket(target, connectMillis, signal);
  const name = serverName(target.host);
  return new Promise((resolve, reject) => {
    const socket = connect({
      secureContext: authority === undefined ? contextOf(manner) : contextWith(manner, authority),
      socket: plain,
      // Said on purpose: the environment of the user could say otherwise.
      rejectUnauthorized: false,
      ...(name === undefined ? { host: target.host } : { servername: name }),
    });
    const timer = setTimeout(
      () =>
        fail(new ProbeError('tls', 'TLS_TIMEOUT', `no TLS answer within ${tlsMillis / 1000} s`)),
      tlsMillis,
    );
    const abort = (): void =>
      fail(new ProbeError('deadline', 'ABORTED', 'the time for this host or the run is over'));
    const closed = (): void =>
      fail(new ProbeError('tls', 'TLS_CLOSED', 'the server ended the connection'));
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.off('close', closed);
    };
    const fail = (error: ProbeError): void => {
      settle();
      socket.destroy();
      plain.destroy();
      reject(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket
      .on('error', (error) => fail(tlsError(error)))
      .once('close', closed)
      .once('secureConnect', () => {
        settle();
        resolve({
          socket,
          address: plain.remoteAddress ?? null,
          version: socket.getProtocol() ?? '',
          suite: socket.getCipher().standardName,
          trusted: socket.authorized,
          // The older getPeerCertificate takes every certificate apart, which costs more than the handshake.
          chain: chainOf(socket.getPeerX509Certificate()),
        });
      });
  });
}
