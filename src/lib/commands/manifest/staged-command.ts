import { ChangeCommand, type DryRun, type Plan, type TargetResult } from '@pmx-cli/kit';
import { isPmxError, normalizeError, type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import type { Manifest } from '../../operations/declare/document.js';
import type { ApplyResult } from '../../operations/declare/update.js';
import type { GivenFiles } from './flags.js';

type Results = Array<TargetResult<ApplyResult>>;

/**
 * Changes of what documents describe, in stages: what later documents need is there by then. All is
 * planned once beforehand, so that what is wrong anywhere is told before anything is changed.
 */
export abstract class StagedCommand extends ChangeCommand<ApplyResult> {
  #manifests: Manifest[] | undefined;
  #ready: Plan[] | undefined;

  /** The documents in the order in which they may be carried out. */
  protected abstract stages(manifests: readonly Manifest[]): Promise<Manifest[][]>;
  protected abstract planStage(manifests: readonly Manifest[]): Promise<Plan[]>;
  /** What a second look at freshly made things finds to do. */
  protected async planAgain(_results: Results, _manifests: readonly Manifest[]): Promise<Plan[]> {
    return [];
  }

  protected async manifests(): Promise<Manifest[]> {
    if (this.#manifests) return this.#manifests;
    const { parseVariables, readManifests } = await import('../../operations/declare/read.js');
    const { file, var: words = [] } = this.parsedFlags as unknown as GivenFiles;
    return (this.#manifests = await readManifests(file, parseVariables(words)));
  }

  protected override async plan(): Promise<Plan[]> {
    if (this.#ready) return this.#ready;
    const stages = await this.stages(await this.manifests());
    return this.planStage(stages.flat());
  }

  override async run(): Promise<ApplyResult | Results | DryRun> {
    if (this.parsedFlags['dry-run'] === true) return super.run();
    const { laterOperation } = await import('../../operations/declare/apply.js');
    const manifests = await this.manifests();
    const stages = await this.stages(manifests);
    const order = stages.flat();
    const plans = await this.plan();
    const results: Results = [];
    const failures: PmxError[] = [];
    const carryOut = async (ready: Plan[]): Promise<void> => {
      this.#ready = ready;
      try {
        results.push(...((await super.run()) as Results));
      } catch (thrown) {
        const error = normalizeError(thrown);
        // Somebody interrupted or declined, or nothing could be asked: the rest is not begun.
        if (!isPmxError(error) || error.exitCode === 130 || error.exitCode === 1) throw thrown;
        failures.push(error);
        results.push(...resultsOf(error, ready));
      } finally {
        (await this.inventory()).forget();
      }
    };
    const busy = stages.filter((stage) =>
      stage.some((manifest) => {
        const plan = plans[order.indexOf(manifest)];
        return plan !== undefined && (plan.steps.length > 0 || plan.operation === laterOperation);
      }),
    );
    // One stage alone needs nothing of another; what needs none is carried out as it was planned.
    if (busy.length <= 1) await carryOut(plans);
    else
      for (const stage of stages) {
        if (failures.length > 0) break;
        await carryOut(await this.planStage(stage));
      }
    const again = await this.planAgain(results, manifests);
    if (again.length > 0) {
      this.#ready = again;
      await super.run();
    }
    const [failure] = failures;
    if (!failure) return results;
    if (plans.length === 1) throw failure;
    const failed = results.filter(({ ok }) => !ok).map(({ target }) => target);
    throw new ProxmoxError({
      code: 'PMX_PARTIAL_FAILURE',
      message: `${failed.length} of ${plans.length} failed: ${failed.join(', ')}.`,
      hints: [
        ...failure.hints,
        'What stands behind a stage with a failure was not begun. Apply again when it is mended: what is done stays as it is.',
      ],
      data: { results },
      cause: failure,
    });
  }

  protected override view({ kind, name, vmid, action, differences }: ApplyResult): void {
    const id = vmid === null ? '' : ` (${vmid})`;
    const fields =
      action === 'changed' ? `: ${differences.map(({ field }) => field).join(', ')}` : '';
    this.output.print(`${kind} ${name}${id} ${action}${fields}`);
  }
}

function resultsOf(error: PmxError, plans: readonly Plan[]): Results {
  const told = error.data?.['results'] as Results | undefined;
  if (told) return told;
  const { code, message } = error;
  return plans.map(({ target }) => ({ target, ok: false, error: { code, message } }));
}
