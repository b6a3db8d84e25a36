import type { DryRunStyle, Operations, OperationSummary, Plan, RunOptions } from '@pmx-cli/kit';

/** Loads the engine with the first call, so that commands that only read never pay for it. */
export class LazyOperations implements Operations {
  readonly #load: () => Promise<Operations>;
  readonly #during: (operation: () => Promise<unknown>) => Promise<unknown>;
  #loaded: Promise<Operations> | undefined;

  /** @param during is told of every run */
  constructor(
    load: () => Promise<Operations>,
    during: (operation: () => Promise<unknown>) => Promise<unknown>,
  ) {
    this.#load = load;
    this.#during = during;
  }

  async run(plan: Plan, options?: RunOptions): Promise<unknown> {
    const engine = await this.#engine();
    return this.#during(() => engine.run(plan, options));
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

  async undoing(id?: string): Promise<Plan> {
    return (await this.#engine()).undoing(id);
  }

  #engine(): Promise<Operations> {
    return (this.#loaded ??= this.#load());
  }
}
