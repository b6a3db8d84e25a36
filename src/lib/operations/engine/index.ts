import { dirname, join } from 'node:path';

import type {
  DryRunStyle,
  Operations,
  OperationSummary,
  Output,
  Plan,
  RunOptions,
} from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { Audit } from '../../audit/index.js';
import { describePlan } from '../describe/index.js';
import { refuseRootOnly } from '../permissions/root-only.js';
import { planContinuation, refuseEnded } from './continuation.js';
import { type EngineDependencies, OperationRun } from './engine.js';
import type { EngineListener } from './events.js';
import { guestsOf, holdGuests } from './guest-locks.js';
import { listJournals, readJournal } from './journal.js';
import { planUndo, refuseUnfinished } from './undo-plan.js';
import { foldJournal, type OperationState, statusOf, summarize } from './state.js';
import { exclusively } from './takeover.js';

export interface OperationsDependencies extends EngineDependencies {
  output: Output;
  endpoint(): Promise<string | undefined>;
  /** Whether the context in use forbids every write. */
  readOnly(): Promise<boolean>;
  progress(quiet: boolean): Promise<{ listener: EngineListener; end(): Promise<void> }>;
  check(plan: Plan): Promise<string[]>;
  audit: Pick<Audit, 'append'>;
}

/** The engine behind kit's `Operations`. */
export class OperationService implements Operations {
  readonly #dependencies: OperationsDependencies;

  constructor(dependencies: OperationsDependencies) {
    this.#dependencies = dependencies;
  }

  async run(plan: Plan, options: RunOptions = {}): Promise<unknown> {
    if (await this.#isForbidden(plan))
      throw readOnlyContext(await this.#dependencies.context(), plan);
    if (!plan.continues && !plan.local)
      await refuseRootOnly(plan, async () => (await this.#dependencies.ports.pve()).user);
    const progress = await this.#dependencies.progress(options.quiet ?? false);
    const warnings: string[] = [];
    const listener: EngineListener = (event) => {
      if (event.type === 'step-warning') warnings.push(event.text);
      else progress.listener(event);
    };
    let release: (() => void) | undefined;
    try {
      // Who takes an operation up works on all its guests, whatever is left to do.
      const whole = plan.continues ? this.#load(plan.continues.operationId).plan : plan;
      release = await this.#hold(whole, options);
      if (plan.continues) {
        const { operationId, mode } = plan.continues;
        // Between plan and run a person was asked: somebody else may have taken it up meanwhile.
        const run = exclusively(this.#dependencies.directory, operationId, () => {
          const state = this.#load(operationId);
          if (mode === 'undo') refuseUnfinished(state);
          else refuseEnded(state, mode);
          return OperationRun.continue(this.#dependencies, state, mode, listener);
        });
        return await this.#audited('continued', run, plan, () =>
          mode === 'resume' ? run.run(options) : run.rollBack(),
        );
      }
      const run = await OperationRun.begin(this.#dependencies, plan, listener);
      return await this.#audited('begun', run, plan, () => run.run(options));
    } finally {
      release?.();
      await progress.end();
      // Behind the drawing, which they would tear apart.
      for (const warning of warnings) this.#dependencies.output.warn(`${plan.target}: ${warning}`);
    }
  }

  async #hold(plan: Omit<Plan, 'secrets'>, { waitLock }: RunOptions): Promise<() => void> {
    if (plan.local || guestsOf(plan).length === 0) return () => undefined;
    const { directory, identity, signal, ports, output } = this.#dependencies;
    return holdGuests(plan, await identity(), {
      directory: join(dirname(directory), 'guests'),
      signal,
      waitLock,
      sleep: ports.sleep,
      tell: (text) => output.note(text),
    });
  }

  async describe(plan: Plan, style: DryRunStyle): Promise<string[]> {
    return describePlan(plan, style, plan.local ? undefined : await this.#dependencies.endpoint());
  }

  async check(plan: Plan): Promise<string[]> {
    const problems = await this.#dependencies.check(plan);
    if (!(await this.#isForbidden(plan))) return problems;
    const { message } = readOnlyContext(await this.#dependencies.context(), plan);
    return [`Without --dry-run this is refused: ${message}`, ...problems];
  }

  async list(): Promise<OperationSummary[]> {
    return listJournals(this.#dependencies.directory)
      .map((id) => foldJournal(id, readJournal(this.#dependencies.directory, id)))
      .filter((state) => state !== undefined)
      .map(summarize)
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt, 'en'));
  }

  async show(id: string): Promise<OperationSummary> {
    return summarize(this.#load(id));
  }

  async continuation(id: string, mode: 'rollback' | 'resume'): Promise<Plan> {
    const state = this.#load(id);
    const identity = state.identity && (await this.#dependencies.identity());
    return planContinuation(state, mode, identity);
  }

  async undoing(id?: string): Promise<Plan> {
    const { directory, identity, ports } = this.#dependencies;
    const ids = listJournals(directory);
    const chosen = id ?? ids.find((each) => this.#changedSomething(each));
    if (chosen === undefined) {
      throw new RequestError({
        code: 'PMX_OPERATION_NOT_FOUND',
        message:
          'No operation has been completed here that changed anything, so there is nothing to undo.',
        hints: ['pmx op list shows those there are.'],
      });
    }
    const state = this.#load(chosen);
    return planUndo(state, {
      identity: state.identity && (await identity()),
      pve: () => ports.pve(),
      later: this.#states(ids.slice(0, ids.indexOf(chosen))),
    });
  }

  /** An `apply` that found everything as described is no reason to look no further. */
  #changedSomething(id: string): boolean {
    const state = foldJournal(id, readJournal(this.#dependencies.directory, id));
    return (
      state !== undefined &&
      statusOf(state) === 'completed' &&
      state.order.length > 0 &&
      !state.plan.operation.startsWith('op.')
    );
  }

  *#states(ids: readonly string[]): Generator<OperationState> {
    for (const id of ids) {
      const state = foldJournal(id, readJournal(this.#dependencies.directory, id));
      if (state) yield state;
    }
  }

  async #audited<T>(
    event: 'begun' | 'continued',
    operation: OperationRun,
    { operation: kind, target }: Plan,
    run: () => Promise<T>,
  ): Promise<T> {
    const { audit } = this.#dependencies;
    await audit.append({ event, operation: operation.id, kind, target });
    try {
      return await run();
    } finally {
      await audit.append({ event: 'ended', operation: operation.id, status: operation.status });
    }
  }

  async #isForbidden(plan: Plan): Promise<boolean> {
    return plan.local !== true && (await this.#dependencies.readOnly());
  }

  #load(id: string): OperationState {
    const state = foldJournal(id, readJournal(this.#dependencies.directory, id));
    if (state) return state;
    throw new RequestError({
      code: 'PMX_JOURNAL_UNREADABLE',
      message: `The journal of operation '${id}' has no readable beginning.`,
      hints: [`Nothing was begun before it was written. See ${this.#dependencies.directory}.`],
    });
  }
}

function readOnlyContext(name: string | undefined, { title }: Plan): RequestError {
  return new RequestError({
    code: 'PMX_READ_ONLY',
    message: `Context '${name}' is read-only, so this is not done: ${title}.`,
    hints: [
      'Another context: --context NAME',
      `To allow writes for good: pmx config set contexts.${name}.readOnly false`,
    ],
  });
}
