import { readFileSync, statSync } from 'node:fs';

/**
 * Reads the file that a background process wrote when it was ready (JSON with its `pid`).
 * @returns undefined when there is none, or its process is gone
 */
export function readRunning<T extends { pid: number }>(readyFile: string): T | undefined {
  try {
    const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as T;
    process.kill(ready.pid, 0);
    return startedBefore(ready.pid, statSync(readyFile).mtimeMs) ? ready : undefined;
  } catch {
    return undefined;
  }
}

const ticksPerSecond = 100;
const slackMillis = 2000;

/**
 * After a crash the pid may belong to somebody else, who then started after the file was written.
 * Where there is no /proc the pid has to do. proc(5), field 22 of stat.
 */
function startedBefore(pid: number, time: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    return boot * 1000 + (ticks / ticksPerSecond) * 1000 <= time + slackMillis;
  } catch {
    return true;
  }
}
