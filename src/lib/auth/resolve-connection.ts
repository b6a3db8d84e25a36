import type { ContextRecord } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { ContextStore } from '../config/contexts.js';
import type { Credentials, TlsTrust } from './credentials.js';
import type { FoundSecret, SecretStore } from './secret-store.js';

export interface ResolvedConnection {
  /** Undefined when everything came from the environment. */
  context: string | undefined;
  endpoint: string;
  /** Tried when `endpoint` cannot be reached. */
  alternatives?: readonly string[];
  proxy?: string;
  headers?: Readonly<Record<string, string>>;
  credentials: Credentials;
  /** Where the secret came from, never what it is: `environment: PMX_TOKEN_SECRET`, `stored: file`, `secretCommand`. */
  secretFrom: string;
  trust: TlsTrust;
}

/** Asks the person at the terminal; undefined when nobody can be asked. */
export type AskPassword = (user: string) => Promise<string | undefined>;

type Env = NodeJS.ProcessEnv;

interface Found {
  value: string;
  from: string;
}

/** The older tools' names are understood, pmx's own win. */
function find(env: Env, ...names: string[]): Found | undefined {
  for (const name of names)
    if (env[name]) return { value: env[name], from: `environment: ${name}` };
  return undefined;
}

function fromEnv(env: Env, ...names: string[]): string | undefined {
  return find(env, ...names)?.value;
}

/** A server that the environment names, which no context is about. */
export function hostFromEnv(env: Env = process.env): string | undefined {
  return fromEnv(env, 'PMX_HOST', 'PVE_HOST');
}

/**
 * Context of `--context`, then the environment's host, then the current context.
 *
 * A stored secret only ever goes to the endpoint it was stored for, so a host from the environment
 * needs a secret from the environment.
 * @throws RequestError `PMX_NO_CONTEXT`, `PMX_CONTEXT_NOT_FOUND`, `PMX_NO_SECRET`
 */
export async function resolveConnection(
  contextFlag: string | undefined,
  contexts: ContextStore,
  secrets: SecretStore,
  parseEndpoint: (value: string) => string,
  env: Env = process.env,
  askPassword: AskPassword = async () => undefined,
): Promise<ResolvedConnection> {
  const host = hostFromEnv(env);
  if (contextFlag === undefined && host !== undefined) {
    return { context: undefined, ...connectionFromEnv(parseEndpoint(host), env) };
  }
  const name = contextFlag ?? (await contexts.current());
  if (name === undefined) {
    throw new RequestError({
      code: 'PMX_NO_CONTEXT',
      message: 'No Proxmox VE server is chosen: there is no current context.',
      hints: [
        'Log in to one: pmx login --host HOST',
        'Or with an API token that you have: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
        'Or try pmx without a server: pmx sandbox start --detach',
      ],
    });
  }
  const record = await contexts.get(name);
  return {
    context: name,
    endpoint: record.endpoint,
    ...(record.endpoints && { alternatives: record.endpoints.map(parseEndpoint) }),
    ...(record.proxy !== undefined && { proxy: record.proxy }),
    ...(record.headers && { headers: record.headers }),
    ...(await contextCredentials(name, record, secrets, env, askPassword)),
    trust: {
      context: name,
      fingerprint: record.fingerprint,
      caFile: record.caFile,
      insecure: record.insecure,
    },
  };
}

function connectionFromEnv(endpoint: string, env: Env): Omit<ResolvedConnection, 'context'> {
  const fingerprint = fromEnv(env, 'PMX_FINGERPRINT');
  const caFile = fromEnv(env, 'PMX_CA_CERT', 'PVE_CACERT');
  const trust: TlsTrust = { fingerprint, caFile };
  const tokenId = fromEnv(env, 'PMX_TOKEN_ID', 'PVE_TOKEN_ID');
  const secret = find(env, 'PMX_TOKEN_SECRET', 'PVE_TOKEN_SECRET');
  if (tokenId !== undefined && secret !== undefined) {
    return { endpoint, ...token(tokenId, secret), trust };
  }
  const username = fromEnv(env, 'PMX_USER', 'PVE_USER');
  const password = find(env, 'PMX_PASSWORD', 'PVE_PASSWORD');
  if (username !== undefined && password !== undefined) {
    return { endpoint, ...login(username, password), trust };
  }
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `The environment names the host ${endpoint} but no complete credentials for it.`,
    hints: ['Set PMX_TOKEN_ID and PMX_TOKEN_SECRET, or PMX_USER and PMX_PASSWORD.'],
  });
}

type Proof = Pick<ResolvedConnection, 'credentials' | 'secretFrom'>;

function token(tokenId: string, { value: secret, from: secretFrom }: Found): Proof {
  return { credentials: { type: 'token', tokenId, secret }, secretFrom };
}

function login(username: string, { value: password, from: secretFrom }: Found): Proof {
  return { credentials: { type: 'password', username, password }, secretFrom };
}

function originOf({ source }: FoundSecret): string {
  return source === 'secretCommand' ? source : `stored: ${source}`;
}

/** What somebody sets for one command wins over what was stored, unless it is for another token. */
async function contextCredentials(
  name: string,
  record: ContextRecord,
  secrets: SecretStore,
  env: Env,
  askPassword: AskPassword,
): Promise<Proof> {
  if (record.tokenId !== undefined) {
    const meant = fromEnv(env, 'PMX_TOKEN_ID');
    const given =
      meant === undefined || meant === record.tokenId ? find(env, 'PMX_TOKEN_SECRET') : undefined;
    if (given) return token(record.tokenId, given);
    const stored = await secrets.get(name, record.endpoint);
    if (stored) return token(record.tokenId, { value: stored.secret, from: originOf(stored) });
  } else if (record.user !== undefined) {
    const given = find(env, 'PMX_PASSWORD', 'PVE_PASSWORD');
    if (given) return login(record.user, given);
    const typed = await askPassword(record.user);
    if (typed) return login(record.user, { value: typed, from: 'typed at the terminal' });
  }
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `There is no secret for context '${name}' (${record.tokenId ?? record.user ?? 'no user'} at ${record.endpoint}).`,
    hints: [
      `Log in again: pmx login ${name}`,
      'Or set PMX_TOKEN_SECRET (PMX_PASSWORD for a user).',
    ],
  });
}
