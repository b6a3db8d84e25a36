import { type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { TlsTrust } from './credentials.js';

export interface Address {
  /** Name or IP address, IPv6 without brackets. */
  host: string;
  port: number;
}

/** The server's certificate, as far as people and pins care. */
export interface SeenCertificate {
  /** SHA-256 of the DER form, `AA:BB:…`. */
  fingerprint: string;
  /** Common names, empty when the certificate has none. */
  subject: string;
  issuer: string;
  /** As the certificate says it: `Nov 20 11:00:00 2026 GMT`. */
  validFrom: string;
  validTo: string;
}

/** `https://host:port[/prefix]` → what to connect to. */
export function addressOf(endpoint: string): Address {
  const { hostname, port } = new URL(endpoint);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? 443 : Number(port) };
}

/**
 * The one place that decides whether a server may be talked to.
 *
 * @param verification code of the failed chain or name check, undefined when it went well
 * @returns undefined when the server is trusted, else the SurroundingsError to show:
 *   `PMX_TLS_FINGERPRINT_CHANGED`, `PMX_TLS_EXPIRED`, `PMX_TLS_NAME_MISMATCH` or `PMX_TLS_UNTRUSTED`
 */
export function judgeServer(
  address: Address,
  trust: TlsTrust,
  certificate: SeenCertificate,
  verification: string | undefined,
): PmxError | undefined {
  const at = `${address.host}:${address.port}`;
  const { fingerprint } = certificate;
  const data = { ...address, fingerprint };
  if (trust.fingerprint !== undefined) {
    const pinned = trust.fingerprint.toUpperCase();
    // A missing fingerprint must never equal a pin, whatever the pin looks like.
    if (fingerprint !== '' && fingerprint === pinned) return undefined;
    return new SurroundingsError({
      code: 'PMX_TLS_FINGERPRINT_CHANGED',
      message: `${at} does not show the certificate that was pinned: pinned ${pinned}, seen ${fingerprint || 'none'}. Nothing was sent.`,
      hints: [
        'Compare on the node itself: openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256 (or pveproxy-ssl.pem, where that exists)',
        `If the certificate was renewed on purpose, pin the new one: pmx context add … --fingerprint ${fingerprint}`,
        'If not, somebody may be sitting between you and the server.',
      ],
      data: { ...data, pinned },
    });
  }
  if (trust.insecure === true || verification === undefined) return undefined;
  const pin = `Or pin exactly this certificate, after comparing it on the node: pmx context add … --fingerprint ${fingerprint}`;
  if (verification === 'CERT_HAS_EXPIRED' || verification === 'CERT_NOT_YET_VALID') {
    const state =
      verification === 'CERT_HAS_EXPIRED'
        ? `expired on ${certificate.validTo}`
        : `is not valid before ${certificate.validFrom}`;
    return new SurroundingsError({
      code: 'PMX_TLS_EXPIRED',
      message: `The certificate of ${at} ${state}.`,
      hints: ['Check the clock of this machine. On the node: pvecm updatecerts --force', pin],
      data: { ...data, validFrom: certificate.validFrom, validTo: certificate.validTo },
    });
  }
  if (verification === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new SurroundingsError({
      code: 'PMX_TLS_NAME_MISMATCH',
      message: `The certificate of ${at} is trusted, but was not issued for the name ${address.host} (it is for ${certificate.subject || 'no name'}).`,
      hints: ['Use the name that the certificate was issued for.', pin],
      data: { ...data, subject: certificate.subject },
    });
  }
  return new SurroundingsError({
    code: 'PMX_TLS_UNTRUSTED',
    message: `The certificate of ${at} is not signed by a CA that this machine trusts (${verification}). Its SHA-256 is ${fingerprint}.`,
    hints: [
      `Compare it on the node (openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256), then pin it: pmx context add … --fingerprint ${fingerprint}`,
      'Or trust the cluster CA: copy /etc/pve/pve-root-ca.pem from the node and use --ca-cert.',
    ],
    data: { ...data, subject: certificate.subject, issuer: certificate.issuer, verification },
  });
}
