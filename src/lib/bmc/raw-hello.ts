/**
 * The first flight of TLS up to 1.2 and of SSLv3, by hand: what a server says in clear before any
 * cryptography. It reads certificates of servers that speak nothing that OpenSSL still has.
 */
import { randomBytes } from 'node:crypto';

import { openSocket, ProbeError, serverName } from './socket.js';
import type { BmcTarget } from './types.js';

/** Oldest first, as on the wire. */
export const wireVersions: ReadonlyArray<readonly [name: string, wire: number]> = [
  ['SSLv3', 0x0300],
  ['TLSv1', 0x0301],
  ['TLSv1.1', 0x0302],
  ['TLSv1.2', 0x0303],
];

/** Old and new, RC4, 3DES and export among them: the aim is an answer, not a secret. */
const suites: ReadonlyMap<number, string> = new Map([
  [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
  [0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
  [0xc02c, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  [0x009e, 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256'],
  [0x009f, 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384'],
  [0x009c, 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
  [0x009d, 'TLS_RSA_WITH_AES_256_GCM_SHA384'],
  [0xc013, 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA'],
  [0xc014, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA'],
  [0xc009, 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'],
  [0xc00a, 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA'],
  [0x0033, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA'],
  [0x0039, 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA'],
  [0x003c, 'TLS_RSA_WITH_AES_128_CBC_SHA256'],
  [0x003d, 'TLS_RSA_WITH_AES_256_CBC_SHA256'],
  [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA'],
  [0x0035, 'TLS_RSA_WITH_AES_256_CBC_SHA'],
  [0xc011, 'TLS_ECDHE_RSA_WITH_RC4_128_SHA'],
  [0x0016, 'TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA'],
  [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA'],
  [0x0005, 'TLS_RSA_WITH_RC4_128_SHA'],
  [0x0004, 'TLS_RSA_WITH_RC4_128_MD5'],
  [0x0009, 'TLS_RSA_WITH_DES_CBC_SHA'],
  [0x0003, 'TLS_RSA_EXPORT_WITH_RC4_40_MD5'],
  [0x0008, 'TLS_RSA_EXPORT_WITH_DES40_CBC_SHA'],
]);
/** Says that renegotiation is understood (RFC 5746), to servers that know no extensions. */
const renegotiation = 0x00ff;

const sized = (bytes: 1 | 2 | 3, content: Buffer): Buffer => {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
};
const words = (...values: number[]): Buffer =>
  Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
const extension = (type: number, content: Buffer): Buffer =>
  Buffer.concat([words(type), sized(2, content)]);

function extensions(name: string | undefined): Buffer {
  const curves = words(0x001d, 0x0017, 0x0018, 0x0019);
  const signatures = words(0x0403, 0x0503, 0x0603, 0x0804, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203);
  return sized(
    2,
    Buffer.concat([
      ...(name === undefined
        ? []
        : [extension(0, sized(2, Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(name))])))]),
      extension(10, sized(2, curves)),
      extension(11, Buffer.from([1, 0])),
      extension(13, sized(2, signatures)),
    ]),
  );
}

/** A ClientHello of at most this version. SSLv3 knows no extensions. */
export function clientHello(version: number, name: string | undefined): Buffer {
  const ciphers = Buffer.concat([...suites.keys(), renegotiation].map((suite) => words(suite)));
  const body = Buffer.concat([
    words(version),
    randomBytes(32),
    Buffer.from([0]),
    sized(2, ciphers),
    Buffer.from([1, 0]),
    version === 0x0300 ? Buffer.alloc(0) : extensions(name),
  ]);
  const message = Buffer.concat([Buffer.from([1]), sized(3, body)]);
  // The record says 1.0 to all but SSLv3: old servers refuse more, no server minds.
  return Buffer.concat([
    Buffer.from([22]),
    words(version === 0x0300 ? 0x0300 : 0x0301),
    sized(2, message),
  ]);
}

export interface RawHello {
  version: string;
  suite: string;
  /** DER, leaf first. */
  chain: Buffer[];
}

/** Collects records until the certificates are there. */
export class HelloReader {
  private waiting = Buffer.alloc(0);
  private messages = Buffer.alloc(0);
  private hello: Omit<RawHello, 'chain'> | undefined;

  /**
   * @returns the answer, once it is whole
   * @throws ProbeError when it is no TLS, or a refusal
   */
  push(data: Buffer): RawHello | undefined {
    this.waiting = Buffer.concat([this.waiting, data]);
    for (;;) {
      if (this.waiting.length < 5) return undefined;
      const type = this.waiting[0]!;
      if ((type !== 21 && type !== 22) || this.waiting[1] !== 3)
        throw new ProbeError('tls', 'NOT_TLS', 'what answers is not TLS');
      const end = 5 + this.waiting.readUInt16BE(3);
      if (this.waiting.length < end) return undefined;
      const content = this.waiting.subarray(5, end);
      this.waiting = this.waiting.subarray(end);
      if (type === 21)
        throw new ProbeError('tls', 'TLS_ALERT', `the server refuses TLS (alert ${content[1]})`);
      this.messages = Buffer.concat([this.messages, content]);
      const answer = this.read();
      if (answer) return answer;
    }
  }

  private read(): RawHello | undefined {
    while (this.messages.length >= 4) {
      const type = this.messages[0]!;
      const end = 4 + this.messages.readUIntBE(1, 3);
      if (this.messages.length < end) return undefined;
      const body = this.messages.subarray(4, end);
      this.messages = this.messages.subarray(end);
      if (type === 2) this.hello = serverHello(body);
      if (type === 11 && this.hello) return { ...this.hello, chain: certificates(body) };
      if (type === 14)
        throw new ProbeError('tls', 'NO_CERTIFICATE', 'the server shows no certificate');
    }
    return undefined;
  }
}

function serverHello(body: Buffer): Omit<RawHello, 'chain'> {
  const wire = body.readUInt16BE(0);
  const suite = body.readUInt16BE(35 + body[34]!);
  return {
    version: wireVersions.find(([, number]) => number === wire)?.[0] ?? `0x${wire.toString(16)}`,
    suite: suites.get(suite) ?? `0x${suite.toString(16).padStart(4, '0')}`,
  };
}

function certificates(body: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const end = 3 + body.readUIntBE(0, 3);
  for (let at = 3; at + 3 <= end;) {
    const length = body.readUIntBE(at, 3);
    found.push(body.subarray(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return found;
}

export interface RawOptions {
  connectMillis: number;
  tlsMillis: number;
  signal: AbortSignal;
}

/** Says hello with at most this version and reads what the server answers in clear. */
export async function rawHello(
  target: BmcTarget,
  version: number,
  { connectMillis, tlsMillis, signal }: RawOptions,
): Promise<RawHello> {
  const socket = await openSocket(target, connectMillis, signal);
  try {
    return await new Promise<RawHello>((resolve, reject) => {
      const reader = new HelloReader();
      const late = (): void =>
        reject(new ProbeError('tls', 'TLS_TIMEOUT', `no TLS answer within ${tlsMillis / 1000} s`));
      const timer = setTimeout(late, tlsMillis);
      const abort = (): void =>
        reject(new ProbeError('deadline', 'ABORTED', 'the time for this host or the run is over'));
      signal.addEventListener('abort', abort, { once: true });
      socket
        .once('close', () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          reject(new ProbeError('tls', 'TLS_CLOSED', 'the server ended the connection'));
        })
        .on('error', () => undefined)
        .on('data', (data: Buffer) => {
          try {
            const answer = reader.push(data);
            if (answer) resolve(answer);
          } catch (error) {
            // A length that points outside is no TLS either.
            reject(
              error instanceof ProbeError
                ? error
                : new ProbeError('tls', 'NOT_TLS', 'what answers is not TLS'),
            );
          }
        })
        .write(clientHello(version, serverName(target.host)));
    });
  } finally {
    socket.destroy();
  }
}
