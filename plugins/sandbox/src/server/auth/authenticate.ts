import { PveError } from '../errors.js';
import type { State } from '../state/model.js';
import type { Identity } from './acl.js';
import { tokenMatches } from './secrets.js';
import type { Tickets } from './tickets.js';

export interface Credentials {
  authorization: string | undefined;
  cookie: string | undefined;
  csrf: string | undefined;
}

/** 401 without a body; the server delays it. */
export function unauthorized(reason: string): PveError {
  return new PveError(401, reason, { body: 'none' });
}

/** Finds out who calls. `needsCsrf` is set for writes; a token never needs a CSRF token. */
export function authenticate(
  state: State,
  tickets: Tickets,
  credentials: Credentials,
  needsCsrf: boolean,
): Identity {
  const { authorization } = credentials;
  const token = /^PVEAPIToken[= ](.*)$/.exec(authorization ?? '');
  if (token) return byToken(state, token[1]!);
  const ticket = ticketOf(credentials);
  if (ticket === undefined) throw unauthorized('No ticket');
  const userid = tickets.userOf(ticket);
  if (userid === undefined || !isEnabled(state, userid))
    throw unauthorized('Authentication failed!');
  if (needsCsrf && !tickets.csrfMatches(credentials.csrf ?? '', userid))
    throw unauthorized('Permission denied - invalid csrf token');
  return { id: userid, userid };
}

/** Is there such a user, enabled and not expired? */
export function isEnabled(state: State, userid: string): boolean {
  const user = state.users[userid];
  return user !== undefined && user.enable === 1 && !hasExpired(user.expire);
}

function hasExpired(expire: number): boolean {
  return expire !== 0 && expire * 1000 <= Date.now();
}

function byToken(state: State, text: string): Identity {
  // Only `=` stands between id and secret; PVE refuses the `:` of other products.
  const match = /^([^\s!]+@[^\s!=]+)!([A-Za-z][A-Za-z0-9._-]+)=(\S+)$/.exec(text);
  if (!match) throw unauthorized('Authentication failed!');
  const [, userid, tokenid, secret] = match as unknown as [string, string, string, string];
  const token = state.users[userid]?.tokens[tokenid];
  if (
    !token ||
    !isEnabled(state, userid) ||
    hasExpired(token.expire) ||
    !tokenMatches(secret, token.secret)
  )
    throw unauthorized('Authentication failed!');
  return { id: `${userid}!${tokenid}`, userid, tokenid };
}

function ticketOf({ authorization, cookie }: Credentials): string | undefined {
  const header = /^PVEAuthCookie=(\S+)/.exec(authorization ?? '');
  if (header) return decode(header[1]!);
  for (const part of (cookie ?? '').split(';')) {
    const match = /^\s*PVEAuthCookie=(.*?)\s*$/.exec(part);
    if (match) return decode(match[1]!);
  }
  return undefined;
}

/** A cookie value works raw and percent-encoded; base64's `+` must stay. */
function decode(value: string): string {
  if (!/%[0-9a-fA-F]{2}/.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
