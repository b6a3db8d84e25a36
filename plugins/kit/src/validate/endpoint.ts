import { invalid } from './invalid.js';

const defaultPort = 8006;

/**
 * `pve1`, `pve1:8006`, `https://pve1:8006/prefix` → origin and path without a trailing slash.
 * @throws RequestError `PMX_INVALID_ENDPOINT`
 */
export function parseEndpoint(value: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(value) ? value : `https://${value}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (
    !url ||
    url.protocol !== 'https:' ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw invalid(
      'PMX_INVALID_ENDPOINT',
      'Endpoint',
      // A password in a URL must not be repeated in an error.
      value.replace(/^([^/]*\/\/)?.*@/, '$1'),
      'it must be a host, host:port or https:// URL without user and query',
      'For example: --host pve1.example.org:8006',
    );
  }
  const explicitPort = url.port !== '' || /:443(\/|$)/.test(withScheme.slice('https://'.length));
  const port = url.port === '' ? (explicitPort ? 443 : defaultPort) : Number(url.port);
  return `https://${url.hostname}:${port}${url.pathname.replace(/\/+$/, '')}`;
}

/** @throws RequestError `PMX_INVALID_TOKEN_ID` */
export function parseTokenId(value: string): string {
  if (!/^[^\s:/]+@[a-z][\w.-]+![a-z][\w.-]+$/i.test(value)) {
    throw invalid(
      'PMX_INVALID_TOKEN_ID',
      'Token id',
      value.includes('=') ? value.slice(0, value.indexOf('=')) : value,
      'it must look like user@realm!name, without the secret',
      'For example: --token-id root@pam!pmx',
    );
  }
  return value;
}

/**
 * SHA-256 of a certificate, with or without colons → `AA:BB:…`.
 * @throws RequestError `PMX_INVALID_FINGERPRINT`
 */
export function parseFingerprint(value: string): string {
  const hex = value.replaceAll(':', '').toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) {
    throw invalid(
      'PMX_INVALID_FINGERPRINT',
      'Fingerprint',
      value,
      'it must be a SHA-256 of 32 bytes in hex',
      'Read it on the node: openssl x509 -in /etc/pve/local/pve-ssl.pem -noout -fingerprint -sha256',
    );
  }
  return hex.match(/../g)!.join(':');
}

/** @throws RequestError `PMX_INVALID_CONTEXT_NAME` */
export function parseContextName(value: string): string {
  if (!/^[a-z0-9][\w.-]{0,62}$/i.test(value)) {
    throw invalid(
      'PMX_INVALID_CONTEXT_NAME',
      'Context name',
      value,
      'it must begin with a letter or digit and go on with letters, digits, . _ or -',
      'For example: pmx context add lab --host pve1.example.org',
    );
  }
  return value;
}
