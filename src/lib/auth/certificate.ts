import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

import type { CertificateReport } from '@pmx-cli/kit';

import { type Address, whySuspicious } from './trust.js';

/** RSA keys below this are no longer accepted by common libraries. */
const minRsaBits = 2048;

/** Object identifiers of signatures that can be forged, as they stand in a certificate. */
const weakSignatures: ReadonlyArray<[name: string, oid: string]> = [
  ['MD5', '2a864886f70d010104'],
  ['SHA-1', '2a864886f70d010105'],
  ['SHA-1', '2a8648ce3d0401'],
];

/** Codes that say nothing about who signed; they are told in words of their own. */
const otherCodes = /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/**
 * Everything that is wrong with a certificate, not only what a handshake stumbles over first.
 *
 * @param verification code of the failed chain or name check, undefined when it went well
 */
export function judgeCertificate(
  der: Buffer,
  address: Address,
  verification: string | undefined,
  now: Date = new Date(),
): CertificateReport {
  const certificate = new X509Certificate(der);
  const { validFromDate: from, validToDate: to } = certificate;
  const problems: string[] = [];
  if (certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey))
    problems.push('is self-signed');
  else if (verification !== undefined && !otherCodes.test(verification))
    problems.push(whySuspicious(verification));
  if (to < now) problems.push(`expired on ${day(to)}`);
  if (from > now)
    problems.push(
      `is not valid before ${day(from)} (this machine's clock says ${now.toISOString()})`,
    );
  if (!isFor(certificate, address.host))
    problems.push(`was issued for ${namesOf(certificate)}, not for ${address.host}`);
  problems.push(...weaknesses(certificate));
  return {
    fingerprint: certificate.fingerprint256,
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    validFrom: from.toISOString(),
    validTo: to.toISOString(),
    trusted: verification === undefined,
    problems,
  };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function isFor(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
}

function namesOf(certificate: X509Certificate): string {
  const names = (certificate.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  return names.join(', ') || commonName(certificate.subject) || 'no name';
}

/** "has a weak key (RSA with 1024 bits)": what a date does not mend. */
export function weaknesses(certificate: X509Certificate): string[] {
  const found: string[] = [];
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
  const bits = details?.modulusLength;
  if (type === 'rsa' && bits !== undefined && bits < minRsaBits)
    found.push(`has a weak key (RSA with ${bits} bits)`);
  const weak = weakSignatures.find(([, oid]) => certificate.raw.includes(Buffer.from(oid, 'hex')));
  if (weak) found.push(`has a weak signature (${weak[0]})`);
  return found;
}

/** Lines of `CN=…`. */
function commonName(distinguished: string): string {
  return /^CN=(.*)$/m.exec(distinguished ?? '')?.[1] ?? '';
}
