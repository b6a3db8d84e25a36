import { createHash, X509Certificate } from 'node:crypto';

import { signatureDigest } from './der.js';
import type { CertificateFacts } from './types.js';

const day = 86_400_000;

/** Subjects of certificates that Dell's firmware makes by itself. */
const factory = /iDRAC\d? default certificate|^CN=iDRACdefault|CN=idrac-SVCTAG$/im;
const factoryUnits = /^OU=(?:iDRAC Group|Remote Access Group)$/m;

/** `C=US\nO=Dell Inc.\nCN=x` → `CN=x, O=Dell Inc., C=US`. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').reverse().join(', ');
}

function namesIn(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
}

/** @throws when the bytes are no certificate */
export function certificateFacts(der: Buffer, now: number): CertificateFacts {
  const certificate = new X509Certificate(der);
  // Each look at it makes another key object.
  const { publicKey } = certificate;
  const { asymmetricKeyType: keyType, asymmetricKeyDetails: details } = publicKey;
  const notAfter = Date.parse(certificate.validTo);
  const selfSigned = certificate.subject === certificate.issuer && certificate.verify(publicKey);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: new Date(Date.parse(certificate.validFrom)).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    daysLeft: Math.floor((notAfter - now) / day),
    keyType: keyType ?? 'unknown',
    keyBits: details?.modulusLength ?? curveBits(details?.namedCurve),
    sigAlg: signatureDigest(der),
    selfSigned,
    defaultCert:
      factory.test(certificate.subject) || (selfSigned && factoryUnits.test(certificate.subject)),
    san: namesIn(certificate),
    sha256: certificate.fingerprint256,
    keySha256: createHash('sha256').update(spki).digest('hex'),
  };
}

function curveBits(curve: string | undefined): number | null {
  const bits = /(\d{3})/.exec(curve ?? '')?.[1];
  return bits === undefined ? null : Number(bits);
}

/** Is the certificate for this name? Of addresses nobody expects it. */
export function isForName(facts: CertificateFacts, host: string): boolean {
  const common = /(?:^|, )CN=([^,]+)/.exec(facts.subject)?.[1];
  const names = facts.san.length > 0 ? facts.san : common === undefined ? [] : [common];
  const wanted = host.toLowerCase();
  return names.some((name) => {
    const pattern = name.toLowerCase();
    if (!pattern.startsWith('*.')) return pattern === wanted;
    return wanted.includes('.') && wanted.slice(wanted.indexOf('.')) === pattern.slice(1);
  });
}

export function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
