import type { ContextRecord } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { ContextStore } from '../config/contexts.js';
import type { Credentials, TlsTrust } from './credentials.js';
import type { SecretStore } from './secret-store.js';

export interface ResolvedConnection {
  /** Undefined when everything came from the environment. */
  context: string | undefined;
  endpoint: string;
  credentials: Credentials;
  trust: TlsTrust;
}

type Env = NodeJS.ProcessEnv;

/** The older tools' names are understood, pmx's own win. */
function fromEnv(env: Env, ...names: string[]): string | undefined {
  for (const name of names) if (env[name]) return env[name];
  return undefined;
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
        'Add one: pmx context add NAME --host HOST --token-id USER@REALM!NAME',
        'Or try pmx without a server: pmx sandbox start --detach',
      ],
    });
  }
  const record = await contexts.get(name);
  return {
    context: name,
    endpoint: record.endpoint,
    credentials: await contextCredentials(name, record, secrets, env),
    trust: {
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
  const secret = fromEnv(env, 'PMX_TOKEN_SECRET', 'PVE_TOKEN_SECRET');
  if (tokenId !== undefined && secret !== undefined) {
    return { endpoint, credentials: { type: 'token', tokenId, secret }, trust };
  }
  const username = fromEnv(env, 'PMX_USER', 'PVE_USER');
  const password = fromEnv(env, 'PMX_PASSWORD', 'PVE_PASSWORD');
  if (username !== undefined && password !== undefined) {
    return { endpoint, credentials: { type: 'password', username, password }, trust };
  }
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `The environment names the host ${endpoint} but no complete credentials for it.`,
    hints: ['Set PMX_TOKEN_ID and PMX_TOKEN_SECRET, or PMX_USER and PMX_PASSWORD.'],
  });
}

async function contextCredentials(
  name: string,
  record: ContextRecord,
  secrets: SecretStore,
  env: Env,
): Promise<Credentials> {
  if (record.tokenId !== undefined) {
    const secret =
      (await secrets.get(name, record.endpoint))?.secret ?? fromEnv(env, 'PMX_TOKEN_SECRET');
    if (secret !== undefined) return { type: 'token', tokenId: record.tokenId, secret };
  } else if (record.user !== undefined) {
    const password = fromEnv(env, 'PMX_PASSWORD', 'PVE_PASSWORD');
    if (password !== undefined) return { type: 'password', username: record.user, password };
  }
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `There is no secret for context '${name}' (${record.tokenId ?? record.user ?? 'no user'} at ${record.endpoint}).`,
    hints: [
      `Store it: pmx context add ${name} --replace --host ${record.endpoint} --token-id ${record.tokenId ?? 'USER@REALM!NAME'} --token-stdin`,
      'Or set PMX_TOKEN_SECRET (PMX_PASSWORD for a user).',
    ],
  });
}
