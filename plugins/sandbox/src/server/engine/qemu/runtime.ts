import { mkdtemp, readdir, readFile, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PREFIX = 'pmx-qemu-';
const KILL_MILLIS = 5000;

/** Where guests' logs are, and the note about the directory with their sockets. */
export const qemuDir = (dataDir: string): string => join(dataDir, 'qemu');
const noteOf = (dataDir: string): string => join(qemuDir(dataDir), 'runtime-dir');

/** Makes the directory for sockets: the data directory's own name may be too long for one. */
export async function makeRuntimeDir(dataDir: string): Promise<string> {
  await mkdir(qemuDir(dataDir), { recursive: true, mode: 0o700 });
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(noteOf(dataDir), `${dir}\n`, { mode: 0o600 });
  return dir;
}

export async function removeRuntimeDir(dataDir: string, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await rm(noteOf(dataDir), { force: true });
}

/** Processes whose command line names a socket in this directory; a pid file may not have been written yet. */
async function processesOf(dir: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').some((part) => part.startsWith(`socket,id=qmp,path=${dir}/`)))
      found.push(Number(name));
  }
  return found;
}

/** Ends the guests that a killed sandbox has left behind; answers how many there were. */
export async function endOrphans(dataDir: string): Promise<number> {
  const dir = (await readFile(noteOf(dataDir), 'utf8').catch(() => '')).trim();
  // Only what a sandbox can have made is ever removed.
  if (!basename(dir).startsWith(PREFIX) || dirname(dir) === dir) return 0;
  const orphans = await processesOf(dir);
  for (const pid of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
  const until = Date.now() + KILL_MILLIS;
  while ((await processesOf(dir)).length > 0 && Date.now() < until) await sleep(50);
  await removeRuntimeDir(dataDir, dir);
  return orphans.length;
}
