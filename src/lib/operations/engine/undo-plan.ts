import {
  allSteps,
  type EndpointIdentity,
  type Plan,
  type PveReader,
  type Step,
} from '@pmx-cli/kit';
import { type PmxError, RequestError } from '@pmx-cli/kit/errors';

import { shareGets } from '../shared/shared-reads.js';
import { refuseOtherEndpoint, undoSteps } from './continuation.js';
import { guestsOf } from './guest-locks.js';
import { findStep, type OperationState, statusOf } from './state.js';
import { goesWithMade, whyNotAsMade } from './still-fits.js';

export interface UndoSurroundings {
  identity: EndpointIdentity | undefined;
  pve(): Promise<PveReader>;
  /** What was done after it, newest first. */
  later: Iterable<OperationState>;
}

/**
 * `pmx undo`: takes back what is finished, as long as nothing stands against it.
 * @throws RequestError that says what does
 */
export async function planUndo(
  state: OperationState,
  { identity, pve, later }: UndoSurroundings,
): Promise<Plan> {
  refuseUnfinished(state);
  refuseOtherEndpoint(state, identity);
  const done = state.order
    .map((id) => findStep(state.plan, id))
    .filter((step) => step !== undefined)
    .filter((step) => !goesWithMade(step, state));
  refuseIrreversible(state, done);
  // Where a guest is depends on nothing else that was done with it; whether it is there is looked at.
  if (done.some(({ kind }) => kind !== 'pve.migrate')) refuseSuperseded(state, later);
  const reader = state.identity && shareGets(await pve());
  for (const step of done) {
    const why = reader && (await whyNotAsMade(step, state, reader));
    if (why !== undefined) throw noLongerValid(state, `${step.title}: ${why}`);
  }
  return {
    operation: 'op.undo',
    target: state.id,
    title: `Take back: ${state.plan.title}`,
    steps: undoSteps(state).map((step) => ({ ...step, destructive: takesAway(step) })),
    variables: state.variables,
    result: null,
    local: state.identity === undefined,
    continues: { operationId: state.id, mode: 'undo' },
  };
}

/** @throws RequestError unless it has ended well */
export function refuseUnfinished(state: OperationState): void {
  const status = statusOf(state);
  if (status === 'completed') return;
  const { id, owner } = state;
  throw new RequestError(
    status === 'running'
      ? {
          code: 'PMX_OPERATION_RUNNING',
          message: `Operation ${id} is still being carried out by process ${owner.pid} on ${owner.host}.`,
          hints: ['Stop it with Ctrl-C where it runs: it then takes itself back.'],
        }
      : {
          code: 'PMX_OPERATION_ENDED',
          message: `Operation ${id} is ${status}, and only what is completed can be undone.`,
          hints: status === 'rolled-back' ? [] : [`Take back what is left: pmx op rollback ${id}`],
        },
  );
}

/** What it changed must have its undo; waiting changed nothing. */
function refuseIrreversible(state: OperationState, done: readonly Step[]): void {
  const step = done.find(
    ({ destructive, undo, kind }) =>
      destructive === true || (kind !== 'pve.wait' && (undo ?? []).length === 0),
  );
  if (!step && done.length > 0) return;
  throw new RequestError({
    code: 'PMX_NOT_REVERSIBLE',
    message: step
      ? `Operation ${state.id} (${state.plan.title}) cannot be undone: nothing takes back "${step.title}".`
      : `Operation ${state.id} (${state.plan.title}) changed nothing, so there is nothing to undo.`,
    hints: ['See what was done before it: pmx op list', 'Undo that: pmx undo ID'],
    data: { operation: state.id },
  });
}

/** Later changes of the same guest were made upon this one. */
function refuseSuperseded(state: OperationState, later: Iterable<OperationState>): void {
  const mine = new Set(touched(state));
  for (const other of later) {
    if (statusOf(other) === 'rolled-back' || other.order.length === 0) continue;
    if (other.identity?.fingerprint !== state.identity?.fingerprint) continue;
    if (!touched(other).some((vmid) => mine.has(vmid))) continue;
    throw noLongerValid(
      state,
      `operation ${other.id} (${other.plan.title}) came after it`,
      `Undo that one first: pmx undo ${other.id}`,
    );
  }
}

function touched({ plan, variables }: OperationState): number[] {
  const made = allSteps(plan.steps).some(({ undo }) =>
    undo?.some(({ kind }) => kind === 'pve.discard-guest'),
  );
  return [...guestsOf(plan), ...(made ? [Number(variables['vmid'])] : [])];
}

function noLongerValid(state: OperationState, why: string, hint?: string): PmxError {
  return new RequestError({
    code: 'PMX_UNDO_OUTDATED',
    message: `Operation ${state.id} (${state.plan.title}) cannot be undone any more: ${why}.`,
    hints: [hint ?? `See what it did: pmx op show ${state.id}`],
    data: { operation: state.id },
  });
}

/** Whoever used what was made in the meantime would miss it. */
function takesAway({ kind, args }: Step): boolean {
  return (
    kind.startsWith('pve.discard') ||
    (kind === 'pve.call' && (args as { method: string }).method === 'DELETE')
  );
}
