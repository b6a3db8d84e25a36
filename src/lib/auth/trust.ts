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
        `If the certificate was renewed on purpose, pin the new one: ${pinCommand(address, trust, fingerprint)}`,
        'Each node of a cluster has a certificate of its own: for several endpoints trust the CA of the cluster instead (--ca-cert).',
        'If not, somebody may be sitting between you and the server.',
      ],
      data: { ...data, pinned },
    });
  }
  if (trust.insecure === true || verification === undefined) return undefined;
  const pin = `Or pin exactly this certificate, after comparing it on the node: ${pinCommand(address, trust, fingerprint)}`;
  if (verification === 'CERT_HAS_EXPIRED' || verification === 'CERT_NOT_YET_VALID') {
    const state =
      verification === 'CERT_HAS_EXPIRED'
        ? `expired on ${certificate.validTo}`
        : `is not valid before ${certificate.validFrom}`;
    return new SurroundingsError({
      code: 'PMX_TLS_EXPIRED',
      message: `The certificate of ${at} ${state}.`,
      hints: [
        `The clock of this machine says ${new Date().toUTCString()}. If that is wrong, set it; if not, on the node: pvecm updatecerts --force`,
        pin,
      ],
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
    message: `The certificate of ${at} ${whySuspicious(verification)} (${verification}). Its SHA-256 is ${fingerprint}.`,
    hints: [
      `Compare it on the node (openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256), then pin it: ${pinCommand(address, trust, fingerprint)}`,
      'Or trust the cluster CA: copy /etc/pve/pve-root-ca.pem from the node and use --ca-cert.',
    ],
    data: { ...data, subject: certificate.subject, issuer: certificate.issuer, verification },
  });
}

/** What to type to trust this certificate from now on. */
function pinCommand({ host, port }: Address, { context }: TlsTrust, fingerprint: string): string {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return context === undefined
    ? `pmx login --host ${where} --fingerprint ${fingerprint} (in CI: PMX_FINGERPRINT=${fingerprint})`
    : `pmx login ${context} --fingerprint ${fingerprint}`;
}

/** OpenSSL's verdict on a chain, in words. */
export function whySuspicious(verification: string): string {
  if (verification === 'DEPTH_ZERO_SELF_SIGNED_CERT') return 'is self-signed';
  if (verification === 'SELF_SIGNED_CERT_IN_CHAIN')
    return 'comes from a CA that this machine does not know';
  // Fresh from the installer: signed by the cluster's CA, which the node does not send along.
  if (/^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/.test(verification))
    return 'is not signed by a CA that this machine trusts, as that of a fresh Proxmox VE is not';
  if (/KEY_TOO_SMALL|MD_TOO_WEAK/.test(verification)) return 'is too weak to be trusted';
  return 'is not signed by a CA that this machine trusts';
}
