import { RequestError } from '../errors/index.js';
import type { DryRunStyle, Operations, OperationSummary, RunOptions } from '../host/index.js';
import { allSteps, type Json, type Plan, resolve } from '../plan/index.js';
import type { Recording } from './recording.js';

/** Stands in for the engine: gives a plan's result, or throws what the operation fails with. */
export type FakeRun = (plan: Plan, options: RunOptions) => unknown;

export interface FakeOperationsOptions {
  run?: FakeRun;
  /** What `check` finds wrong with any plan. */
  problems?: readonly string[];
  /** Values of variables that only steps bind. */
  variables?: Readonly<Record<string, Json>>;
}

/** Records plans instead of carrying them out. */
export class FakeOperations implements Operations {
  readonly #options: FakeOperationsOptions;
  readonly #recording: Recording;

  constructor(options: FakeOperationsOptions, recording: Recording) {
    this.#options = options;
    this.#recording = recording;
  }

  async run(plan: Plan, options: RunOptions = {}): Promise<unknown> {
    this.#recording.runs.push({ plan, options });
    return this.#options.run ? this.#options.run(plan, options) : this.#resultOf(plan);
  }

  /** The title and the steps; the real one says more. */
  async describe(plan: Plan, style: DryRunStyle): Promise<string[]> {
    this.#recording.described.push({ plan, style });
    return [plan.title, ...allSteps(plan.steps).map(({ title }) => `  ${title}`)];
  }

  async check(): Promise<string[]> {
    return [...(this.#options.problems ?? [])];
  }

  async list(): Promise<OperationSummary[]> {
    return [];
  }

  async show(id: string): Promise<OperationSummary> {
    throw notFound(id);
  }

  async continuation(id: string): Promise<Plan> {
    throw notFound(id);
  }

  async undoing(id = 'last'): Promise<Plan> {
    throw notFound(id);
  }

  #resultOf(plan: Plan): Json {
    const known: Record<string, Json> = {
      operation: 'test-operation',
      ...plan.variables,
      ...this.#options.variables,
    };
    return resolve(plan.result, {
      variable(name) {
        const value = Object.hasOwn(known, name) ? known[name] : undefined;
        if (value !== undefined) return value;
        throw new Error(
          `The result of ${plan.operation} needs the variable '${name}': give its value to createFakeHost({ variables }).`,
        );
      },
      secret(name) {
        const value = plan.secrets?.[name];
        if (value !== undefined) return value;
        throw new Error(`The result of ${plan.operation} needs a secret '${name}' it has not.`);
      },
    });
  }
}

function notFound(id: string): RequestError {
  return new RequestError({
    code: 'PMX_OPERATION_NOT_FOUND',
    message: `There is no operation '${id}'.`,
    hints: ['See them: pmx op list'],
  });
}
