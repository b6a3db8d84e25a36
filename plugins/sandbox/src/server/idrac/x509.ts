/** RSA certificates and certificate requests, made without openssl. */
import { createPublicKey, generateKeyPair, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import * as der from '../http/der.js';

export interface DistinguishedName {
  country?: string;
  state?: string;
  city?: string;
  organization?: string;
  unit?: string;
  commonName: string;
  email?: string;
}

export type Digest = 'sha1' | 'sha256';

export interface CertificateOrder {
  subject: DistinguishedName;
  key: KeyObject;
  /** Left out: signed with its own key. */
  issuer?: { subject: DistinguishedName; key: KeyObject };
  notBefore: Date;
  notAfter: Date;
  digest: Digest;
  /** DNS names and IPv4 addresses; none: no such extension. */
  names?: readonly string[];
  authority?: boolean;
}

const OID = {
  country: '2.5.4.6',
  state: '2.5.4.8',
  city: '2.5.4.7',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  commonName: '2.5.4.3',
  email: '1.2.840.113549.1.9.1',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
  extensionRequest: '1.2.840.113549.1.9.14',
} as const;
const SIGNATURE: Record<Digest, string> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
};
const NULL = Buffer.from([0x05, 0x00]);
const ORDER = [
  'country',
  'state',
  'city',
  'organization',
  'unit',
  'commonName',
  'email',
] as const satisfies readonly (keyof DistinguishedName)[];

const generate = promisify(generateKeyPair);

/** A private key; a certificate's public half comes from it. */
export async function makeKey(bits: number): Promise<KeyObject> {
  return (await generate('rsa', { modulusLength: bits })).privateKey;
}

export function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function pem(label: string, body: Buffer): string {
  const lines = body.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A string type that X.509 wants for this attribute: der.ts has UTF8String only. */
function text(part: keyof DistinguishedName, value: string): Buffer {
  if (part !== 'country' && part !== 'email') return der.utf8(value);
  const content = der.utf8(value);
  content[0] = part === 'country' ? 0x13 : 0x16;
  return content;
}

function name(subject: DistinguishedName): Buffer {
  return der.sequence(
    ...ORDER.flatMap((part) => {
      const value = subject[part];
      return value === undefined || value === ''
        ? []
        : [der.set(der.sequence(der.oid(OID[part]), text(part, value)))];
    }),
  );
}

function extension(type: string, critical: boolean, value: Buffer): Buffer {
  return der.sequence(der.oid(type), ...(critical ? [der.yes()] : []), der.octets(value));
}

function alternativeNames(names: readonly string[]): Buffer {
  const entries = names.map((entry) =>
    isIP(entry) === 4
      ? der.implicit(7, Buffer.from(entry.split('.').map(Number)))
      : der.implicit(2, Buffer.from(entry)),
  );
  return extension(OID.subjectAltName, false, der.sequence(...entries));
}

const algorithmOf = (digest: Digest): Buffer => der.sequence(der.oid(SIGNATURE[digest]), NULL);
const publicHalf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });

function signed(label: string, body: Buffer, digest: Digest, key: KeyObject): string {
  const signature = der.bits(sign(digest, body, key));
  return pem(label, der.sequence(body, algorithmOf(digest), signature));
}

/** Makes a certificate, PEM. */
export function makeCertificate(order: CertificateOrder): string {
  const issuer = order.issuer ?? order;
  const serial = randomBytes(8);
  // A serial number begins with neither a zero byte nor a sign bit.
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const extensions = [
    ...(order.authority ? [extension(OID.basicConstraints, true, der.sequence(der.yes()))] : []),
    ...(order.names?.length ? [alternativeNames(order.names)] : []),
  ];
  const body = der.sequence(
    // Extensions need version 3; without any, version 1 is the default that DER leaves out.
    ...(extensions.length > 0 ? [der.explicit(0, der.integer(Buffer.from([2])))] : []),
    der.integer(serial),
    algorithmOf(order.digest),
    name(issuer.subject),
    der.sequence(der.time(order.notBefore), der.time(order.notAfter)),
    name(order.subject),
    publicHalf(order.key),
    ...(extensions.length > 0 ? [der.explicit(3, der.sequence(...extensions))] : []),
  );
  return signed('CERTIFICATE', body, order.digest, issuer.key);
}

/** Makes a PKCS#10 certificate request, PEM. */
export function makeRequest(
  subject: DistinguishedName,
  names: readonly string[],
  key: KeyObject,
): string {
  const wanted = der.sequence(
    der.oid(OID.extensionRequest),
    der.set(der.sequence(...(names.length > 0 ? [alternativeNames(names)] : []))),
  );
  const body = der.sequence(
    der.integer(Buffer.from([0])),
    name(subject),
    publicHalf(key),
    // `[0] IMPLICIT SET OF`: the tag stands in place of the set's own.
    der.explicit(0, names.length > 0 ? wanted : Buffer.alloc(0)),
  );
  return signed('CERTIFICATE REQUEST', body, 'sha256', key);
}
