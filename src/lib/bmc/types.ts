/** What is looked at: a name or address, and the port of its HTTPS server. */
export interface BmcTarget {
  host: string;
  port: number;
}

/** Where a probe came to an end before it had seen everything. */
export interface ProbeFailure {
  stage: 'resolve' | 'connect' | 'tls' | 'http' | 'deadline';
  code: string;
  message: string;
}

export interface CertificateFacts {
  subject: string;
  issuer: string;
  notBefore: string;
  notAfter: string;
  /** Whole days until it ends; negative: days since. */
  daysLeft: number;
  keyType: string;
  keyBits: number | null;
  /** `sha256`, `sha1`, `md5`; the object identifier when it is none of the usual. */
  sigAlg: string;
  selfSigned: boolean;
  /** Made by the firmware itself, for whatever name. */
  defaultCert: boolean;
  san: string[];
  /** SHA-256 of the certificate, `AA:BB:…`. */
  sha256: string;
  /** SHA-256 of the public key: equal on hosts that share a key. */
  keySha256: string;
}

export interface TlsFacts {
  version: string;
  suite: string;
  /** Every version that is spoken, oldest first; null: not asked for (`--deep`). */
  versions: string[] | null;
  /**
   * How it was read: as today's clients do, with old versions and weak keys let in, or by a reader of
   * the handshake alone, since nothing here speaks what the server speaks.
   */
  via: 'strict' | 'relaxed' | 'raw';
  /** Why today's clients end the handshake; null: they do not. */
  refused: string | null;
  /** Does the chain lead to an authority that this machine trusts, for this name, today? */
  trusted: boolean;
}

/** Dates and the like of the first answer over HTTP. */
export interface HttpFacts {
  status: number;
  /** How far the `Date` header is ahead of this machine; null: the server says no time. */
  skewSeconds: number | null;
  hsts: boolean;
  /** The answer to its own name was 400, to its address another one. */
  refusesName: boolean;
}

export type Generation = 6 | 7 | 8 | 9 | 10;

export interface Identity {
  vendor: string | null;
  generation: Generation | null;
  /** What it was told by. */
  generationBy: 'discover' | 'bmc-info' | 'redfish-version' | 'certificate' | null;
  product: string | null;
  model: string | null;
  firmware: string | null;
  serviceTag: string | null;
  mac: string | null;
  redfish: string | null;
  lockdown: boolean | null;
}

/** Everything that can be seen of a host without a login. */
export interface Probe extends BmcTarget {
  /** Address that was connected to. */
  address: string | null;
  failure: ProbeFailure | null;
  tls: TlsFacts | null;
  /** Leaf first; empty when no handshake came so far. */
  chain: CertificateFacts[];
  /** PEM of the chain, leaf first. */
  pem: string[];
  http: HttpFacts | null;
  identity: Identity;
  ms: number;
}

export interface ProbeOptions {
  connectMillis: number;
  tlsMillis: number;
  httpMillis: number;
  /** For all of one host. */
  hostMillis: number;
  /** Which TLS versions are spoken: a connection for each, one after the other. */
  deep: boolean;
  /** false: do not keep the certificates themselves. */
  pem?: boolean;
  /** Ask who it is (Redfish and older pages); else only whether it answers. */
  identify: boolean;
  signal: AbortSignal;
  now: () => number;
}

export const noIdentity: Identity = {
  vendor: null,
  generation: null,
  generationBy: null,
  product: null,
  model: null,
  firmware: null,
  serviceTag: null,
  mac: null,
  redfish: null,
  lockdown: null,
};
