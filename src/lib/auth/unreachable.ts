import { type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { Address } from './trust.js';

interface Reason {
  text: (at: string, host: string) => string;
  hints: string[];
}

const proxyHint = 'On the node: systemctl status pveproxy';

const reasons: Record<string, Reason> = {
  ECONNREFUSED: {
    text: (at) => `Nothing listens at ${at} (connection refused).`,
    hints: ['Check host and port; Proxmox VE listens on 8006.', proxyHint],
  },
  ENOTFOUND: {
    text: (_, host) => `The name ${host} is not known.`,
    hints: ['Check the spelling of the host, and DNS or /etc/hosts.'],
  },
  EAI_AGAIN: {
    text: (_, host) => `The name ${host} could not be looked up: the name server does not answer.`,
    hints: ['Check the network and /etc/resolv.conf.'],
  },
  EHOSTUNREACH: {
    text: (at) => `There is no route to ${at}.`,
    hints: ['Check the network, the VPN and the firewall.'],
  },
  ENETUNREACH: {
    text: (at) => `There is no route to the network of ${at}.`,
    hints: ['Check the network, the VPN and the firewall.'],
  },
  ETIMEDOUT: {
    text: (at) => `${at} did not answer in time.`,
    hints: ['Check host, port, VPN and firewall: a dropped packet looks like this.', proxyHint],
  },
  ECONNRESET: {
    text: (at) => `${at} closed the connection.`,
    hints: ['Try again.', proxyHint],
  },
};

/** The first bytes of the answer are no TLS record. */
const plainTextCodes = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** OpenSSL and Node name TLS failures like this. */
const tlsCode = /^(EPROTO|ERR_SSL_|ERR_TLS_)/;

/**
 * The connection did not come about: no byte of a request was sent.
 *
 * @returns SurroundingsError `PMX_UNREACHABLE`, or `PMX_TLS_FAILED` when the handshake broke off
 */
export function unreachable(address: Address, error: unknown): PmxError {
  const at = `${address.host}:${address.port}`;
  const reason = reasonOf(error);
  const cause = plainCause(error);
  if (plainTextCodes.has(reason)) {
    return new SurroundingsError({
      code: 'PMX_TLS_FAILED',
      message: `${at} answers, but without TLS: plain HTTP, or another service (${reason}).`,
      hints: [
        'Check the port: Proxmox VE speaks https on 8006.',
        'A proxy in front of it has to speak https as well: pmx sends no secret in the clear.',
      ],
      data: { ...address, reason },
      cause,
    });
  }
  if (tlsCode.test(reason)) {
    return new SurroundingsError({
      code: 'PMX_TLS_FAILED',
      message: `${at} does not speak TLS as it should (${reason}).`,
      hints: ['Check the port; Proxmox VE listens with https on 8006.'],
      data: { ...address, reason },
      cause,
    });
  }
  const known = reasons[reason];
  return new SurroundingsError({
    code: 'PMX_UNREACHABLE',
    message: known ? known.text(at, address.host) : `${at} cannot be reached (${reason}).`,
    hints: [...productHint(address), ...(known?.hints ?? ['Check host, port and network.'])],
    data: { ...address, reason },
    cause,
  });
}

/** Other products of the same house, told by their ports. */
function productHint({ port }: Address): string[] {
  return port === 8007 ? ['8007 is the port of Proxmox Backup Server; Proxmox VE has 8006.'] : [];
}

/** Code of a network error: `ECONNREFUSED`. With several addresses tried: that of the first. */
export function reasonOf(error: unknown): string {
  const { code, errors, message } = Object(error) as {
    code?: unknown;
    errors?: unknown;
    message?: unknown;
  };
  if (typeof code === 'string' && code !== '') return code;
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  return typeof message === 'string' && message !== '' ? message : 'unknown reason';
}

/**
 * An error without baggage: got's errors carry options and headers, so the secret too. Only code
 * and message go on.
 */
export function plainCause(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const plain = new Error(message);
  const code = (Object(error) as { code?: unknown }).code;
  return typeof code === 'string' ? Object.assign(plain, { code }) : plain;
}
