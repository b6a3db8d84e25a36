import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../state/store.js';
import * as der from './der.js';

export interface Certificate {
  key: string;
  cert: string;
  /** SHA-256 of the certificate, AA:BB:… */
  fingerprint: string;
}

const YEARS = 10;
const DAY = 24 * 60 * 60 * 1000;

/** Reads the server's certificate, or makes a self-signed one the first time. */
export async function openCertificate(
  dataDir: string,
  nodes: readonly string[],
): Promise<Certificate> {
  const keyPath = join(dataDir, 'pve-ssl.key');
  const certPath = join(dataDir, 'pve-ssl.pem');
  try {
    const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(certPath, 'utf8')]);
    return { key, cert, fingerprint: new X509Certificate(cert).fingerprint256 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = makeCertificate(nodes);
  await writeAtomically(keyPath, made.key);
  await writeAtomically(certPath, made.cert);
  return { ...made, fingerprint: new X509Certificate(made.cert).fingerprint256 };
}

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const OID = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  basicConstraints: '2.5.29.19',
  subjectAltName: '2.5.29.17',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

function name(commonName: string): Buffer {
  const part = (type: string, value: string): Buffer =>
    der.set(der.sequence(der.oid(type), der.utf8(value)));
  return der.sequence(
    part(OID.unit, 'PVE Cluster Node'),
    part(OID.organization, 'Proxmox Virtual Environment (pmx sandbox)'),
    part(OID.commonName, commonName),
  );
}

function extensions(nodes: readonly string[]): Buffer {
  const extension = (type: string, critical: boolean, value: Buffer): Buffer =>
    der.sequence(der.oid(type), ...(critical ? [der.yes()] : []), der.octets(value));
  const names = ['localhost', ...nodes].map((host) => der.implicit(2, Buffer.from(host)));
  const address = der.implicit(7, Buffer.from([127, 0, 0, 1]));
  return der.explicit(
    3,
    der.sequence(
      extension(OID.basicConstraints, true, der.sequence()),
      extension(OID.extendedKeyUsage, false, der.sequence(der.oid(OID.serverAuth))),
      extension(OID.subjectAltName, false, der.sequence(address, ...names)),
    ),
  );
}

function makeCertificate(nodes: readonly string[]): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const subject = name(nodes[0] ?? 'pve1');
  const serial = randomBytes(8);
  // A serial number begins with neither a zero byte nor a sign bit.
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))),
    der.integer(serial),
    algorithm,
    subject,
    // A day in the past forgives clocks that differ.
    der.sequence(der.time(new Date(now - DAY)), der.time(new Date(now + YEARS * 365 * DAY))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(nodes),
  );
  const certificate = der.sequence(body, algorithm, der.bits(sign('sha256', body, privateKey)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
