import type { PveReader } from '@pmx-cli/kit';

import { sleep } from '../../api/index.js';
import { readTask, taskPath } from './read.js';

export interface TaskLogResult {
  upid: string;
  lines: string[];
  /** How it ended; left out while it runs. */
  exitstatus?: string;
}

export interface Following {
  signal: AbortSignal;
  /** Aborts when nobody reads any more. */
  closed: AbortSignal;
  onLines: (lines: readonly string[]) => void;
}

const pauseMillis = 1000;

/** All lines so far. limit=0 is "all" for a log; for the list of tasks it is "none". */
export async function readLog(pve: PveReader, upid: string, start = 0): Promise<string[]> {
  const rows = await pve.get<Array<{ n: number; t: string }>>(`${taskPath(upid)}/log`, {
    start: start || undefined,
    limit: 0,
  });
  return rows.map((row) => row.t).filter((line) => line !== 'no content');
}

/**
 * Hands the lines out as they come, until the task has ended or nobody reads them any more.
 * @throws ProxmoxError `PMX_TASK_FAILED` when it failed; InterruptedError at Ctrl-C, the task goes on
 */
export async function followLog(
  pve: PveReader,
  upid: string,
  { signal, closed, onLines }: Following,
): Promise<TaskLogResult> {
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    const news = await readLog(pve, upid, lines.length);
    lines.push(...news);
    onLines(news);
  };
  for (;;) {
    // Asked for first: what was written until the end is then in the log.
    const { status } = await readTask(pve, upid);
    await read();
    if (status === 'stopped') break;
    if (closed.aborted) return { upid, lines };
    await sleep(pauseMillis, signal);
  }
  const { exitstatus } = await pve.waitForTask(upid, { signal });
  return { upid, lines, exitstatus: exitstatus ?? 'OK' };
}
