import type { DryRunStyle, Operations, OperationSummary, Plan, RunOptions } from '@pmx-cli/kit';

/** Loads the engine with the first call, so that commands that only read never pay for it. */
export class LazyOperations implements Operations {
  readonly #load: () => Promise<Operations>;
  #loaded: Promise<Operations> | undefined;

  constructor(load: () => Promise<Operations>) {
    this.#load = load;
  }

  async run(plan: Plan, options?: RunOptions): Promise<unknown> {
    return (await this.#engine()).run(plan, options);
  }

  async describe(plan: Plan, style: DryRunStyle): Promise<string[]> {
    return (await this.#engine()).describe(plan, style);
  }

  async check(plan: Plan): Promise<string[]> {
    return (await this.#engine()).check(plan);
  }

  async list(): Promise<OperationSummary[]> {
    return (await this.#engine()).list();
  }

  async show(id: string): Promise<OperationSummary> {
    return (await this.#engine()).show(id);
  }

  async continuation(id: string, mode: 'rollback' | 'resume'): Promise<Plan> {
    return (await this.#engine()).continuation(id, mode);
  }

  #engine(): Promise<Operations> {
    return (this.#loaded ??= this.#load());
  }
}
