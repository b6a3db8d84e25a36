import type { Interfaces } from '@oclif/core';

import { normalizeError, RequestError } from '../errors/index.js';
import { changeFlags } from '../flags/change.js';
import { globalFlags } from '../flags/global.js';
import { askHooks, callHooks, type DoneContext, type SeenPlan } from '../hooks/index.js';
import type { DryRunStyle, RunOptions } from '../host/index.js';
import { allSteps, type Plan } from '../plan/index.js';
import { type Limits, usualLimits } from './bulk/lanes.js';
import { type BulkProgress, runMany, type TargetResult } from './bulk/run-many.js';
import { PmxCommand } from './pmx-command.js';

/** What `--dry-run --json` prints. */
export interface DryRun {
  dryRun: true;
  plans: SeenPlan[];
  warnings: string[];
}

/** Of more than these a person wants the sum, not a line for each. */
const linesOnTerminal = 20;

/**
 * Base of every command that changes something. A subclass implements `plan` and `view`, never
 * `run`: dry run, confirmation, execution, undo and exit codes are the same everywhere.
 *
 * `plan` returns one plan, or an array with one plan for each target. In the latter case the
 * command returns a `TargetResult` for each, and one failure does not stop the others.
 */
export abstract class ChangeCommand<Result> extends PmxCommand<
  Result | Array<TargetResult<Result>> | DryRun
> {
  static override baseFlags: Interfaces.FlagInput = { ...globalFlags, ...changeFlags };

  /** Resolves and validates everything, reads only. */
  protected abstract plan(): Promise<Plan | Plan[]>;
  /** How a person reads the result of one plan. */
  protected abstract view(result: Result): void;
  /** Runs after the plan was carried out, for commands that then stay in the foreground. */
  protected async afterwards(): Promise<void> {}
  /** For commands whose own output is all that belongs on the terminal: no progress. */
  protected readonly quiet: boolean = false;

  /** What a person would read of a success is not wanted. */
  get #hushed(): boolean {
    return this.parsedFlags['quiet'] === true && !this.quiet;
  }

  protected override async planOnly(): Promise<Plan[]> {
    const planned = await this.plan();
    const plans = Array.isArray(planned) ? planned : [planned];
    this.#protect(plans);
    return plans;
  }

  #protect(plans: readonly Plan[]): void {
    for (const plan of plans)
      for (const secret of Object.values(plan.secrets ?? {})) this.session.protect(secret);
  }

  override async run(): Promise<Result | Array<TargetResult<Result>> | DryRun> {
    const planned = await this.plan();
    const plans = Array.isArray(planned) ? planned : [planned];
    this.#protect(plans);
    for (const plan of plans) await this.#askPlugins(plan);
    if (this.parsedFlags['dry-run'] === true) return this.#dryRun(plans);
    await this.#confirm(plans);
    const result = Array.isArray(planned) ? await this.#runAll(plans) : await this.#runOne(planned);
    await this.afterwards();
    return result;
  }

  async #dryRun(plans: Plan[]): Promise<DryRun> {
    const warnings: string[] = [];
    for (const plan of plans) {
      const lines = await this.session.operations.describe(
        plan,
        (this.parsedFlags['as'] ?? 'words') as DryRunStyle,
      );
      for (const line of lines) this.output.print(line);
      warnings.push(...(await this.session.operations.check(plan)));
    }
    for (const warning of warnings) this.output.warn(warning);
    return {
      dryRun: true,
      plans: plans.map(seen),
      warnings,
    };
  }

  async #confirm(plans: Plan[]): Promise<void> {
    const destructive = plans.filter((plan) =>
      allSteps(plan.steps).some((step) => step.destructive),
    );
    const doubtful = plans.filter((plan) => destructive.includes(plan) || plan.asks !== undefined);
    const sure = this.parsedFlags['yes'] === true;
    const asked = sure ? [] : (await this.#confirmsAlways(plans)) ? plans : doubtful;
    // What is asked about is shown, in any case.
    if (!this.#hushed || asked.length > 0) {
      this.#notes(plans);
      for (const { impact } of destructive) if (impact) this.output.impact(impact);
    }
    if (asked.length === 0) return;
    const what = asked.length === 1 ? asked[0]!.title : `${asked.length} changes`;
    const why =
      destructive.length > 0
        ? 'This cannot be taken back'
        : (doubtful[0]?.asks ?? 'Every change is to be confirmed (confirm: always)');
    if (!this.session.prompt.possible) {
      throw new RequestError({
        code: 'PMX_CONFIRMATION_NEEDED',
        message: `${why} and nobody can be asked (no terminal, or --no-input): ${titles(asked).join('; ')}.`,
        hints: ['Add --yes to confirm.', 'Add --dry-run to see what would happen.'],
      });
    }
    const unnamed = asked.filter(({ impact }) => impact === undefined);
    if (doubtful.length > 0 && destructive.length === 0) this.output.note(`${why}.`);
    if (asked.length > 1) for (const title of titles(unnamed)) this.output.note(`  ${title}`);
    if (!(await this.session.prompt.confirm(`${what}?`))) {
      throw new RequestError({ code: 'PMX_DECLINED', message: 'Declined. Nothing was changed.' });
    }
  }

  /** Of many that need nothing a person wants the number; of few, `view` says it of each. */
  #notes(plans: readonly Plan[]): void {
    const many = plans.length > linesOnTerminal;
    const idle = many ? plans.filter(({ steps }) => steps.length === 0) : [];
    const silent = new Set([...idle, ...plans.filter(saysUnchanged)]);
    for (const plan of plans) {
      if (silent.has(plan)) continue;
      for (const note of plan.notes ?? []) this.output.note(note);
    }
    if (idle.length > 0)
      this.output.note(`${idle.length} of ${plans.length}: nothing to do, they are so already.`);
  }

  /** What changes only pmx's own files is never asked about by this. */
  async #confirmsAlways(plans: Plan[]): Promise<boolean> {
    const remote = plans.some((plan) => plan.local !== true);
    return remote && (await this.session.defaults()).confirm === 'always';
  }

  /** A guard must neither be in the way of its own removal, nor of taking back what was begun. */
  async #askPlugins(plan: Plan): Promise<void> {
    if (plan.continues || plan.operation.startsWith('plugin.')) return;
    const asked = {
      plan: structuredClone(seen(plan)),
      command: this.id ?? '',
      dryRun: this.parsedFlags['dry-run'] === true,
      session: this.session,
    };
    await askHooks(this.config, 'pmx:plan', asked, `this: ${plan.title}`);
  }

  /** Runs one plan and tells the plugins how it ended. */
  async #carryOut(plan: Plan, options: RunOptions): Promise<Result> {
    const about = { plan: seen(plan), command: this.id ?? '', session: this.session };
    let result: Result;
    try {
      result = (await this.session.operations.run(plan, options)) as Result;
    } catch (thrown) {
      const { code, message, exitCode } = normalizeError(thrown);
      const error = { code, message: this.session.redact(message), exitCode };
      await this.#tellPlugins({ ...about, status: 'failed', error });
      throw thrown;
    }
    await this.#tellPlugins({ ...about, status: 'completed', result });
    return result;
  }

  async #tellPlugins(done: DoneContext): Promise<void> {
    const answers = await callHooks(this.config, 'pmx:done', done);
    for (const { plugin, error } of answers)
      if (error) this.output.warn(`Plugin ${plugin} failed afterwards: ${error.message}`);
  }

  async #runOne(plan: Plan): Promise<Result> {
    const result = await this.#carryOut(plan, this.#runOptions());
    if (!this.output.machine && !this.#hushed) this.view(result);
    return result;
  }

  #runOptions(): RunOptions {
    const waitLock = this.parsedFlags['wait-lock'] as number | undefined;
    return {
      ...((this.quiet || this.#hushed) && { quiet: true }),
      keepOnFailure: this.parsedFlags['keep-on-failure'] === true,
      ...(waitLock !== undefined && { waitLock }),
    };
  }

  async #limits(): Promise<Limits> {
    const asked =
      (this.parsedFlags['parallel'] as number | undefined) ??
      (await this.session.settings.get('parallel'));
    return asked === undefined ? usualLimits : { overall: asked, node: asked, storage: asked };
  }

  async #runAll(plans: Plan[]): Promise<Array<TargetResult<Result>>> {
    if (plans.length === 1) {
      const [plan] = plans as [Plan];
      return [{ target: plan.target, ok: true, result: await this.#runOne(plan) }];
    }
    const options = { ...this.#runOptions(), quiet: true };
    // UPIDs are the result of what is not waited for, and somebody wants to read them.
    const summary =
      this.output.live &&
      !this.quiet &&
      !this.#hushed &&
      plans.length > linesOnTerminal &&
      this.parsedFlags['wait'] !== false;
    try {
      const results = await runMany<Result>({
        plans,
        limits: await this.#limits(),
        failFast: this.parsedFlags['fail-fast'] === true,
        signal: this.session.signal,
        run: (plan) => this.#carryOut(plan, options),
        onDone: (_, result) => {
          if (!summary && !this.#hushed && !this.output.machine) this.view(result);
        },
        onFailure: (plan, { message }) => this.output.note(`${plan.target}: ${message}`),
        onProgress: (progress) => {
          if (!this.#hushed) this.output.status(progressText(progress));
        },
      });
      if (summary) this.output.print(`${plans.length} of ${plans.length} done.`);
      return results;
    } finally {
      this.output.status(undefined);
    }
  }
}

function seen({ secrets: _, held: __, ...plan }: Plan): SeenPlan {
  return plan;
}

/** What is asked about, by name; of very many the first ones and their number. */
function titles(plans: readonly Plan[]): string[] {
  const named = plans.slice(0, linesOnTerminal).map(({ title }) => title);
  return plans.length > named.length
    ? [...named, `and ${plans.length - named.length} more`]
    : named;
}

/** Its result says `changed: false`, and that is what `view` tells. */
function saysUnchanged({ steps, result }: Plan): boolean {
  if (steps.length > 0 || typeof result !== 'object' || result === null) return false;
  return 'changed' in result && result.changed === false;
}

function progressText({ done, failed, running, total }: BulkProgress): string {
  const parts = [`${done} of ${total} done`, `${running} under way`];
  return [...parts, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
}
