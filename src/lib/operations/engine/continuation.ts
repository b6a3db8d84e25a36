import { allSteps, type EndpointIdentity, type Plan, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { findStep, isPointOfNoReturn, type OperationState, statusOf } from './state.js';

/**
 * What `pmx op rollback|resume` is about to do, as a plan to show. The run itself goes by the
 * journal (`continues`), so what is shown here is what is known without asking the server.
 * @throws RequestError when there is nothing to do, somebody else does it, or it is another server
 */
export function planContinuation(
  state: OperationState,
  mode: 'rollback' | 'resume',
  identity: EndpointIdentity | undefined,
): Plan {
  refuseEnded(state, mode);
  refuseOtherEndpoint(state, identity);
  const finishing = mode === 'resume' || isPastReturn(state);
  return {
    operation: `op.${mode}`,
    target: state.id,
    title: finishing ? `Finish: ${state.plan.title}` : `Take back: ${state.plan.title}`,
    steps: finishing ? pendingSteps(state) : undoSteps(state),
    variables: state.variables,
    result: null,
    local: state.identity === undefined,
    continues: { operationId: state.id, mode },
    ...(mode === 'rollback' &&
      finishing && {
        notes: [
          'A step that cannot be taken back has happened; what is left of the operation is finished.',
        ],
      }),
  };
}

/** @throws RequestError when it is still carried out, there is nothing to do, or it cannot be resumed */
export function refuseEnded(state: OperationState, mode: 'rollback' | 'resume'): void {
  const status = statusOf(state);
  if (status === 'running') {
    throw new RequestError({
      code: 'PMX_OPERATION_RUNNING',
      message: `Operation ${state.id} is still being carried out by process ${state.owner.pid} on ${state.owner.host}.`,
      hints: ['Wait for it, or stop it with Ctrl-C where it runs: it then takes itself back.'],
    });
  }
  if (status === 'completed' || status === 'rolled-back') {
    throw new RequestError({
      code: 'PMX_OPERATION_ENDED',
      message: `Operation ${state.id} is ${status}: there is nothing left to ${mode === 'resume' ? 'resume' : 'roll back'}.`,
      hints: ['To remove what it made, delete that: pmx vm delete, pmx template delete.'],
    });
  }
  if (mode === 'resume' && state.undoing) {
    throw new RequestError({
      code: 'PMX_OPERATION_UNDOING',
      message: `Operation ${state.id} was already being taken back, so it cannot be resumed.`,
      hints: [`pmx op rollback ${state.id}`],
    });
  }
}

export function refuseOtherEndpoint(
  state: OperationState,
  identity: EndpointIdentity | undefined,
): void {
  const { identity: before } = state;
  if (!before || !identity) return;
  const same =
    before.fingerprint === identity.fingerprint ||
    (before.host === identity.host && before.port === identity.port && before.fingerprint === '');
  if (same) return;
  throw new RequestError({
    code: 'PMX_OTHER_ENDPOINT',
    message: `Operation ${state.id} belongs to ${before.host}:${before.port} (${before.fingerprint}), not to ${identity.host}:${identity.port} (${identity.fingerprint}).`,
    hints: [
      state.context === undefined
        ? 'Set the environment to the server that it began on.'
        : `pmx op rollback ${state.id} --context ${state.context}`,
    ],
  });
}

function isPastReturn(state: OperationState): boolean {
  return state.order.some((id) => {
    const step = findStep(state.plan, id);
    return step && isPointOfNoReturn(state.plan, step) && state.steps.get(id)?.status === 'done';
  });
}

function pendingSteps(state: OperationState): Step[] {
  return allSteps(state.plan.steps)
    .filter((step) => state.steps.get(step.id)?.status !== 'done')
    .map((step) => ({ ...step, destructive: false }));
}

export function undoSteps(state: OperationState): Step[] {
  return state.order
    .toReversed()
    .flatMap((id) =>
      (findStep(state.plan, id)?.undo ?? [])
        .map((undo, effect): Step => ({ ...undo, id: `undo:${id}:${effect}` }))
        .filter((_, effect) => !state.steps.get(id)?.undone.has(effect)),
    );
}
