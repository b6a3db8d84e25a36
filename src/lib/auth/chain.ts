import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  connect,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';

import { weaknesses } from './certificate.js';
import type { Address } from './trust.js';
import { reasonOf, unreachable } from './unreachable.js';

export interface ChainLink {
  subject: string;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Of key or signature: "has a weak key (RSA with 1024 bits)". */
  weaknesses: string[];
}

export interface ServerChain {
  /** Leaf first, as far as the server sends it. */
  chain: ChainLink[];
  /** `TLSv1.2` */
  protocol: string;
  /** Why today's clients do not even finish the handshake, whatever the date. */
  obstacle: string | undefined;
}

/** Everything that this OpenSSL can still be talked into, for looking and for nothing else. */
const lenient: ConnectionOptions = {
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
  // SSL_OP_LEGACY_SERVER_CONNECT: servers without RFC 5746.
  secureOptions: 4,
};

/**
 * Looks at a server's certificates without trusting them, and sends nothing. First as today's clients
 * do, then as old ones did: what only the second one can open is out of reach by more than its date.
 * @throws SurroundingsError `PMX_UNREACHABLE`, `PMX_TLS_FAILED`
 */
export async function readChain(address: Address, timeout: number): Promise<ServerChain> {
  try {
    return { ...(await look(address, timeout, {})), obstacle: undefined };
  } catch (error) {
    const reason = reasonOf(error);
    if (!/^(EPROTO|ECONNRESET|ERR_SSL_)/.test(reason)) throw unreachable(address, error);
    const seen = await look(address, timeout, lenient).catch(() => undefined);
    if (!seen) throw unreachable(address, error);
    return {
      ...seen,
      obstacle: `it speaks ${seen.protocol} in a way that is refused today (${reason})`,
    };
  }
}

async function look(
  { host, port }: Address,
  timeout: number,
  options: ConnectionOptions,
): Promise<Omit<ServerChain, 'obstacle'>> {
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: false,
    ...options,
  });
  try {
    await secured(socket, timeout);
    return {
      chain: links(socket.getPeerCertificate(true)),
      protocol: socket.getProtocol() ?? 'TLS',
    };
  } finally {
    socket.destroy();
  }
}

function secured(socket: TLSSocket, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(timeout, () =>
      socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })),
    );
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

function links(leaf: DetailedPeerCertificate): ChainLink[] {
  const found: ChainLink[] = [];
  const seen = new Set<string>();
  for (
    let each: DetailedPeerCertificate | undefined = leaf;
    each?.raw && !seen.has(each.fingerprint256);
    each = each.issuerCertificate
  ) {
    seen.add(each.fingerprint256);
    const certificate = new X509Certificate(each.raw);
    found.push({
      subject: /^CN=(.*)$/m.exec(certificate.subject ?? '')?.[1] ?? '',
      from: certificate.validFromDate.getTime(),
      to: certificate.validToDate.getTime(),
      weaknesses: weaknesses(certificate),
    });
  }
  return found;
}
