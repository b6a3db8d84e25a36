import { writeFile } from 'node:fs/promises';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, taskMessageOf } from '../errors.js';
import { kindOf } from '../qemu/vms.js';
import type { Vm } from '../state/model.js';
import type { Volume } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { backupsOn, removeBackup } from './files.js';
import { ARCHIVE } from './names.js';
import { saveGuest } from './one-guest.js';
import type { Backing } from './one-guest.js';
import { markGroup, printKeep } from './prune.js';
import type { Keep } from './prune.js';

/** vzdump's own lock: one job at a time on a node. */
const GLOBAL_LOCK = '/var/run/vzdump.lock';

export interface JobRequest extends Backing {
  node: string;
  vmids: number[];
  keep: Keep;
  /** Removes what the retention does not cover. */
  prune: boolean;
  /** Minutes to wait for another job. */
  lockwait: number;
  /** The job as a command line, for the log. */
  commandLine: string;
}

/** Starts the task that saves the guests one after the other. */
export function startJob(app: App, who: Identity, request: JobRequest): string {
  const { node, vmids } = request;
  const id = vmids.length === 1 ? String(vmids[0]) : '';
  return app.tasks.start({ node, type: 'vzdump', id, user: who.id }, async (task) => {
    const release = await app.locks.acquire(`${GLOBAL_LOCK}:${node}`, {
      timeoutMillis: request.lockwait * 60_000,
      signal: task.signal,
      onWait: () => task.log('INFO: trying to get global lock - waiting...'),
      onGranted: () => task.log('INFO: got global lock'),
    });
    try {
      task.log(`INFO: starting new backup job: vzdump ${request.commandLine}`);
      let failed = 0;
      for (const vmid of vmids) if (!(await saveOne(app, vmid, request, task))) failed++;
      task.log(`INFO: Backup job finished ${failed > 0 ? 'with errors' : 'successfully'}`);
      if (failed > 0) throw failure('job errors');
    } finally {
      release();
    }
  });
}

function stamp(): string {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** Saves one guest; a failure is the guest's own, the job goes on with the next unless it was stopped. */
async function saveOne(app: App, vmid: number, request: JobRequest, task: Task): Promise<boolean> {
  const lines: string[] = [];
  const write = (text: string): void => {
    task.log(text);
    lines.push(`${stamp()} ${text}`);
  };
  const say = (text: string): void => write(`INFO: ${text}`);
  const begin = Date.now();
  const guest = app.vms.find(vmid);
  if (guest) say(`Starting Backup of VM ${vmid} (${kindOf(guest)})`);
  say(`Backup started at ${stamp()}`);
  try {
    if (guest?.node !== request.node) throw failure(`unable to find VM '${vmid}'`);
    const volume = await saveGuest(app, guest, request, task, say);
    if (request.prune) await pruneGuest(app, guest, request, say);
    const seconds = Math.round((Date.now() - begin) / 1000);
    const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
    say(
      `Finished Backup of VM ${vmid} (${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)})`,
    );
    say(`Backup finished at ${stamp()}`);
    await writeLog(app, request.node, volume, lines);
    return true;
  } catch (error) {
    if (task.signal.aborted) throw failure('interrupted by signal');
    write(`ERROR: Backup of VM ${vmid} failed - ${taskMessageOf(error)}`);
    say(`Failed at ${stamp()}`);
    return false;
  }
}

async function writeLog(
  app: App,
  node: string,
  volume: Volume,
  lines: readonly string[],
): Promise<void> {
  const path = app.storages.path(node, volume).replace(ARCHIVE, '.log');
  await writeFile(path, `${lines.join('\n')}\n`);
}

async function pruneGuest(
  app: App,
  guest: Vm,
  { storage, keep }: JobRequest,
  say: (text: string) => void,
): Promise<void> {
  say(`prune older backups with retention: ${printKeep(keep)}`);
  const group = (await backupsOn(app, guest.node, storage)).filter(
    ({ named, protected: kept }) =>
      !kept && named?.vmid === guest.vmid && named.kind === kindOf(guest),
  );
  let removed = 0;
  for (const [backup, decision] of markGroup(group, keep)) {
    if (decision !== 'remove') continue;
    say(`removing backup '${backup.volume.volid}'`);
    await removeBackup(app, guest.node, backup.volume);
    removed++;
  }
  say(`pruned ${removed} backup(s)${removed > 0 ? ' not covered by keep-retention policy' : ''}`);
}
