import { ChangeCommand, type DryRun, type Plan, type TargetResult } from '@pmx-cli/kit';
import { InterruptedError, isPmxError, type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';
import { Flags } from '@oclif/core';

import type { Unfinished } from '../../operations/template/build/interrupted.js';
import type { TemplateBuildResult } from '../../operations/template/build/new-version.js';
import type { Builds } from '../../operations/template/build/plan.js';

type Outcome = TargetResult<TemplateBuildResult>;

/** Flags of commands that make new versions of several templates. */
export const buildFlags = {
  report: Flags.string({ description: 'Write a report as JSON.', helpValue: 'FILE' }),
  junit: Flags.string({ description: 'Write a report for CI servers.', helpValue: 'FILE' }),
  'prune-keep': Flags.integer({
    description:
      'So many versions of a name stay once a new one is there; older ones that no linked clone stands on are deleted.',
    helpValue: 'N',
    min: 1,
    max: 1000,
  }),
};

/**
 * New versions of many templates. A publisher that cannot be reached stops only what comes from it;
 * what is wrong with the request stops everything before anything is changed.
 */
export abstract class TemplateBuildCommand extends ChangeCommand<TemplateBuildResult> {
  #plans: Plan[] = [];
  #failures: Builds['failures'] = [];

  protected abstract builds(): Promise<Builds>;

  /** What all plans of new versions need to know. */
  protected async surroundings() {
    const { settings, operations, signal } = this.session;
    const [defaults, mirrors, keyrings, catalogFile, known] = await Promise.all([
      this.session.defaults(),
      settings.get('mirrors'),
      settings.get('keyrings'),
      settings.get('catalog'),
      operations.list(),
    ]);
    const unfinished: Unfinished = {
      operations: known,
      resume: (id) => operations.continuation(id, 'resume'),
    };
    return { defaults, mirrors, keyrings, catalogFile, unfinished, signal };
  }

  protected override async plan(): Promise<Plan[]> {
    const { plans, failures } = await this.builds();
    this.#plans = plans;
    this.#failures = failures;
    return plans;
  }

  override async run(): Promise<TemplateBuildResult | Outcome[] | DryRun> {
    let answer: TemplateBuildResult | Outcome[] | DryRun = [];
    let thrown: PmxError | undefined;
    try {
      answer = await super.run();
    } catch (error) {
      // What ends with 1 was told before anything was begun, or somebody declined.
      if (!isPmxError(error) || error.exitCode === 1) throw error;
      thrown = error;
    }
    if (thrown === undefined && 'dryRun' in answer) return this.#dryRun(answer);
    const outcomes = [
      ...(thrown === undefined ? (answer as Outcome[]) : this.#outcomesOf(thrown)),
      ...this.#failures.map(({ target, error }) => failed(target, error)),
    ];
    for (const { target, error } of this.#failures) this.output.note(`${target}: ${error.message}`);
    await this.#report(outcomes);
    return this.#judge(outcomes, thrown ?? this.#failures[0]?.error);
  }

  #dryRun(dryRun: DryRun): DryRun {
    const warnings = this.#failures.map(({ target, error }) => `${target}: ${error.message}`);
    for (const warning of warnings) this.output.warn(warning);
    if (warnings.length > 0) process.exitCode = this.#failures[0]!.error.exitCode;
    return { ...dryRun, warnings: [...dryRun.warnings, ...warnings] };
  }

  #outcomesOf(error: PmxError): Outcome[] {
    const told = error.data?.['results'] as Outcome[] | undefined;
    return told ?? this.#plans.map(({ target }) => failed(target, error));
  }

  #judge(outcomes: Outcome[], cause: PmxError | undefined): Outcome[] {
    const bad = outcomes.filter(({ ok }) => !ok);
    if (cause === undefined || bad.length === 0) return outcomes;
    const data = { ...cause.data, results: outcomes };
    const { code, message } = cause;
    if (cause.exitCode === 130) {
      const hints = [...cause.hints, 'Run it again: what is built already is not built again.'];
      throw new InterruptedError({ message, hints, data, cause });
    }
    if (outcomes.length === 1 && code !== 'PMX_PARTIAL_FAILURE') throw cause;
    throw new ProxmoxError({
      code: 'PMX_PARTIAL_FAILURE',
      message: `${bad.length} of ${outcomes.length} failed: ${bad.map(({ target }) => target).join(', ')}.`,
      hints: [
        'The others are done. Run it again when it is mended: what is built already is not built again.',
      ],
      data,
      cause,
    });
  }

  async #report(outcomes: readonly Outcome[]): Promise<void> {
    const { report, junit } = this.parsedFlags as { report?: string; junit?: string };
    if (report === undefined && junit === undefined) return;
    const [{ junitReport, reportOf }, { writeFile }] = await Promise.all([
      import('../../operations/template/build/report.js'),
      import('node:fs/promises'),
    ]);
    if (report !== undefined)
      await writeFile(report, `${JSON.stringify(reportOf(outcomes), undefined, 2)}\n`);
    if (junit !== undefined)
      await writeFile(junit, junitReport(`pmx ${this.id?.replaceAll(':', ' ')}`, outcomes));
  }

  protected override view({
    name,
    version,
    vmid,
    node,
    action,
    pruned,
  }: TemplateBuildResult): void {
    const gone = pruned.length === 0 ? '' : `; gone: ${pruned.join(', ')}`;
    this.output.print(`${name}@${version} (${vmid}) on node ${node} ${action}${gone}`);
  }
}

function failed(target: string, { code, message }: PmxError): Outcome {
  return { target, ok: false, error: { code, message } };
}
