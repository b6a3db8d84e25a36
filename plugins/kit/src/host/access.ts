import type { EndpointIdentity, PveReader } from '../pve/index.js';

/** How to reach a server that no context names yet. */
export interface ServerAddress {
  endpoint: string;
  /** Pinned SHA-256 of the certificate, `AA:BB:…`. */
  fingerprint?: string;
  caFile?: string;
  insecure?: boolean;
  /** `http://host:port` */
  proxy?: string;
  headers?: Record<string, string>;
}

/** A certificate as a person judges it. */
export interface CertificateReport {
  /** SHA-256, `AA:BB:…`. */
  fingerprint: string;
  subject: string;
  issuer: string;
  /** ISO 8601. */
  validFrom: string;
  validTo: string;
  /** This machine, with the CA file if one was given, would accept it as it is. */
  trusted: boolean;
  /** Clauses that say what is wrong: "is self-signed", "expired on …". Empty when nothing is. */
  problems: string[];
}

export interface Realm {
  realm: string;
  type: string;
  comment?: string;
  /** Preselected by the server. */
  default: boolean;
}

/** Who wants in. */
export type Login =
  | { type: 'token'; tokenId: string; secret: string }
  | {
      type: 'password';
      /** With realm. */
      user: string;
      password: string;
      /** Asked for only when the server wants a second factor. */
      otp: () => Promise<string | undefined>;
    };

/** How this run reaches its server; no secret in it. */
export interface AccessFacts {
  /** Undefined when everything came from the environment. */
  context: string | undefined;
  endpoint: string;
  /** Further endpoints of the same cluster. */
  alternatives: readonly string[];
  kind: 'token' | 'password';
  /** `user@realm` or `user@realm!token`. */
  identity: string;
  /** Where the secret came from: `stored: keychain`, `environment: PMX_TOKEN_SECRET`. */
  secretFrom: string;
  trust: 'pinned' | 'ca-file' | 'system' | 'not verified';
  caFile?: string;
  proxy?: string;
}

export interface Access {
  /** Asks nothing of the server. @throws RequestError `PMX_NO_CONTEXT`, `PMX_NO_SECRET` */
  facts(): Promise<AccessFacts>;
  /** What the server shows to anybody; trusts nobody and sends no request. */
  certificate(server: ServerAddress): Promise<CertificateReport>;
  /** Needs no login. */
  realms(server: ServerAddress): Promise<Realm[]>;
  /**
   * From now on this run talks to that server as that identity, instead of the context's.
   * @returns the reading side; steps of plans use the same identity
   */
  enter(server: ServerAddress, login: Login): Promise<PveReader>;
  /** The address that answered, and the milliseconds by which its clock is ahead of this one. */
  answered(): Promise<EndpointIdentity & { clockOffset: number }>;
}
