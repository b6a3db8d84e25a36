import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { sign, verify, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import * as der from '../dist/server/http/der.js';
import { startPersona } from '../dist/server/idrac/index.js';
import type { PersonaOptions, RunningPersona } from '../dist/server/idrac/index.js';

export const PASSWORD = 'not-calvin-4711';
export const MANAGER = '/redfish/v1/Managers/iDRAC.Embedded.1';

/** Key and self-signed certificate `CN=idrac-from-pkcs12`, passphrase open-sesame, made by openssl for these tests only. */
export const PKCS12 = [
  'MIIEHAIBAzCCA9IGCSqGSIb3DQEHAaCCA8MEggO/MIIDuzCCAnIGCSqGSIb3DQEHBqCCAmMwggJfAgEAMIICWAYJ',
  'KoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjNDKceJwa0bQICCAAwDAYIKoZIhvcNAgkF',
  'ADAdBglghkgBZQMEASoEENrgN8Ea6o2e6+ez+UrwDvmAggHwnQTOwbI4MnwFfFBykFa/WND4NemNgVf0j6eBObEN',
  'kniKxz/UKYTiT5AEfhAcRfNc2rPyGOn0yjC7oWMnDqP3et8hqKZJvmTmq6v5xmAJU2QtuNrxP6iD/7SeSS5IGVvh',
  'zQttJDFAK6LO7o4h43HzZVWI1Qz3nTeT3xu3MPZfNOBnXkvM50d2ip8bdlEqZDb6JpAmzPwWaGO176OZy3eK2Zmo',
  'JNKibMpfySAB/IdResEvrhgdPFc2Dct9guOPxdpoiDmtZjASn2JoC7oxCkewSqrnb7HldR8FtdwxAO2/VHamWOPB',
  'ivR2W0SGwGHLcSk8PzbQNaC74aSPGYmpOqGsxQrlnhyvxEJVaKY5IavOpxjI5PJqd1kmXG0F+QfJQhyaKfew9kwU',
  'yPCI8lKuTON1w3KI1wnm3Rltvh2ly6lqrvLDdhRSqZllefD5xDrHicw57PspTCZV7WzcnSprQbGJFlgKqfghyntg',
  'YidAG1YeK4yyunM2GpLYacWYyBEZLqAA9SEGv02j15Wz+A/ZlITr4Qy9FUBdJhLU1IgYCQYM57N9Q+B/XOVtUAQ1',
  '/sve8fHtT7meOv1QNEovuERoy0RMPfPNADDD0V4nXj8R2oZNyzfst4Y9o8I5bkoMEkuAn0DwqNwy46uA9r5SDXot',
  'yrtzYDCCAUEGCSqGSIb3DQEHAaCCATIEggEuMIIBKjCCASYGCyqGSIb3DQEMCgECoIHvMIHsMFcGCSqGSIb3DQEF',
  'DTBKMCkGCSqGSIb3DQEFDDAcBAicFmick00xdwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEAREvz26',
  'wt3rv4dIRL2mw+AEgZDDILj1wlotRuS+yEaABR5fYvuMfF5vaPkRN6B6Ao537N0h+qlNTll9ieYGZd6BFHP4tXbx',
  '7tuPOEhrGtWlJ+hxk8JMicEJ+wOOSvsfiKQYlF9J0JNIYin8dUb/+8DLu8ihuF3D0mv7ioUWnKQzhfmURb6DJp2F',
  'mSLY5yvBoF2qNaP811mobUq3d+jHAKdoEfsxJTAjBgkqhkiG9w0BCRUxFgQU9YKTNUyHmSKj7ZLJW9j9WVCMauMw',
  'QTAxMA0GCWCGSAFlAwQCAQUABCALHZ73wj5ZoIU/a4w2oMD81TLyWY0hysoE2Pftv1Dr/QQIK0u9jC/RXmICAggA',
].join('');

// The tests look at JSON whose shape is the very thing under test.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: Json;
}

export interface Ask {
  method?: string;
  /** `true`: Basic with the right password; a text: with this one. */
  basic?: true | string;
  headers?: Record<string, string>;
  json?: unknown;
  body?: string;
  tls?: ConnectionOptions;
}

/** What it takes to talk to old firmware at all. */
export const RELAXED: ConnectionOptions = {
  rejectUnauthorized: false,
  minVersion: 'TLSv1',
  ciphers: 'DEFAULT@SECLEVEL=0',
};

export const basic = (password = PASSWORD, user = 'root'): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

/** Sends one request over a connection of its own. */
export function ask(persona: RunningPersona, path: string, options: Ask = {}): Promise<Answer> {
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  return new Promise((resolve, reject) => {
    const sent = request(
      `${persona.url}${path}`,
      {
        agent: new Agent({ keepAlive: false }),
        ...RELAXED,
        ...options.tls,
        method: options.method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(options.basic ? basic(options.basic === true ? PASSWORD : options.basic) : {}),
          ...(options.json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          let json: Json;
          try {
            json = JSON.parse(text);
          } catch {
            json = undefined;
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    sent.on('error', reject).end(body);
  });
}

/** MessageIds of an answer, without the registry in front. */
export function messageIds(answer: Answer): string[] {
  const list =
    answer.json?.error?.['@Message.ExtendedInfo'] ?? answer.json?.['@Message.ExtendedInfo'];
  return list.map((entry: Json) => entry.MessageId.split('.').at(-1));
}

export interface Handshake {
  code: string;
  reason: string;
  protocol: string | null;
  cipher: string;
  fingerprint: string;
}

/** A handshake; `code` is the error's, or that of a certificate that is not trusted. */
export function shake(persona: RunningPersona, options: ConnectionOptions): Promise<Handshake> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: persona.port, ...options });
    const done = (error?: NodeJS.ErrnoException): void => {
      const leaf = socket.getPeerX509Certificate();
      resolve({
        code: error?.code ?? 'OK',
        reason: error?.message ?? '',
        protocol: error ? null : socket.getProtocol(),
        cipher: error ? '' : socket.getCipher().standardName,
        fingerprint: leaf?.fingerprint256 ?? '',
      });
      socket.destroy();
    };
    socket.once('secureConnect', () => done()).on('error', done);
  });
}

/** Runs personas and closes them, whatever happens. */
export class Lab {
  private readonly running: RunningPersona[] = [];

  async start(options: Omit<PersonaOptions, 'password'>): Promise<RunningPersona> {
    const persona = await startPersona({ password: PASSWORD, restartMillis: 60, ...options });
    this.running.push(persona);
    return persona;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((persona) => persona.close()));
  }
}

/** Waits until the persona serves another certificate than `before`; its fingerprint. */
export async function servedAfter(persona: RunningPersona, before: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { fingerprint } = await shake(persona, RELAXED);
    if (fingerprint !== '' && fingerprint !== before) return fingerprint;
    await sleep(20);
  }
  throw new Error('the certificate never changed');
}

interface Part {
  tag: number;
  raw: Buffer;
  content: Buffer;
}

function parts(content: Buffer): Part[] {
  const found: Part[] = [];
  for (let at = 0; at < content.length;) {
    const short = content[at + 1] ?? 0;
    const digits = short < 0x80 ? 0 : short & 0x7f;
    const length = digits === 0 ? short : content.readUIntBE(at + 2, digits);
    const begin = at + 2 + digits;
    found.push({
      tag: content[at] ?? 0,
      raw: content.subarray(at, begin + length),
      content: content.subarray(begin, begin + length),
    });
    at = begin + length;
  }
  return found;
}

export interface Request {
  subject: Buffer;
  publicKey: Buffer;
  /** Is it signed by the key that it asks for? */
  genuine: boolean;
  der: Buffer;
}

/** Reads a PKCS#10 request. */
export function readRequest(pem: string): Request {
  const whole = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  const [info, , signature] = parts(parts(whole)[0]!.content);
  const [, subject, publicKey] = parts(info!.content);
  const key = createPublicKey({ key: publicKey!.raw, format: 'der', type: 'spki' });
  return {
    subject: subject!.raw,
    publicKey: publicKey!.raw,
    genuine: verify('sha256', info!.raw, key, signature!.content.subarray(1)),
    der: whole,
  };
}

/** Grants a request: a certificate of one year, signed by `key`, PEM. */
export function grant(wanted: Request, key: KeyObject): string {
  const algorithm = der.sequence(der.oid('1.2.840.113549.1.1.11'), Buffer.from([5, 0]));
  const day = 24 * 60 * 60 * 1000;
  const body = der.sequence(
    der.integer(Buffer.from([0x21])),
    algorithm,
    der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), der.utf8('Test CA')))),
    der.sequence(der.time(new Date(Date.now() - day)), der.time(new Date(Date.now() + 365 * day))),
    wanted.subject,
    wanted.publicKey,
  );
  const lines = der
    .sequence(body, algorithm, der.bits(sign('sha256', body, key)))
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
