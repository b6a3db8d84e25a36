import {
  allSteps,
  type EndpointIdentity,
  type Json,
  type OperationStatus,
  type OperationSummary,
  type Plan,
  type Step,
  type StepResult,
} from '@pmx-cli/kit';

import { isAlive, type FinalStatus, type JournalLine, type Owner } from './journal.js';

export interface StepState {
  status: 'pending' | 'started' | 'done' | 'failed' | 'undone' | 'undo-failed';
  startedAt?: string;
  /** It was begun and nobody saw how it ended. Stays true while undoing it fails. */
  unseenEnd: boolean;
  /** Another process took it up while nobody had seen its end, and it is not done since. */
  begunEarlier: boolean;
  /** Tasks that the server started for this step. */
  upids: string[];
  /** What has to be known even when all went well. */
  warnings: string[];
  result?: StepResult;
  error?: string;
  /** Undo effects that are done. */
  undone: Set<number>;
}

/** What a journal says, folded. */
export interface OperationState {
  id: string;
  plan: Omit<Plan, 'secrets'>;
  context: string | undefined;
  identity: EndpointIdentity | undefined;
  owner: Owner;
  startedAt: string;
  endedAt: string | undefined;
  final: FinalStatus | undefined;
  undoing: boolean;
  /** It had been completed when it was taken back: its tasks of that time tell nothing any more. */
  late: boolean;
  variables: { [name: string]: Json };
  steps: Map<string, StepState>;
  /** Ids in the order in which the steps began. */
  order: string[];
}

function newStepState(): StepState {
  return {
    status: 'pending',
    unseenEnd: false,
    begunEarlier: false,
    upids: [],
    warnings: [],
    undone: new Set(),
  };
}

export function foldJournal(id: string, lines: readonly JournalLine[]): OperationState | undefined {
  const first = lines[0];
  if (first?.event !== 'planned') return undefined;
  const state: OperationState = {
    id,
    plan: first.plan,
    context: first.context,
    identity: first.identity,
    owner: first.owner,
    startedAt: first.time,
    endedAt: undefined,
    final: undefined,
    undoing: false,
    late: false,
    variables: { ...first.plan.variables, operation: id },
    steps: new Map(allSteps(first.plan.steps).map((step) => [step.id, newStepState()])),
    order: [],
  };
  for (const line of lines.slice(1)) apply(state, line);
  return state;
}

/** One event → the state after it. The running engine and a reader of the journal share this. */
export function apply(state: OperationState, line: JournalLine): void {
  const step = 'step' in line ? state.steps.get(line.step) : undefined;
  switch (line.event) {
    case 'continued':
      state.owner = line.owner;
      state.final = undefined;
      state.endedAt = undefined;
      state.late ||= line.mode === 'undo';
      for (const each of state.steps.values()) each.begunEarlier ||= each.unseenEnd;
      break;
    case 'bound':
      Object.assign(state.variables, line.variables);
      break;
    case 'step-started':
      if (!step) break;
      step.status = 'started';
      step.unseenEnd = true;
      step.startedAt ??= line.time;
      if (!state.order.includes(line.step)) state.order.push(line.step);
      break;
    case 'task':
      step?.upids.push(line.upid);
      break;
    case 'warning':
      step?.warnings.push(line.text);
      break;
    case 'step-done':
      if (step)
        Object.assign(step, {
          status: 'done',
          unseenEnd: false,
          begunEarlier: false,
          result: line.result,
        });
      break;
    case 'step-failed':
      if (step) Object.assign(step, { status: 'failed', unseenEnd: false, error: line.message });
      break;
    case 'undo-started':
      state.undoing = true;
      break;
    case 'undo-done':
      if (step) {
        step.undone.add(line.effect);
        if (step.undone.size === undoCount(state.plan, line.step)) step.status = 'undone';
      }
      break;
    case 'undo-failed':
      if (step) Object.assign(step, { status: 'undo-failed', error: line.message });
      break;
    case 'finished':
      state.final = line.status;
      state.endedAt = line.time;
      break;
    case 'planned':
      break;
  }
}

export function findStep(plan: Pick<Plan, 'steps'>, id: string): Step | undefined {
  return allSteps(plan.steps).find((step) => step.id === id);
}

/**
 * Whether there is no way back once this step has happened: it destroys something, or it belongs to a
 * plan in which nothing can be taken back at all.
 */
export function isPointOfNoReturn(plan: Pick<Plan, 'steps'>, step: Step): boolean {
  if (step.destructive) return true;
  return allSteps(plan.steps).every(({ undo }) => undo === undefined || undo.length === 0);
}

function undoCount(plan: Pick<Plan, 'steps'>, id: string): number {
  return findStep(plan, id)?.undo?.length ?? 0;
}

export function statusOf(state: OperationState): OperationStatus {
  if (state.final) return state.final;
  return isAlive(state.owner) ? 'running' : 'interrupted';
}

export function summarize(state: OperationState): OperationSummary {
  const { plan } = state;
  return {
    id: state.id,
    operation: plan.operation,
    target: plan.target,
    title: plan.title,
    status: statusOf(state),
    context: state.context,
    endpoint: state.identity && `${state.identity.host}:${state.identity.port}`,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    steps: allSteps(plan.steps).map(({ id, title }) => {
      const { status, upids, warnings, error } = state.steps.get(id) ?? newStepState();
      return {
        id,
        title,
        status,
        upids,
        ...(warnings.length > 0 && { warnings }),
        ...(error !== undefined && { error }),
      };
    }),
  };
}
