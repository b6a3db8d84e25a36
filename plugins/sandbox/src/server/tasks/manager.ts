import { setTimeout as sleep } from 'node:timers/promises';
import { failure, messageOf, taskMessageOf } from '../errors.js';
import { takeTaskFault } from '../faults/task-faults.js';
import type { TaskFault } from '../faults/task-faults.js';
import type { Settings } from '../options.js';
import type { TaskRecord } from '../state/model.js';
import { fraction, trueRandom } from '../state/random.js';
import type { Random } from '../state/random.js';
import type { Store } from '../state/store.js';
import { taskDuration } from './durations.js';
import { formatUpid } from './upid.js';

/** What a worker may do with its own task. */
export interface Task {
  readonly upid: string;
  readonly node: string;
  /** Fires when somebody stops the task. */
  readonly signal: AbortSignal;
  /** Adds lines to the log. */
  log(text: string): void;
  /** Adds to the last line of the log. */
  logMore(text: string): void;
  /** Adds a warning; the task then ends with `WARNINGS: n`. */
  warn(text: string): void;
  /** Takes the time that such a task takes at least; throws when the task is stopped meanwhile. */
  work(): Promise<void>;
}

export type Worker = (task: Task) => Promise<void>;

interface Running {
  record: TaskRecord;
  controller: AbortController;
  done: Promise<void>;
}

/** A server keeps this many finished tasks; PVE rotates its archive as well. */
const ARCHIVE_SIZE = 2000;

/** Starts tasks, runs their workers and keeps their results. */
export class TaskManager {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #random: Random;
  readonly #running = new Map<string, Running>();
  readonly #byUpid = new Map<string, TaskRecord>();
  /** The server's clock; a fault may change it. */
  clock: () => number = Date.now;

  constructor(store: Store, settings: Settings, random = trueRandom) {
    this.#store = store;
    this.#settings = settings;
    this.#random = random;
    for (const record of store.state.tasks) this.#byUpid.set(record.upid, record);
  }

  /** A process number that no other process of this sandbox has had. */
  nextPid(): number {
    this.#store.touch();
    return this.#store.state.nextPid++;
  }

  /**
   * Starts a task and answers its UPID at once. `bytes` is what it moves, for the time that it takes;
   * `held` lets go of what the caller has locked for the worker.
   *
   * @throws PveError when a fault loses the worker; its task is there and says nothing (observed)
   */
  start(
    what: {
      node: string;
      type: string;
      id?: string | number;
      user: string;
      bytes?: number;
      held?: () => void;
    },
    worker: Worker,
  ): string {
    const now = this.clock();
    const parts = {
      node: what.node,
      pid: this.nextPid(),
      // Hundredths of a second since the node's boot, which was a quarter of an hour before its first start.
      pstart: Math.max(0, Math.floor(now / 10 - (this.#store.state.createdAt - 900) * 100)),
      starttime: Math.floor(now / 1000),
      type: what.type,
      id: what.id === undefined ? '' : String(what.id),
      user: what.user,
    };
    const record: TaskRecord = { upid: formatUpid(parts), ...parts, log: [] };
    this.#byUpid.set(record.upid, record);
    this.#store.state.tasks.push(record);
    this.#trim();
    this.#store.touchTask(record);
    const fault = takeTaskFault();
    if (fault?.lost) {
      record.exitstatus = 'unexpected status';
      record.endtime = parts.starttime;
      this.#store.touchTask(record);
      what.held?.();
      throw failure('got no worker upid - start worker failed');
    }
    const controller = new AbortController();
    const running: Running = { record, controller, done: Promise.resolve() };
    this.#running.set(record.upid, running);
    this.logEvent(what.user, what.node, `starting task ${record.upid}`);
    const millis = taskDuration(this.#settings, what, () =>
      fraction(this.#random.bytes('task', 4)),
    );
    const lasts = millis + (fault?.slowMillis ?? 0);
    running.done = this.#run(record, worker, lasts, controller.signal, fault);
    return record.upid;
  }

  async #run(
    record: TaskRecord,
    worker: Worker,
    millis: number,
    signal: AbortSignal,
    fault: TaskFault | undefined,
  ): Promise<void> {
    let warnings = 0;
    let failing = fault?.fail;
    const begin = Date.now();
    const finishes = begin + millis;
    /** Inside of the worker, so that it takes back what it has made. */
    const failInjected = async (): Promise<void> => {
      if (!failing) return;
      const { percent, message } = failing;
      failing = undefined;
      const at = begin + (millis * percent) / 100;
      await sleep(Math.max(0, at - Date.now()), undefined, { signal });
      throw failure(message);
    };
    const task: Task = {
      upid: record.upid,
      node: record.node,
      signal,
      log: (text) => void record.log.push(...text.trimEnd().split('\n')),
      logMore: (text) => void record.log.push(`${record.log.pop() ?? ''}${text}`),
      warn: (text) => {
        warnings++;
        record.log.push(`WARN: ${text}`);
      },
      work: async () => {
        try {
          await failInjected();
          await sleep(Math.max(0, finishes - Date.now()), undefined, { signal });
        } catch (error) {
          throw signal.aborted ? failure('interrupted by signal') : error;
        }
      },
    };
    let status: string;
    try {
      // The caller gets its answer before the worker does anything.
      await sleep(0);
      // Changes of a configuration are made at one go: there is no middle to fail in.
      if (record.type === 'qmconfig') await failInjected();
      await worker(task);
      await failInjected();
      for (const text of fault?.warnings ?? []) task.warn(text);
      // What is done is done: stopping the task now does not undo it.
      await sleep(Math.max(0, finishes - Date.now()), undefined, { signal }).catch(() => undefined);
      status = warnings > 0 ? `WARNINGS: ${warnings}` : 'OK';
      record.log.push(warnings > 0 ? `TASK WARNINGS: ${warnings}` : 'TASK OK');
    } catch (error) {
      status = taskMessageOf(error).trim() || 'unexpected status';
      record.log.push(...`TASK ERROR: ${status}`.split('\n'));
      status = status.split('\n')[0] ?? status;
    }
    record.exitstatus = status;
    record.endtime = Math.floor(this.clock() / 1000);
    this.#running.delete(record.upid);
    this.logEvent(record.user, record.node, `end task ${record.upid} ${status}`);
    this.#store.touchTask(record);
  }

  #trim(): void {
    const { tasks } = this.#store.state;
    while (tasks.length > ARCHIVE_SIZE) {
      const oldest = tasks.findIndex((task) => task.exitstatus !== undefined);
      if (oldest < 0) return;
      const [gone] = tasks.splice(oldest, 1);
      if (gone) this.#byUpid.delete(gone.upid);
    }
  }

  /** The task of this id. */
  find(upid: string): TaskRecord | undefined {
    return this.#byUpid.get(upid);
  }

  /** All tasks, the newest first. */
  list(): TaskRecord[] {
    return [...this.#store.state.tasks].reverse();
  }

  /** Stops a running task; a finished one stays as it is. */
  stop(upid: string): void {
    this.#running.get(upid)?.controller.abort();
  }

  /** Waits for a task's end, but not longer than the given time; says whether it has ended. */
  async settled(upid: string, millis: number): Promise<boolean> {
    const running = this.#running.get(upid);
    if (!running) return true;
    const controller = new AbortController();
    await Promise.race([
      running.done,
      sleep(millis, undefined, { signal: controller.signal }).catch(() => undefined),
    ]);
    controller.abort();
    return !this.#running.has(upid);
  }

  /** Stops everything, for the end of the server. */
  async close(): Promise<void> {
    const all = [...this.#running.values()];
    for (const running of all) running.controller.abort();
    await Promise.race([
      Promise.all(all.map((running) => running.done)),
      sleep(1000, undefined, { ref: false }),
    ]);
  }

  /** Adds a line to the cluster log. */
  logEvent(user: string, node: string, msg: string): void {
    const { log } = this.#store.state;
    log.push({
      uid: (log.at(-1)?.uid ?? 0) + 1,
      msg,
      user,
      node,
      tag: 'pvedaemon',
      time: Math.floor(this.clock() / 1000),
      pid: 150,
      pri: msg.includes('fail') ? 3 : 6,
    });
    if (log.length > 500) log.splice(0, log.length - 500);
  }
}

/** Runs cleanup steps one after the other; one that fails does not keep the others from running. */
export async function cleanUp(
  task: Task,
  steps: readonly (() => Promise<void> | void)[],
): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      task.log(messageOf(error));
    }
  }
}
