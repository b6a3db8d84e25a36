import { type Realm, type ServerAddress, parseTokenId } from '@pmx-cli/kit';
import { isPmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

import { readSecret } from '../../auth/read-secret.js';
import { requireOneLine, requireTokenSecret } from '../../auth/secret-text.js';
import type { LoginRequest, LoginSession, Target } from './request.js';

/** What gets stored beside the server: a token with its secret, or a user alone. */
export type Proven =
  | { type: 'token'; tokenId: string; secret: string; alreadyStored: boolean }
  | { type: 'password'; user: string };

/**
 * Proves to the server who is there: with the stored token, a given one, or a password. A dry run
 * does not try a token; a password it must try, for what the user may do decides the plan.
 *
 * @throws RequestError `PMX_NO_SECRET`, `PMX_INVALID_SECRET`, `PMX_REALM_UNKNOWN`,
 *   `PMX_TFA_REQUIRED`; ProxmoxError `PMX_AUTH_FAILED`
 */
export async function prove(
  session: LoginSession,
  request: LoginRequest,
  target: Target,
  server: ServerAddress,
): Promise<Proven> {
  const realms = await session.access.realms(server);
  refuseOtherProducts(realms, server.endpoint);
  const stored = await withStoredToken(session, request, target, server);
  if (stored) return stored;
  const { tokenId } = request;
  if (tokenId !== undefined || request.tokenStdin) {
    const id = parseTokenId(tokenId ?? target.record?.tokenId ?? '');
    const secret = await tokenSecret(session, request, id);
    await enter(session, request, server, { type: 'token', tokenId: id, secret });
    return { type: 'token', tokenId: id, secret, alreadyStored: false };
  }
  const user = await wholeUser(session, request, target, realms);
  const password = requireOneLine(
    'Password',
    await readSecret({
      what: `Password of ${user}`,
      stdin: request.passwordStdin,
      variable: 'PMX_PASSWORD',
      prompt: session.prompt,
      hint: 'Pipe it: printf %s "$PASSWORD" | pmx login … --password-stdin, or set PMX_PASSWORD.',
    }),
  );
  await enter(session, request, server, {
    type: 'password',
    user,
    password,
    otp: () => secondFactor(session, request),
  });
  return { type: 'password', user };
}

async function enter(
  session: LoginSession,
  { dryRun }: LoginRequest,
  server: ServerAddress,
  login: Parameters<LoginSession['access']['enter']>[1],
): Promise<void> {
  session.protect(login.type === 'token' ? login.secret : login.password);
  // The secret of a token is tried at once: a login that cannot work is not stored.
  if (dryRun && login.type === 'token') return;
  const pve = await session.access.enter(server, login);
  if (login.type === 'token') await pve.get('/version');
}

/** `pmx login NAME` again, for a new certificate say, needs no new secret. */
async function withStoredToken(
  session: LoginSession,
  request: LoginRequest,
  { name, record }: Target,
  server: ServerAddress,
): Promise<Proven | undefined> {
  const { tokenId, tokenStdin, user, passwordStdin, createToken } = request;
  const other = tokenId !== undefined && tokenId !== record?.tokenId;
  if (other || tokenStdin || user !== undefined || passwordStdin || createToken !== undefined)
    return undefined;
  if (record?.tokenId === undefined) return undefined;
  const secret = await session.contexts.secret(name);
  if (secret === undefined) return undefined;
  try {
    await enter(session, request, server, { type: 'token', tokenId: record.tokenId, secret });
    return { type: 'token', tokenId: record.tokenId, secret, alreadyStored: true };
  } catch (error) {
    if (!isPmxError(error) || error.code !== 'PMX_AUTH_FAILED' || !session.prompt.possible)
      throw error;
    session.output.note(`The stored token ${record.tokenId} is no longer accepted.`);
    return undefined;
  }
}

async function tokenSecret(
  session: LoginSession,
  request: LoginRequest,
  tokenId: string,
): Promise<string> {
  const secret = await readSecret({
    what: `Secret of token ${tokenId}`,
    stdin: request.tokenStdin,
    variable: 'PMX_TOKEN_SECRET',
    prompt: session.prompt,
    hint: 'Pipe it: printf %s "$SECRET" | pmx login … --token-stdin, or set PMX_TOKEN_SECRET.',
  });
  return requireTokenSecret(secret);
}

/** `root` → `root@pam`: the realm that was given, the server's default, the only one, or a choice. */
async function wholeUser(
  session: LoginSession,
  request: LoginRequest,
  { record }: Target,
  realms: readonly Realm[],
): Promise<string> {
  const before = record?.user ?? record?.tokenId?.split('!')[0];
  let user = request.user ?? (request.realm === undefined ? before : undefined);
  if (user === undefined) {
    if (!session.prompt.possible) {
      throw new RequestError({
        code: 'PMX_USER_MISSING',
        message: 'Log in as whom? There is no terminal to ask at.',
        hints: [
          'With a password: --user root@pam --password-stdin',
          'With an API token: --token-id USER@REALM!NAME --token-stdin',
        ],
      });
    }
    user = (await session.prompt.text('User', 'root')).trim();
  }
  const at = user.lastIndexOf('@');
  const [name, given] = at < 0 ? [user, request.realm] : [user.slice(0, at), user.slice(at + 1)];
  if (at >= 0 && request.realm !== undefined && request.realm !== given) {
    throw new RequestError({
      code: 'PMX_REALM_UNKNOWN',
      message: `User '${user}' and --realm ${request.realm} name two realms.`,
      hints: ['Leave one of them out.'],
    });
  }
  if (name === '' || /[\s:/!]/.test(name)) {
    throw new RequestError({
      code: 'PMX_INVALID_USER',
      message: `User '${user}' is not valid: it must be a name without blanks, : / and !, with its realm if you like.`,
      hints: ['For example: --user root@pam. An API token goes with --token-id.'],
    });
  }
  const realm = given ?? (await chooseRealm(session, realms));
  if (realms.some((known) => known.realm === realm)) return `${name}@${realm}`;
  throw new RequestError({
    code: 'PMX_REALM_UNKNOWN',
    message: `The server has no realm '${realm}'.`,
    hints: [`It has: ${realms.map((known) => known.realm).join(', ')}.`],
  });
}

async function chooseRealm(session: LoginSession, realms: readonly Realm[]): Promise<string> {
  const sorted = [...realms].sort((a, b) => rank(a) - rank(b));
  if (sorted.length > 1 && session.prompt.possible) {
    return session.prompt.choose(
      'Realm',
      sorted.map(({ realm, comment }) => ({ value: realm, ...(comment && { hint: comment }) })),
    );
  }
  return sorted[0]?.realm ?? 'pam';
}

/** The server's default first, then the users of its operating system. */
function rank({ realm, default: preselected }: Realm): number {
  return preselected ? 0 : realm === 'pam' ? 1 : 2;
}

async function secondFactor(
  session: LoginSession,
  { otp }: LoginRequest,
): Promise<string | undefined> {
  const code =
    otp ??
    (session.prompt.possible
      ? await session.prompt.secret('Code of the second factor')
      : undefined);
  if (code !== undefined) session.protect(code);
  return code;
}

/** They have the same API paths, but a realm of their own. */
function refuseOtherProducts(realms: readonly Realm[], endpoint: string): void {
  const products: Record<string, string> = {
    pbs: 'Proxmox Backup Server',
    pmg: 'Proxmox Mail Gateway',
  };
  const foreign = realms.find(({ type }) => Object.hasOwn(products, type));
  if (!foreign) return;
  const product = products[foreign.type]!;
  throw new SurroundingsError({
    code: 'PMX_NOT_PVE',
    message: `${endpoint} is a ${product}, not a Proxmox VE.`,
    hints: ['Proxmox VE listens on 8006.'],
    data: { endpoint },
  });
}
