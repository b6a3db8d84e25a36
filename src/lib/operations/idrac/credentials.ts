import { type Paths, type Plan, secretRef, type Session, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { storedAs } from '../../auth/controller-credentials.js';
import { hostPatternRule } from '../../config/schema/rules.js';
import { planEdits } from '../config/change.js';
import { openConfiguration } from '../config/open.js';

export interface CredentialResult {
  pattern: string;
  user: string | null;
}

function refuseBadPattern(pattern: string): void {
  if (hostPatternRule.pattern.test(pattern)) return;
  throw new RequestError({
    code: 'PMX_INVALID_HOST',
    message: `'${pattern}' fits no host: it must be a name or address, with * for any part of it.`,
    hints: ['For example: idrac-01.example.org, 10.0.8.*, *.mgmt.example.org'],
  });
}

export interface LoginRequest {
  pattern: string;
  user: string;
  password: string;
}

/** Remembers user and password; the password never enters the configuration. */
export async function planIdracLogin(
  { paths, contexts }: Pick<Session, 'paths' | 'contexts'>,
  { pattern, user, password }: LoginRequest,
): Promise<Plan> {
  refuseBadPattern(pattern);
  const replaces = await contexts.hasSecret(storedAs(pattern).name);
  const plan = await planEdits(
    openConfiguration({ paths }),
    { layer: 'user' },
    {
      operation: 'idrac.login',
      title: `Remember user and password for ${pattern}`,
      edits: [{ path: ['idracUsers', pattern], value: user }],
      result: { pattern, user },
    },
  );
  const keep: Step = {
    id: 'password',
    title: `Store the password of ${user}`,
    kind: 'bmc.password',
    args: { pattern, password: secretRef('password') },
    // The one before is in no journal, so it could only be lost by an undo.
    ...(!replaces && {
      undo: [
        {
          title: 'Forget the password',
          kind: 'bmc.password',
          args: { pattern, password: null },
        },
      ],
    }),
  };
  return { ...plan, target: pattern, steps: [...plan.steps, keep], secrets: { password } };
}

/** @throws RequestError `PMX_BMC_NO_CREDENTIALS` */
export async function planIdracLogout(paths: Paths, pattern: string): Promise<Plan> {
  const configuration = openConfiguration({ paths });
  const users = (await configuration.get('idracUsers')) ?? {};
  if (!Object.hasOwn(users, pattern))
    throw new RequestError({
      code: 'PMX_BMC_NO_CREDENTIALS',
      message: `No user is remembered for ${pattern}.`,
      hints: [
        Object.keys(users).length === 0
          ? 'There are none at all.'
          : `There are: ${Object.keys(users).join(', ')}`,
      ],
    });
  const plan = await planEdits(
    configuration,
    { layer: 'user' },
    {
      operation: 'idrac.logout',
      title: `Forget user and password for ${pattern}`,
      edits: [{ path: ['idracUsers', pattern] }],
      result: { pattern, user: null },
    },
  );
  const forget: Step = {
    id: 'password',
    title: 'Forget the password',
    kind: 'bmc.password',
    args: { pattern, password: null },
    destructive: true,
  };
  return { ...plan, target: pattern, steps: [...plan.steps, forget] };
}
