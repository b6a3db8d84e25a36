import type { Plan, PlanNode, Session } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { type LoginResult, planLogin } from '../login/plan.js';
import { planCompletion } from './completion.js';
import { choosePlaces, type Places } from './defaults.js';
import type { RcShell, Surroundings } from './shells.js';

export interface InitRequest {
  name?: string;
  host?: string;
  user?: string;
  tokenId?: string;
  shell?: RcShell;
}

export interface InitResult extends LoginResult {
  /** Default node of the context. */
  node: string | null;
  /** Default storage of the context. */
  storage: string | null;
  /** The file of the shell that loads the completion. */
  completion: string | null;
}

type InitSession = Parameters<typeof planLogin>[0] & Pick<Session, 'inventory'>;

/**
 * Login, default places and completion, asked one after the other. Nothing is written before the
 * last answer, so that Ctrl-C at any question leaves nothing behind.
 *
 * @throws RequestError `PMX_NOBODY_TO_ASK`, and what a login throws
 */
export async function planInit(
  session: InitSession,
  request: InitRequest,
  surroundings: Surroundings,
): Promise<Plan> {
  if (!session.prompt.possible) throw nobodyToAsk(request);
  const { name, host, user, tokenId } = request;
  const login = await planLogin(session, {
    ...(name !== undefined && { name }),
    ...(host !== undefined && { host }),
    ...(user !== undefined && { user }),
    ...(tokenId !== undefined && { tokenId }),
    passwordStdin: false,
    tokenStdin: false,
    insecure: false,
    use: true,
    replace: false,
    // Also a dry run has to get in: it asks about nodes and storages.
    dryRun: false,
    argv: [...(name === undefined ? [] : [name]), ...(host === undefined ? [] : ['--host', host])],
  });
  const places = await choosePlaces(
    await session.inventory(),
    session.prompt,
    savedPlaces(login.steps),
  );
  const completion = await planCompletion(session, request.shell, surroundings);
  const result: InitResult = {
    ...(login.result as unknown as LoginResult),
    node: places.node ?? null,
    storage: places.storage ?? null,
    completion: completion.file,
  };
  return {
    ...login,
    operation: 'init',
    steps: [...login.steps.map((step) => withPlaces(step, places)), ...completion.steps],
    result: { ...result },
  };
}

/** What the context had before, if there was one of that name. */
function savedPlaces(steps: readonly PlanNode[]): Places {
  const save = steps.find((step) => 'kind' in step && step.kind === 'context.save');
  if (!save || !('kind' in save) || save.kind !== 'context.save') return {};
  const { node, storage } = save.args.context;
  return {
    ...(typeof node === 'string' && { node }),
    ...(typeof storage === 'string' && { storage }),
  };
}

function withPlaces(step: PlanNode, places: Places): PlanNode {
  if (!('kind' in step) || step.kind !== 'context.save') return step;
  const { node: _n, storage: _s, ...context } = step.args.context;
  return { ...step, args: { ...step.args, context: { ...context, ...places } } };
}

function nobodyToAsk({ name = 'NAME', host = 'HOST' }: InitRequest): RequestError {
  return new RequestError({
    code: 'PMX_NOBODY_TO_ASK',
    message: 'pmx init asks questions, and there is nobody to ask (no terminal, or --no-input).',
    hints: [
      `Log in: pmx login ${name} --host ${host} --token-id USER@REALM!NAME --token-stdin`,
      `Default node and storage: pmx config set contexts.${name}.node NODE`,
      'Completion: pmx completion bash (or zsh, fish, powershell)',
    ],
  });
}
