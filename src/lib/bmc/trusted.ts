import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

import { notReached, notTrusted, tooOld } from './errors.js';
import { type Manner, type Shaken, type ShakeOptions, shakeHands } from './handshake.js';
import { ProbeError } from './socket.js';
import type { BmcTarget } from './types.js';

/** What makes a certificate good enough for a password. */
export interface Trust {
  /** SHA-256: the only thing that counts when there is one. */
  fingerprints: Set<string>;
  /** PEM of an authority beside the system's. */
  authority?: string | undefined;
  insecure: boolean;
  legacyTls: boolean;
}

export interface Reached {
  socket: TLSSocket;
  address: string | null;
  /** DER, leaf first. */
  chain: Buffer[];
  accepted: boolean;
  /** From here on nothing but this certificate counts. @throws SurroundingsError `PMX_BMC_UNTRUSTED`, `PMX_BMC_TLS_TOO_OLD` */
  require(): void;
}

interface Met {
  shaken: Shaken;
  /** Why today's clients would not talk over it; undefined: they would. */
  reason: string | undefined;
}

/** @throws SurroundingsError `PMX_BMC_UNREACHABLE` */
export async function connectTrusted(
  target: BmcTarget,
  trust: Trust,
  options: ShakeOptions,
): Promise<Reached> {
  const { shaken, reason } = await meet(target, trust, options);
  const { socket, address, chain, trusted } = shaken;
  const shown = chain[0] === undefined ? '' : new X509Certificate(chain[0]).fingerprint256;
  const pinned = trust.fingerprints.size > 0;
  // What was let in for reading says nothing about who is there.
  const vouched = trust.insecure || (trusted && reason === undefined);
  const accepted =
    (pinned ? trust.fingerprints.has(shown) : vouched) && (reason === undefined || trust.legacyTls);
  return {
    socket,
    address,
    chain,
    accepted,
    require() {
      if (reason !== undefined && !trust.legacyTls) throw tooOld(target, reason);
      if (!accepted) throw notTrusted(target, shown, pinned);
      trust.fingerprints.add(shown);
    },
  };
}

async function meet(target: BmcTarget, trust: Trust, options: ShakeOptions): Promise<Met> {
  const shake = (manner: Manner): Promise<Shaken> =>
    shakeHands(target, manner, { ...options, authority: trust.authority });
  try {
    return { shaken: await shake('strict'), reason: undefined };
  } catch (error) {
    if (!(error instanceof ProbeError) || error.stage !== 'tls' || unrelated.has(error.code))
      throw error instanceof ProbeError ? notReached(target, error) : error;
    try {
      return { shaken: await shake('relaxed'), reason: error.message };
    } catch (second) {
      throw second instanceof ProbeError ? tooOld(target, second.message) : second;
    }
  }
}

const unrelated = new Set(['NOT_TLS', 'TLS_TIMEOUT', 'TLS_CLOSED']);
