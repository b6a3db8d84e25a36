import { InterruptedError, isPmxError } from '@pmx-cli/kit/errors';

import type { Asker } from './answer.js';
import {
  hasSucceeded,
  type Getter,
  isNetworkTrouble,
  readRow,
  readTaskStatus,
  taskFailed,
  taskTimeout,
} from './tasks.js';
import type { TaskListRow, TaskStatus, WaitOptions } from './types.js';
import { parseUpid, type Upid } from './upid.js';

const firstPoll = 200;
const slowestPoll = 2000;
/** A poll that failed (its own tries included) may be followed by a good one: pveproxy restarts. */
const failedPollsInARow = 2;
/** How often a task that the list calls running is asked about by itself, one a node. */
const verifyMillis = 10_000;

interface Wait {
  readonly task: Upid;
  readonly options: WaitOptions;
  /** When its own status was asked last, and how long until that is due again. */
  lookedAt: number;
  pause: number;
  end(result: { status: TaskStatus } | { error: unknown }): void;
}

/**
 * Waits for tasks, by one question for all of a node: while several are waited for, the node's task
 * list is read at each tick. Only a single task, and what the list leaves out, is asked about by
 * itself.
 */
export class TaskWatch {
  readonly #getter: Getter;
  readonly #asker: () => Pick<Asker, 'user' | 'credentials'>;
  readonly #nodes = new Map<string, NodeWatch>();

  constructor(getter: Getter, asker: () => Pick<Asker, 'user' | 'credentials'>) {
    this.#getter = getter;
    this.#asker = asker;
  }

  /** See `PveClient.waitForTask`. */
  async wait(upid: string, options: WaitOptions): Promise<TaskStatus> {
    const task = parseUpid(upid);
    let node = this.#nodes.get(task.node);
    if (!node) {
      node = new NodeWatch(task.node, this.#getter);
      this.#nodes.set(task.node, node);
    }
    const status = await node.wait(task, options);
    if (hasSucceeded(status)) return status;
    throw await taskFailed(this.#getter, task, status, this.#asker());
  }
}

class NodeWatch {
  readonly #node: string;
  readonly #getter: Getter;
  readonly #waits = new Set<Wait>();
  #running = false;
  #polledAt = -Infinity;
  #pause = firstPoll;
  #verifiedAt = -Infinity;
  #wake: () => void = () => undefined;

  constructor(node: string, getter: Getter) {
    this.#node = node;
    this.#getter = getter;
  }

  wait(task: Upid, options: WaitOptions): Promise<TaskStatus> {
    const { signal, timeout } = options;
    if (signal?.aborted) return Promise.reject(new InterruptedError());
    return new Promise((resolve, reject) => {
      const wait: Wait = {
        task,
        options,
        lookedAt: -Infinity,
        pause: firstPoll,
        end: (result) => {
          if (!this.#waits.delete(wait)) return;
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          if ('error' in result) reject(result.error as Error);
          else resolve(result.status);
          if (this.#waits.size === 0) this.#wake();
        },
      };
      const onAbort = (): void => wait.end({ error: new InterruptedError() });
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => wait.end({ error: taskTimeout(task, timeout) }), timeout);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waits.add(wait);
      this.#pause = firstPoll;
      if (this.#running) this.#wake();
      else void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let failed = 0; this.#waits.size > 0;) {
      if (!(await this.#untilDue())) continue;
      const began = performance.now();
      try {
        await this.#poll();
        failed = 0;
      } catch (error) {
        if (!isNetworkTrouble(error) || ++failed >= failedPollsInARow)
          for (const wait of this.#waits) wait.end({ error });
      }
      this.#polledAt = performance.now();
      // A server that is slow to answer is asked less often.
      this.#pause = Math.max(this.#pause, 2 * (this.#polledAt - began));
    }
    this.#running = false;
  }

  /** @returns false when somebody came or the last one went meanwhile: think again */
  async #untilDue(): Promise<boolean> {
    const left = this.#polledAt + this.#pause - performance.now();
    if (left > 0) {
      let timer: NodeJS.Timeout | undefined;
      const due = await new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(true), left);
        this.#wake = () => resolve(false);
      });
      clearTimeout(timer);
      this.#wake = () => undefined;
      if (!due) return false;
      this.#pause = Math.min(this.#pause * 1.5, slowestPoll);
    }
    return true;
  }

  async #poll(): Promise<void> {
    const [only, ...others] = this.#waits;
    if (others.length === 0) return this.#look(only!);
    const waits = [only!, ...others];
    const rows = await this.#list(waits);
    const unlisted: Wait[] = [];
    for (const wait of waits) {
      const status = statusOf(wait.task, rows.get(wait.task.upid));
      if (!status) unlisted.push(wait);
      else if (status.status === 'running') wait.options.onStatus?.(status);
      else this.#ended(wait, status);
    }
    const now = performance.now();
    const due = unlisted.filter((wait) => now >= wait.lookedAt + wait.pause);
    await Promise.all([...due, ...this.#doubtful(waits, now)].map((wait) => this.#look(wait)));
  }

  /** Since the oldest that is waited for; what the limit cuts off is asked about by itself. */
  async #list(waits: readonly Wait[]): Promise<Map<string, TaskListRow>> {
    try {
      const { data } = await this.#getter.get<Array<Record<string, unknown>>>(
        `/nodes/${encodeURIComponent(this.#node)}/tasks`,
        {
          source: 'all',
          since: Math.min(...waits.map(({ task }) => task.starttime)),
          limit: Math.max(50, waits.length * 4),
        },
      );
      return new Map(
        data
          .map(readRow)
          .filter((row) => row !== undefined)
          .map((row) => [row.upid, row]),
      );
    } catch (error) {
      if (isPmxError(error) && error.exitCode === 3) return new Map();
      throw error;
    }
  }

  /** The list is a file that the server writes; now and then one that seems to run is looked at. */
  #doubtful(waits: readonly Wait[], now: number): Wait[] {
    if (this.#verifiedAt === -Infinity) this.#verifiedAt = now;
    if (now - this.#verifiedAt < verifyMillis) return [];
    this.#verifiedAt = now;
    const oldest = waits
      .filter((wait) => this.#waits.has(wait))
      .sort((a, b) => a.lookedAt - b.lookedAt)[0];
    return oldest ? [oldest] : [];
  }

  /** @throws only when nobody answered; what the server says is for the one who waits */
  async #look(wait: Wait): Promise<void> {
    wait.lookedAt = performance.now();
    wait.pause = Math.min(wait.pause * 1.5, slowestPoll);
    try {
      const status = await readTaskStatus(this.#getter, wait.task);
      if (!this.#waits.has(wait)) return;
      wait.options.onStatus?.(status);
      if (status.status === 'stopped') wait.end({ status });
    } catch (error) {
      if (isNetworkTrouble(error)) throw error;
      wait.end({ error });
    }
  }

  #ended(wait: Wait, status: TaskStatus): void {
    wait.options.onStatus?.(status);
    wait.end({ status });
  }
}

/** @returns undefined when the list does not have it */
function statusOf(task: Upid, row: TaskListRow | undefined): TaskStatus | undefined {
  if (!row) return undefined;
  const { upid, node, type, id, user, starttime } = task;
  const { status: exitstatus } = row;
  return {
    ...{ upid, node, type, id, user, starttime },
    status: exitstatus === undefined ? 'running' : 'stopped',
    ...(exitstatus !== undefined && { exitstatus }),
  };
}
