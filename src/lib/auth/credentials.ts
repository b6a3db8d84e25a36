/** How a request proves who sends it. */
export type Credentials =
  | { type: 'token'; tokenId: string; secret: string }
  | { type: 'password'; username: string; password: string }
  /** A login that has happened already, second factor and all; lives two hours. */
  | { type: 'ticket'; username: string; ticket: string; csrfToken: string };

/** The part that nobody may see. */
export function secretOf(credentials: Credentials): string {
  if (credentials.type === 'token') return credentials.secret;
  return credentials.type === 'password' ? credentials.password : credentials.ticket;
}

/** What makes the server's certificate acceptable. */
export interface TlsTrust {
  /** SHA-256 pin, `AA:BB:…`: the only thing that counts when it is there. */
  fingerprint?: string;
  /** PEM file of a CA to trust beside the system's. */
  caFile?: string;
  /** Accept any certificate; warned about on each use. */
  insecure?: boolean;
  /** Name of the context that says so, for what to type next. */
  context?: string;
}
