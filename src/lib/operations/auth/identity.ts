import type { AccessFacts, PveReader, Session } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

export interface TokenFacts {
  name: string;
  /** Null where the server does not say: a token may not read about its own kind. */
  privilegeSeparated: boolean | null;
  /** ISO 8601; null for never, or where the server does not say. */
  expires: string | null;
  /** The server told about it. */
  visible: boolean;
}

export interface WhoAmI {
  user: string;
  realm: string;
  token: TokenFacts | null;
  endpoint: string;
  context: string | null;
  secretFrom: string;
  trust: AccessFacts['trust'];
  proxy: string | null;
  version: string;
}

/** Who this is, as the server sees it: the credentials have been tried when this returns. */
export async function whoAmI(session: Pick<Session, 'access' | 'pve'>): Promise<WhoAmI> {
  const facts = await session.access.facts();
  const pve = await session.pve();
  const { version } = await pve.get<{ version: string }>('/version');
  const { host, port } = await session.access.answered();
  const [userId = '', tokenName] = facts.identity.split('!');
  const at = userId.lastIndexOf('@');
  return {
    user: userId,
    realm: userId.slice(at + 1),
    token: tokenName === undefined ? null : await readToken(pve, userId, tokenName),
    endpoint: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    context: facts.context ?? null,
    secretFrom: facts.secretFrom,
    trust: facts.trust,
    proxy: facts.proxy ?? null,
    version,
  };
}

/** A token sees itself only with User.Modify, or without privilege separation. */
export async function readToken(pve: PveReader, userId: string, name: string): Promise<TokenFacts> {
  const path = `/access/users/${encodeURIComponent(userId)}/token/${encodeURIComponent(name)}`;
  try {
    const { privsep, expire } = await pve.get<{ privsep?: number; expire?: number }>(path);
    return {
      name,
      privilegeSeparated: privsep === undefined ? null : Number(privsep) === 1,
      expires: expire ? new Date(Number(expire) * 1000).toISOString() : null,
      visible: true,
    };
  } catch (error) {
    if (isPmxError(error) && error.code === 'PMX_PERMISSION_DENIED')
      return { name, privilegeSeparated: null, expires: null, visible: false };
    throw error;
  }
}
