/** What a call needs, as a tree. */
export type Need =
  /** One of these privileges on this path. */
  | { kind: 'privilege'; path: string; oneOf: readonly string[] }
  | { kind: 'all'; of: readonly Need[] }
  | { kind: 'any'; of: readonly Need[] }
  /** Only root@pam, logged in with a password. */
  | { kind: 'root'; what: string }
  /** Anybody but an API token. */
  | { kind: 'ticket'; what: string }
  /** Nobody can tell beforehand. */
  | { kind: 'unknown'; what: string };

export const nothing: Need = { kind: 'all', of: [] };

export function on(path: string, ...oneOf: string[]): Need {
  return { kind: 'privilege', path, oneOf };
}

export function all(...of: Need[]): Need {
  return of.length === 1 ? of[0]! : { kind: 'all', of };
}

export function any(...of: Need[]): Need {
  return of.length === 1 ? of[0]! : { kind: 'any', of };
}

/** Every privilege in it, alternatives flattened. */
export function leaves(need: Need): Array<Extract<Need, { kind: 'privilege' }>> {
  if (need.kind === 'privilege') return [need];
  return 'of' in need ? need.of.flatMap(leaves) : [];
}
