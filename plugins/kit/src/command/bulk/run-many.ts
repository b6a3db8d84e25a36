import {
  InterruptedError,
  normalizeError,
  type PmxError,
  ProxmoxError,
} from '../../errors/index.js';
import type { Plan } from '../../plan/index.js';
import { Lanes, type Limits } from './lanes.js';

export interface TargetResult<Result> {
  target: string;
  ok: boolean;
  result?: Result;
  error?: { code: string; message: string };
}

export interface Bulk<Result> {
  plans: readonly Plan[];
  limits: Limits;
  /** Begin nothing more after the first failure. */
  failFast: boolean;
  /** Aborts on Ctrl-C: what runs takes itself back, nothing more is begun. */
  signal: AbortSignal;
  run(plan: Plan): Promise<Result>;
  /** Tells of each end, in the order of time. */
  onDone?(plan: Plan, result: Result): void;
  onFailure?(plan: Plan, error: PmxError): void;
  onProgress?(progress: BulkProgress): void;
}

export interface BulkProgress {
  done: number;
  failed: number;
  running: number;
  total: number;
}

/** So many operations in a row that could not reach the server, in so short a time: it is down. */
const deadAfter = { failures: 5, millis: 60_000 };
/** Names in a message; the results have them all. */
const namesShown = 10;

/**
 * Carries many plans out, some at a time. One failure stops no other, unless that was asked for.
 * @returns a result for each plan, in the order of the plans
 * @throws InterruptedError, or ProxmoxError `PMX_PARTIAL_FAILURE`, with the results in their data
 */
export async function runMany<Result>(bulk: Bulk<Result>): Promise<Array<TargetResult<Result>>> {
  const run = new BulkRun(bulk);
  await run.all();
  return run.results();
}

class BulkRun<Result> {
  readonly #bulk: Bulk<Result>;
  readonly #lanes: Lanes;
  readonly #results: Array<TargetResult<Result>> = [];
  readonly #progress: BulkProgress;
  readonly #unreachable: number[] = [];
  /** Why nothing more is begun. */
  #stop: string | undefined;
  #interrupted: PmxError | undefined;

  constructor(bulk: Bulk<Result>) {
    this.#bulk = bulk;
    this.#lanes = new Lanes(bulk.plans, bulk.limits);
    this.#progress = { done: 0, failed: 0, running: 0, total: bulk.plans.length };
  }

  all(): Promise<void> {
    return new Promise((resolve) => {
      const fill = (): void => {
        for (;;) {
          if (this.#bulk.signal.aborted) this.#stop ??= 'interrupted before it was begun';
          const next = this.#stop === undefined ? this.#lanes.next() : undefined;
          if (!next) break;
          this.#progress.running++;
          void this.#one(next.index).then(() => {
            this.#progress.running--;
            next.release();
            this.#tell();
            fill();
          });
        }
        if (this.#progress.running === 0) resolve();
      };
      this.#tell();
      fill();
    });
  }

  async #one(index: number): Promise<void> {
    const plan = this.#bulk.plans[index]!;
    const { target } = plan;
    try {
      const result = await this.#bulk.run(plan);
      this.#results[index] = { target, ok: true, result };
      this.#progress.done++;
      this.#unreachable.length = 0;
      this.#bulk.onDone?.(plan, result);
    } catch (thrown) {
      const error = normalizeError(thrown);
      const { code, message } = error;
      this.#results[index] = { target, ok: false, error: { code, message } };
      this.#progress.failed++;
      this.#bulk.onFailure?.(plan, error);
      this.#judge(error);
    }
  }

  #judge(error: PmxError): void {
    if (error.exitCode === 130) this.#interrupted ??= error;
    if (this.#bulk.failFast) this.#stop ??= 'not begun, for another one failed (--fail-fast)';
    if (error.code !== 'PMX_UNREACHABLE') return;
    const now = performance.now();
    this.#unreachable.push(now);
    const since = this.#unreachable.at(-deadAfter.failures);
    if (since !== undefined && now - since < deadAfter.millis) {
      this.#stop ??= `not begun, for the server could not be reached ${deadAfter.failures} times in a row`;
    }
  }

  #tell(): void {
    this.#bulk.onProgress?.({ ...this.#progress });
  }

  results(): Array<TargetResult<Result>> {
    const { plans, signal } = this.#bulk;
    const begun = this.#progress.done + this.#progress.failed;
    const results = plans.map(
      ({ target }, index) =>
        this.#results[index] ?? {
          target,
          ok: false,
          error: { code: 'PMX_NOT_BEGUN', message: `${capital(this.#stop!)}.` },
        },
    );
    const unbegun = plans.length - begun;
    const rest = unbegun > 0 ? ` ${unbegun} of ${plans.length}: ${this.#stop}.` : '';
    if (this.#interrupted || (signal.aborted && unbegun > 0)) {
      throw new InterruptedError({
        message: `${this.#interrupted?.message ?? 'Interrupted.'} ${this.#progress.done} of ${plans.length} done.${rest}`,
        hints: this.#interrupted?.hints ?? [],
        data: { ...this.#interrupted?.data, results },
      });
    }
    if (this.#progress.failed > 0) {
      const failed = results.filter(({ ok, error }) => !ok && error?.code !== 'PMX_NOT_BEGUN');
      throw new ProxmoxError({
        code: 'PMX_PARTIAL_FAILURE',
        message: `${failed.length} of ${plans.length} failed: ${names(failed)}.${rest}`,
        hints: [
          unbegun > 0 ? 'What ended before that is done.' : 'The others are done.',
          'pmx op list shows what was undone.',
        ],
        data: { results },
      });
    }
    return results;
  }
}

function names(failed: ReadonlyArray<TargetResult<unknown>>): string {
  const shown = failed.slice(0, namesShown).map(({ target }) => target);
  const more = failed.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
