import {
  allSteps,
  type Effect,
  type EndpointIdentity,
  type Json,
  type OperationStatus,
  type Plan,
  type PlanNode,
  resolve as resolveValue,
  type RunOptions,
  type Step,
  type Value,
} from '@pmx-cli/kit';
import { isPmxError, normalizeError, type PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import type { EngineListener } from './events.js';
import { isGuestGone } from './handlers/guest-gone.js';
import type { EffectPorts, StepContext, StepHandler, StepHandlers } from './handlers/handler.js';
import {
  currentOwner,
  type FinalStatus,
  Journal,
  type JournalEvent,
  newOperationId,
} from './journal.js';
import { usualLockWait } from './handlers/contention.js';
import { failureReport, type UndoReport } from './report.js';
import { throwIfInterrupted } from './retry.js';
import {
  apply,
  findStep,
  foldJournal,
  isPointOfNoReturn,
  type OperationState,
  statusOf,
} from './state.js';

export interface EngineDependencies {
  directory: string;
  handlers: StepHandlers;
  ports: EffectPorts;
  /** Name of the context in use, for the journal. */
  context(): Promise<string | undefined>;
  identity(): Promise<EndpointIdentity>;
  /** Aborts on the first Ctrl-C. */
  signal: AbortSignal;
  /** Aborts on the second Ctrl-C: then undo stops as well. */
  abandon: AbortSignal;
  redact(text: string): string;
  /** Everything printed or journaled from now on hides this value. */
  protect(secret: string): void;
  /** What a plan's result refers to as a secret is what was asked for: stdout may show it. */
  disclose?(secret: string): void;
}

/** Whether steps that cannot be taken back have happened, so that only forward is left. */
type Direction = 'undo' | 'forward';

/**
 * Carries one plan out. It ends in one of three ways: everything done; everything taken back; or,
 * once a step that cannot be taken back has happened, finished forward as far as possible.
 */
export class OperationRun {
  readonly #dependencies: EngineDependencies;
  readonly #plan: Plan;
  readonly #journal: Journal;
  readonly #state: OperationState;
  readonly #listener: EngineListener;
  /** Secrets that steps were given by the server. */
  readonly #kept = new Map<string, string>();
  /** What guests have said: in no journal, but no secret. */
  readonly #held = new Map<string, string>();
  /** Milliseconds. */
  #waitLock = usualLockWait;

  private constructor(
    dependencies: EngineDependencies,
    plan: Plan,
    journal: Journal,
    state: OperationState,
    listener: EngineListener,
  ) {
    this.#dependencies = dependencies;
    this.#plan = plan;
    this.#journal = journal;
    this.#state = state;
    this.#listener = listener;
  }

  /** Begins a new operation: its plan is on disk before anything else happens. */
  static async begin(
    dependencies: EngineDependencies,
    plan: Plan,
    listener: EngineListener,
  ): Promise<OperationRun> {
    const { secrets: _, held: __, ...stored } = plan;
    const identity = plan.local ? undefined : await dependencies.identity();
    const context = plan.local ? undefined : await dependencies.context();
    const id = newOperationId();
    const planned: JournalEvent = {
      event: 'planned',
      plan: stored,
      context,
      identity,
      owner: currentOwner(),
    };
    const journal = Journal.create(dependencies.directory, id, dependencies.redact);
    journal.append(planned);
    const state = foldJournal(id, [{ time: new Date().toISOString(), ...planned }])!;
    return new OperationRun(dependencies, plan, journal, state, listener);
  }

  /** Takes up an operation that an earlier process left. */
  static continue(
    dependencies: EngineDependencies,
    state: OperationState,
    mode: 'rollback' | 'resume' | 'undo',
    listener: EngineListener,
  ): OperationRun {
    const journal = Journal.reopen(dependencies.directory, state.id, dependencies.redact);
    const run = new OperationRun(dependencies, state.plan, journal, state, listener);
    run.#record({ event: 'continued', mode, owner: currentOwner() });
    for (const [id, { warnings }] of state.steps)
      for (const text of warnings) listener({ type: 'step-warning', id, text });
    return run;
  }

  get id(): string {
    return this.#state.id;
  }

  /** As the journal has it. */
  get status(): OperationStatus {
    return statusOf(this.#state);
  }

  /** Runs what is not done yet. @throws PmxError after having taken back, or finished, what began */
  async run(options: RunOptions = {}): Promise<Json> {
    this.#waitLock = options.waitLock ?? usualLockWait;
    this.#listener({ type: 'begun', title: this.#plan.title, steps: allSteps(this.#plan.steps) });
    try {
      for (const node of this.#plan.steps) await this.#runNode(node, this.#dependencies.signal);
      const result = this.#resolve(this.#plan.result, this.#dependencies.disclose);
      this.#finish('completed');
      return result;
    } catch (thrown) {
      throw await this.#recoverFrom(normalizeError(thrown), options);
    } finally {
      this.#journal.close();
    }
  }

  /** Takes back what an earlier process left. @throws SurroundingsError when not everything went */
  async rollBack(): Promise<Json> {
    try {
      const direction = await this.#direction();
      const report = direction === 'forward' ? await this.#finishForward() : await this.#undo();
      this.#finish(
        report.left.length > 0 ? 'failed' : direction === 'forward' ? 'completed' : 'rolled-back',
      );
      if (report.left.length > 0) throw failureReport(this.id, this.#plan.title, undefined, report);
      return {
        operation: this.id,
        status: direction === 'forward' ? 'completed' : 'rolled-back',
        done: report.done,
      };
    } finally {
      this.#journal.close();
    }
  }

  async #recoverFrom(error: PmxError, options: RunOptions): Promise<PmxError> {
    const began = this.#state.order.length > 0;
    if (options.keepOnFailure && error.exitCode !== 130) {
      this.#finish('interrupted');
      return failureReport(this.id, this.#plan.title, error, { done: [], left: [], kept: true });
    }
    let direction: Direction;
    try {
      direction = await this.#direction();
    } catch (unknown) {
      // Nobody can tell whether the point of no return was passed: touch nothing more.
      this.#finish('interrupted');
      return failureReport(this.id, this.#plan.title, error, {
        done: [],
        left: [messageOf(unknown)],
      });
    }
    const report = direction === 'forward' ? await this.#finishForward() : await this.#undo();
    const clean = report.left.length === 0;
    this.#finish(clean ? (direction === 'forward' ? 'completed' : 'rolled-back') : 'failed');
    return began ? failureReport(this.id, this.#plan.title, error, report) : error;
  }

  /** A step without a way back that happened, or whose end nobody saw and that the server confirms. */
  async #direction(): Promise<Direction> {
    for (const id of this.#state.order) {
      const step = findStep(this.#plan, id);
      const { status, unseenEnd } = this.#state.steps.get(id)!;
      if (!step || !isPointOfNoReturn(this.#plan, step)) continue;
      if (status === 'done') return 'forward';
      if (unseenEnd) {
        const result = await this.#handler(step).recover(
          step.args as never,
          this.#context(step.id, this.#dependencies.abandon),
        );
        if (result) {
          this.#recordIfPossible({ event: 'step-done', step: id, result });
          return 'forward';
        }
        // The verdict stands, also for a process that goes on after this one.
        this.#recordIfPossible({ event: 'step-failed', step: id, message: 'It did not happen.' });
      }
    }
    return 'undo';
  }

  async #runNode(node: PlanNode, signal: AbortSignal): Promise<void> {
    if (!('parallel' in node)) return this.#runStep(node, signal);
    const siblings = new AbortController();
    const either = AbortSignal.any([signal, siblings.signal]);
    let first: unknown;
    await Promise.all(
      node.parallel.map((step) =>
        this.#runStep(step, either).catch((error: unknown) => {
          first ??= error;
          siblings.abort();
        }),
      ),
    );
    if (first !== undefined) throw first;
  }

  async #runStep(step: Step, signal: AbortSignal): Promise<void> {
    const before = this.#state.steps.get(step.id)!;
    if (before.status === 'done') return;
    throwIfInterrupted(signal);
    const { unseenEnd, begunEarlier } = before;
    if (!unseenEnd) this.#record({ event: 'step-started', step: step.id });
    this.#listener({ type: 'step-started', id: step.id });
    const context = { ...this.#context(step.id, signal), begunEarlier };
    const handler = this.#handler(step);
    try {
      const recovered = unseenEnd ? await handler.recover(step.args as never, context) : undefined;
      const result = recovered ?? (await handler.run(step.args as never, context));
      const variables = Object.fromEntries(
        Object.entries(step.bind ?? {}).map(([variable, key]) => [variable, result[key] ?? null]),
      );
      if (step.bind) context.bind(variables);
      this.#record({ event: 'step-done', step: step.id, result });
      this.#listener({ type: 'step-done', id: step.id });
    } catch (error) {
      const message = messageOf(error);
      // Without a certain failure the step stays "started": its end is unknown.
      const seen = isPmxError(error) && error.data?.['seen'] === true;
      if (seen || (isPmxError(error) && (error.exitCode === 3 || error.exitCode === 1))) {
        this.#recordIfPossible({ event: 'step-failed', step: step.id, message });
      }
      this.#listener({ type: 'step-failed', id: step.id, message });
      throw error;
    }
  }

  /**
   * Last first; goes on when one effect fails, because the others still have to go, and when the
   * journal cannot be written (a full disk), for then nobody could take it up later.
   */
  async #undo(): Promise<UndoReport> {
    const report: UndoReport = { done: [], left: [] };
    const steps = this.#state.order
      .toReversed()
      .map((id) => findStep(this.#plan, id)!)
      .filter((step) => step.undo && step.undo.length > 0);
    const titled = steps.flatMap((step) =>
      step.undo!.map(({ title }, effect) => ({ id: undoId(step.id, effect), title })),
    );
    if (titled.length > 0) this.#listener({ type: 'undo-begun', steps: titled });
    for (const step of steps) {
      const { unseenEnd, begunEarlier } = this.#state.steps.get(step.id)!;
      for (const [effect, undo] of step.undo!.entries()) {
        if (this.#state.steps.get(step.id)!.undone.has(effect)) continue;
        const id = undoId(step.id, effect);
        this.#listener({ type: 'step-started', id });
        this.#recordIfPossible({ event: 'undo-started', step: step.id, effect });
        try {
          throwIfInterrupted(this.#dependencies.abandon);
          await this.#takeBack(undo, {
            ...this.#context(step.id, this.#dependencies.abandon, id),
            unseenEnd: unseenEnd || begunEarlier,
            // Who was not willing to wait still wants everything taken back.
            waitLock: Math.max(this.#waitLock, usualLockWait),
          });
          this.#recordIfPossible({ event: 'undo-done', step: step.id, effect });
          this.#listener({ type: 'step-done', id });
          report.done.push(undo.title);
        } catch (error) {
          const message = messageOf(error);
          this.#recordIfPossible({ event: 'undo-failed', step: step.id, effect, message });
          this.#listener({ type: 'step-failed', id, message });
          report.left.push(`${undo.title}: ${message}`);
        }
      }
    }
    return report;
  }

  async #takeBack(undo: Effect, context: StepContext): Promise<void> {
    try {
      await this.#handler(undo).run(undo.args as never, context);
    } catch (error) {
      if (!(await isGuestGone(undo, error, context))) throw error;
    }
  }

  /** Behind the point of no return: every step that is left is tried, none holds up the others. */
  async #finishForward(): Promise<UndoReport> {
    const report: UndoReport = { done: [], left: [] };
    for (const step of allSteps(this.#plan.steps)) {
      if (this.#state.steps.get(step.id)!.status === 'done') continue;
      try {
        await this.#runStep(step, this.#dependencies.abandon);
        report.done.push(step.title);
      } catch (error) {
        report.left.push(`${step.title}: ${messageOf(error)}`);
      }
    }
    return report;
  }

  #context(stepId: string, signal: AbortSignal, listenerId = stepId): StepContext {
    const step = this.#state.steps.get(stepId)!;
    // What is taken back goes on without a journal, see above.
    const record = (event: JournalEvent): void =>
      listenerId === stepId ? this.#record(event) : this.#recordIfPossible(event);
    return {
      ...this.#dependencies.ports,
      operationId: this.id,
      signal,
      startedAt: new Date((this.#state.late ? undefined : step.startedAt) ?? Date.now()),
      upids: step.upids,
      unseenEnd: false,
      begunEarlier: false,
      waitLock: this.#waitLock,
      resolve: (value) => this.#resolve(value as Value) as never,
      bind: (variables) => record({ event: 'bound', variables }),
      keepSecret: (name, secret) => {
        this.#dependencies.protect(secret);
        this.#kept.set(name, secret);
      },
      hold: (name, text) => void this.#held.set(name, text),
      noteTask: (upid) => record({ event: 'task', step: stepId, upid }),
      report: (text) => this.#listener({ type: 'step-progress', id: listenerId, text }),
      warn: (text) => {
        // Told at the end, which a process that is killed never reaches.
        this.#recordIfPossible({ event: 'warning', step: stepId, text });
        this.#listener({ type: 'step-warning', id: listenerId, text });
      },
    };
  }

  #handler(effect: Pick<Step, 'kind'>): StepHandler<never> {
    const handler = this.#dependencies.handlers[effect.kind] as StepHandler<never> | undefined;
    if (handler) return handler;
    throw new SurroundingsError({
      code: 'PMX_UNKNOWN_STEP',
      message: `This pmx does not know steps of kind '${String(effect.kind)}'.`,
      hints: ['The journal was written by a newer pmx: update this one.'],
    });
  }

  #resolve(value: Value, seen?: (secret: string) => void): Json {
    return resolveValue(value, {
      variable: (name) => {
        const bound = this.#state.variables[name];
        if (bound === undefined) throw new Error(`variable '${name}' is not bound`);
        return bound;
      },
      secret: (name) => {
        const secret = this.#kept.get(name) ?? this.#plan.secrets?.[name];
        if (secret !== undefined) {
          seen?.(secret);
          return secret;
        }
        const held = this.#held.get(name) ?? this.#plan.held?.[name];
        if (held !== undefined) return held;
        throw new SurroundingsError({
          code: 'PMX_SECRET_GONE',
          message: `Step needs the secret '${name}', which is never written to a journal.`,
          hints: [`Take the operation back and start it anew: pmx op rollback ${this.id}`],
        });
      },
    });
  }

  #record(event: JournalEvent): void {
    this.#journal.append(event);
    apply(this.#state, { time: new Date().toISOString(), ...event });
  }

  #recordIfPossible(event: JournalEvent): void {
    try {
      this.#record(event);
    } catch {
      apply(this.#state, { time: new Date().toISOString(), ...event });
    }
  }

  #finish(status: FinalStatus): void {
    this.#recordIfPossible({ event: 'finished', status });
    this.#listener({ type: 'ended', status });
  }
}

function undoId(step: string, effect: number): string {
  return `undo:${step}:${effect}`;
}

function messageOf(error: unknown): string {
  return normalizeError(error).message;
}
