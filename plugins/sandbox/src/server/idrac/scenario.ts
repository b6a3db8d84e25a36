/** The certificates that personas are born with. */
import type { KeyObject } from 'node:crypto';
import type { FactoryCertificate } from './generations.js';
import type { CertificateKind } from './options.js';
import { keyPem, makeCertificate, makeKey } from './x509.js';
import type { DistinguishedName } from './x509.js';

/** What a TLS server needs. A PKCS#12 file stays closed: only OpenSSL looks into it. */
export type Material =
  { cert: string; key: string } | { cert: string; pfx: Buffer; passphrase: string };

export interface Birth {
  material: Material;
  /** PEM of what a client has to trust. */
  authority: string;
}

const DAY = 24 * 60 * 60 * 1000;
const YEAR = 365 * DAY;
/** Far enough that no clock shift of a few months hides it. */
const FAR = 400 * DAY;

const LAB: DistinguishedName = { organization: 'pmx sandbox', commonName: 'pmx sandbox lab CA' };
let lab: Promise<{ subject: DistinguishedName; key: KeyObject; cert: string }> | undefined;

/** The authority of an imagined company; one for all personas of this process. */
function labAuthority(): NonNullable<typeof lab> {
  lab ??= makeKey(2048).then((key) => ({
    subject: LAB,
    key,
    cert: makeCertificate({
      subject: LAB,
      key,
      // Older than any leaf below: only the leaf may be the reason for a refusal.
      notBefore: new Date(Date.UTC(2000, 0, 1)),
      notAfter: new Date(Date.now() + 30 * YEAR),
      digest: 'sha256',
      authority: true,
    }),
  }));
  return lab;
}

/** The firmware's own certificate: begins a day back, ends after full years and a day. */
export async function factoryMaterial(
  factory: FactoryCertificate,
  now: Date,
  notAfter?: Date,
): Promise<Material> {
  const key = await makeKey(factory.bits);
  const last = notAfter ?? addYears(now, factory.years);
  const cert = makeCertificate({
    subject: factory.subject,
    key,
    notBefore: new Date(addYears(last, -factory.years).getTime() - DAY),
    notAfter: last,
    digest: factory.digest,
  });
  return { cert, key: keyPem(key) };
}

function addYears(date: Date, years: number): Date {
  const moved = new Date(date);
  moved.setUTCFullYear(moved.getUTCFullYear() + years);
  return moved;
}

/** Makes the certificate a persona starts with; `now` is true time, not the iDRAC's. */
export async function birthCertificate(
  kind: CertificateKind | undefined,
  factory: FactoryCertificate,
  serviceTag: string,
  now: Date = new Date(),
): Promise<Birth> {
  if (kind === undefined || kind === 'self-signed-expired') {
    const end = kind === undefined ? undefined : new Date(now.getTime() - FAR);
    const material = await factoryMaterial(factory, now, end);
    return { material, authority: material.cert };
  }
  const host = kind === 'wrong-name' ? 'idrac-ELSEWHERE.example.com' : `idrac-${serviceTag}`;
  const subject: DistinguishedName = { organization: 'pmx sandbox', commonName: host };
  const names = kind === 'wrong-name' ? [host] : [host, 'localhost', '127.0.0.1'];
  const span = factory.years * YEAR;
  let notBefore = new Date(now.getTime() - DAY);
  if (kind === 'expired') notBefore = new Date(now.getTime() - FAR - span);
  if (kind === 'not-yet-valid') notBefore = new Date(now.getTime() + FAR);
  const key = await makeKey(kind === 'weak-1024' ? 1024 : 2048);
  // OpenSSL never checks the digest of a trusted self-signed certificate: SHA-1 needs an issuer.
  const issuer = kind === 'weak-1024' ? undefined : await labAuthority();
  const cert = makeCertificate({
    subject,
    key,
    ...(issuer ? { issuer } : {}),
    notBefore,
    notAfter: new Date(notBefore.getTime() + span),
    digest: kind === 'weak-sha1' ? 'sha1' : 'sha256',
    names,
  });
  return { material: { cert, key: keyPem(key) }, authority: issuer?.cert ?? cert };
}
