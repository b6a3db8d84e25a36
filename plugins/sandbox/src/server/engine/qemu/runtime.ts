import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
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

/** Where QEMU listens for whoever looks at a serial port; one at a time. */
export function serialSocket(dir: string, vmid: number, serial: string): string {
  return join(dir, `${vmid}.${serial}`);
}

export async function removeRuntimeDir(dataDir: string, dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await rm(noteOf(dataDir), { force: true });
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** Processes whose command line names a socket in this directory; a pid file may not have been written yet. */
function processesOf(dir: string): number[] {
  const own = `socket,id=qmp,path=${dir}/`;
  return (existsSync('/proc') ? readdirSync('/proc') : [])
    .filter((name) => /^\d+$/.test(name))
    .filter((name) =>
      readOr(`/proc/${name}/cmdline`, '')
        .split('\0')
        .some((part) => part.startsWith(own)),
    )
    .map(Number);
}

/** The directory that a sandbox has left behind; only what a sandbox can have made is ever touched. */
function leftBehind(dataDir: string): string | undefined {
  const dir = readOr(noteOf(dataDir), '').trim();
  return basename(dir).startsWith(PREFIX) && isAbsolute(dir) ? dir : undefined;
}

/** The guests that a killed sandbox has left running. */
export function findOrphans(dataDir: string): number[] {
  const dir = leftBehind(dataDir);
  return dir === undefined ? [] : processesOf(dir);
}

/** Ends the guests that a killed sandbox has left running; answers how many there were. */
export async function endOrphans(dataDir: string): Promise<number> {
  const dir = leftBehind(dataDir);
  if (dir === undefined) return 0;
  const orphans = processesOf(dir);
  for (const pid of orphans) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
  const until = Date.now() + KILL_MILLIS;
  while (processesOf(dir).length > 0 && Date.now() < until) await sleep(50);
  await removeRuntimeDir(dataDir, dir);
  return orphans.length;
}
