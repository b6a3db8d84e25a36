import { type ContextRecord, type Plan, type PveReader, secretRef, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { savedRecord } from '../context/saved-record.js';
import { prove, type Proven } from './credentials.js';
import type { LoginRequest, LoginSession, Target } from './request.js';
import { type Job, jobs, rightsOf } from './roles.js';
import { findTarget } from './target.js';
import { planToken, tokenSecret, type TokenSteps } from './token.js';
import { settleTrust, type TrustedServer } from './trust.js';

export interface LoginResult {
  name: string;
  endpoint: string;
  identity: string;
  /** Role of a token that was made. */
  role: string | null;
  trust: string;
  /** The secret is stored; if not, it is needed each time. */
  stored: boolean;
  current: boolean;
}

/**
 * From a host to a stored context: port, certificate, identity, token. Questions are asked and the
 * login happens while planning; whatever stays behind, on the server or here, is a step with undo.
 */
export async function planLogin(
  session: LoginSession & { pve(): Promise<PveReader> },
  request: LoginRequest,
): Promise<Plan> {
  refuseContradiction(request);
  const target = await findTarget(session, request);
  const trusted = await settleTrust(session, request, target);
  const proven = await prove(session, request, target, trusted.server);
  const job = proven.type === 'password' ? await decideJob(session, request) : undefined;
  if (job !== undefined && target.record?.readOnly) throw readOnly(target.name);
  const token =
    proven.type === 'password' && job !== undefined
      ? await planToken(await session.pve(), proven.user, job, request.tokenName)
      : undefined;
  return assemble(session, request, target, trusted, proven, token);
}

/** The user's word on a context holds for its own token, too. */
function readOnly(name: string): RequestError {
  return new RequestError({
    code: 'PMX_READ_ONLY',
    message: `Context '${name}' is read-only, so no API token is made for it. The password was right.`,
    hints: [
      `With a token that you have: pmx login ${name} --token-id USER@REALM!NAME --token-stdin`,
      `Or allow writes: pmx config unset contexts.${name}.readOnly`,
    ],
  });
}

function refuseContradiction({ createToken, job, tokenName }: LoginRequest): void {
  if (createToken !== false || (job === undefined && tokenName === undefined)) return;
  throw new RequestError({
    code: 'PMX_LOGIN_UNDECIDED',
    message: `${job === undefined ? '--token-name' : '--role'} is for a token, and --no-create-token says that none shall be made.`,
    hints: ['Leave one of them out.'],
  });
}

const noToken = 'no token';

/** @throws RequestError `PMX_LOGIN_UNDECIDED` */
async function decideJob(
  { prompt }: LoginSession,
  { createToken, tokenName, job }: LoginRequest,
): Promise<Job | undefined> {
  if (createToken === false) return undefined;
  if (job !== undefined) return job;
  if (prompt.possible) {
    const choice = await prompt.choose('What shall its API token be good for?', [
      ...jobs.map((value) => ({ value, hint: rightsOf[value].hint })),
      { value: noToken, hint: 'ask for the password each time' },
    ]);
    return jobs.find((value) => value === choice);
  }
  if (createToken || tokenName !== undefined) return 'read-only';
  throw new RequestError({
    code: 'PMX_LOGIN_UNDECIDED',
    message:
      'The password is right, but pmx does not store passwords, so it has to know what to keep.',
    hints: [
      `Make an API token for a job: --create-token --role ${jobs.join('|')}`,
      'Or keep nothing, and set PMX_PASSWORD each time: --no-create-token',
    ],
  });
}

async function assemble(
  session: LoginSession,
  request: LoginRequest,
  { name, record, replaced }: Target,
  { server }: TrustedServer,
  proven: Proven,
  token: TokenSteps | undefined,
): Promise<Plan> {
  const { endpoint, fingerprint, caFile, insecure } = server;
  const {
    tokenId: _t,
    user: _u,
    fingerprint: _f,
    caFile: _c,
    insecure: _i,
    secretCommand,
    ...kept
  } = (record && replaced) ?? {};
  // What that program gives out is not to lie in a file as well.
  const fromCommand =
    secretCommand !== undefined && proven.type === 'token' && proven.alreadyStored;
  const tokenId = token?.tokenId ?? (proven.type === 'token' ? proven.tokenId : undefined);
  const context: ContextRecord = {
    ...kept,
    endpoint,
    ...(tokenId === undefined ? proven.type === 'password' && { user: proven.user } : { tokenId }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(caFile !== undefined && { caFile }),
    ...(insecure && { insecure }),
    ...(request.proxy !== undefined && server.proxy !== undefined && { proxy: server.proxy }),
    ...(fromCommand && { secretCommand }),
  };
  const current = await session.contexts.current();
  const use = request.use || current === undefined;
  // Always given, also when it was stored before: a stored secret is bound to its endpoint.
  const secret = tokenId === undefined || fromCommand ? undefined : secretRef(tokenSecret);
  const before =
    replaced && replaced.secretCommand === undefined
      ? await session.contexts.secret(name)
      : undefined;
  const secrets: Record<string, string> = {
    ...(proven.type === 'token' && !fromCommand && { [tokenSecret]: proven.secret }),
    ...(before !== undefined && { before }),
  };
  const result: LoginResult = {
    name,
    endpoint,
    identity: tokenId ?? (proven.type === 'password' ? proven.user : ''),
    role: token?.role ?? null,
    trust: fingerprint ? 'pinned' : insecure ? 'not verified' : 'verified',
    stored: tokenId !== undefined,
    current: use || current === name,
  };
  const notes = [
    ...(token?.notes ?? []),
    ...(secretCommand !== undefined && !fromCommand
      ? [`The secretCommand of context ${name} goes: what it gives out is for the old login.`]
      : []),
  ];
  const steps = [
    ...(token?.steps ?? []),
    ...(tokenId === undefined && replaced ? [forget(name, before !== undefined)] : []),
    save(
      name,
      savedRecord(context, secrets),
      secret,
      use,
      replaced && savedRecord(replaced, secrets),
      before !== undefined,
    ),
  ];
  return {
    operation: 'login',
    target: `context ${name}`,
    title: `Log in to ${endpoint} as ${result.identity} and store context ${name}`,
    steps,
    variables: { madeRole: '' },
    secrets,
    ...(notes.length > 0 && { notes }),
    // Only with a token to make does anything happen on the server.
    ...(!token && { local: true }),
    result: { ...result },
  };
}

type SavedRecord = ReturnType<typeof savedRecord>;

function save(
  name: string,
  context: SavedRecord,
  secret: ReturnType<typeof secretRef> | undefined,
  use: boolean,
  replaced: SavedRecord | undefined,
  hadSecret: boolean,
): Step {
  return {
    id: 'save',
    title: `Write context ${name}`,
    kind: 'context.save',
    args: { name, context, ...(secret && { secret }), use },
    undo: replaced
      ? [
          ...(secret && !hadSecret
            ? [
                {
                  title: `Forget the new secret of context ${name}`,
                  kind: 'context.forget' as const,
                  args: { name },
                },
              ]
            : []),
          {
            title: `Put context ${name} back as it was`,
            kind: 'context.save',
            args: {
              name,
              context: replaced,
              ...(hadSecret && { secret: secretRef('before') }),
            },
          },
        ]
      : [{ title: `Remove context ${name}`, kind: 'context.remove', args: { name } }],
  };
}

/** Without a token any more: the old one's secret would lie there for nothing. */
function forget(name: string, hadSecret: boolean): Step {
  return {
    id: 'forget',
    title: hadSecret
      ? `Forget the old secret of context ${name}`
      : `Make sure that no secret of context ${name} is stored`,
    kind: 'context.forget',
    args: { name },
  };
}
