import { type Plan, type PveReader, type ServerAddress, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { readSecret } from '../../auth/read-secret.js';
import type { LoginSession } from './request.js';
import { tokenExists } from './token.js';

export interface LogoutRequest {
  /** The current one when left out. */
  name?: string;
  revoke: boolean;
  passwordStdin: boolean;
  otp?: string;
  dryRun: boolean;
}

/**
 * Forgets the secret of a context. With `revoke` the token goes from the server as well, which takes
 * the password of its user: a token cannot remove itself.
 *
 * @throws RequestError `PMX_NO_CONTEXT`, `PMX_CONTEXT_NOT_FOUND`, `PMX_NO_TOKEN`, `PMX_NO_SECRET`
 */
export async function planLogout(session: LoginSession, request: LogoutRequest): Promise<Plan> {
  const name = request.name ?? (await session.contexts.current());
  if (name === undefined) {
    throw new RequestError({
      code: 'PMX_NO_CONTEXT',
      message: 'There is no current context to log out of.',
      hints: ['pmx context list shows those there are.'],
    });
  }
  const record = await session.contexts.get(name);
  const { tokenId, endpoint, secretCommand } = record;
  const forget: Step = {
    id: 'forget',
    title: `Forget the secret of context ${name}`,
    kind: 'context.forget',
    args: { name },
    destructive: true,
  };
  const notes =
    secretCommand === undefined
      ? []
      : [
          `Its secretCommand still gives out a secret: pmx config unset contexts.${name}.secretCommand`,
        ];
  const plan = {
    operation: 'logout',
    target: `context ${name}`,
    ...(notes.length > 0 && { notes }),
    impact: {
      removes: [{ what: 'stored secret', name, detail: 'it cannot be read from the server again' }],
      keeps: [{ what: 'context', name, detail: endpoint }],
    },
  };
  if (!request.revoke) {
    const keeps =
      tokenId === undefined
        ? plan.impact.keeps
        : [
            ...plan.impact.keeps,
            {
              what: 'API token',
              name: tokenId,
              detail: 'still good for whoever has its secret; --revoke removes it',
            },
          ];
    return {
      ...plan,
      title: `Log out of context ${name}`,
      local: true,
      impact: { ...plan.impact, keeps },
      steps: [forget],
      result: { name, revoked: null },
    };
  }
  if (tokenId === undefined) {
    throw new RequestError({
      code: 'PMX_NO_TOKEN',
      message: `Context '${name}' has no API token that could be revoked.`,
      hints: [`Without --revoke: pmx logout ${name}`],
    });
  }
  if (record.readOnly) {
    throw new RequestError({
      code: 'PMX_READ_ONLY',
      message: `Context '${name}' is read-only, so its API token is not removed from the server.`,
      hints: [
        `Without --revoke: pmx logout ${name}`,
        `Or allow writes: pmx config unset contexts.${name}.readOnly`,
      ],
    });
  }
  const [user, token] = tokenId.split('!') as [string, string];
  const { endpoints: _, ...address } = record;
  const pve = await enterAs(session, request, address, user);
  const there = pve === undefined || (await tokenExists(pve, user, token));
  return {
    ...plan,
    title: `Log out of context ${name} and remove API token ${tokenId} from ${endpoint}`,
    impact: {
      ...plan.impact,
      removes: [
        ...plan.impact.removes,
        ...(there ? [{ what: 'API token', name: tokenId, detail: 'with its rights' }] : []),
      ],
    },
    ...(!there && { notes: [...notes, `${tokenId} is not there any more.`] }),
    steps: [...(there ? [revoke(user, token)] : []), forget],
    result: { name, revoked: there ? tokenId : null },
  };
}

function revoke(user: string, token: string): Step {
  return {
    id: 'revoke',
    title: `Remove API token ${user}!${token}`,
    kind: 'pve.call',
    args: {
      method: 'DELETE',
      path: `/access/users/${encodeURIComponent(user)}/token/${encodeURIComponent(token)}`,
      idempotent: true,
    },
    destructive: true,
  };
}

/** @returns undefined in a dry run, which takes no password */
async function enterAs(
  session: LoginSession,
  { dryRun, passwordStdin, otp }: LogoutRequest,
  server: ServerAddress,
  user: string,
): Promise<PveReader | undefined> {
  if (dryRun) return undefined;
  const password = await readSecret({
    what: `Password of ${user}`,
    stdin: passwordStdin,
    variable: 'PMX_PASSWORD',
    prompt: session.prompt,
    hint: `A token cannot remove itself: pipe the password of ${user} with --password-stdin, set PMX_PASSWORD, or remove it on a node: pveum user token remove ${user} NAME`,
  });
  session.protect(password);
  return session.access.enter(server, {
    type: 'password',
    user,
    password,
    otp: async () =>
      otp ??
      (session.prompt.possible ? session.prompt.secret('Code of the second factor') : undefined),
  });
}
