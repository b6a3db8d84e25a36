import { readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Makes sure that one process at a time uses a data directory; the result gives it back. */
export function ownDirectory(dataDir: string): () => void {
  const path = join(dataDir, 'sandbox.pid');
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error;
    }
    const pid = Number(readFileSync(path, 'utf8').trim());
    if (pid > 0 && isAlive(pid)) throw new Error(`${dataDir} is already used by process ${pid}`);
    // Left behind by a process that was killed.
    rmSync(path, { force: true });
  }
}
