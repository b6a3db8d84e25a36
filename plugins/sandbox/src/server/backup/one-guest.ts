import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { App } from '../app.js';
import { failure } from '../errors.js';
import { haltContainer, startContainer } from '../lxc/power.js';
import { hasSnapshots } from '../lxc/volumes.js';
import { volumesIn } from '../lxc/mount-points.js';
import { halt, startGuest } from '../qemu/power.js';
import { kindOf } from '../qemu/vms.js';
import type { Vm, VmConfig } from '../state/model.js';
import { humanSize } from '../storage/disk-format.js';
import { parseVolume } from '../storage/volumes.js';
import type { Volume } from '../storage/volumes.js';
import { configLock, containerLock } from '../tasks/locks.js';
import type { Task } from '../tasks/manager.js';
import { writeArchive } from './archive.js';
import { setAttributes } from './files.js';
import { collect, disksToSave } from './members.js';
import { backupStem, compressionOf } from './names.js';
import { guestName, notesFor } from './notes.js';

export type Mode = 'snapshot' | 'suspend' | 'stop';

export interface Backing {
  storage: string;
  mode: Mode;
  compress: string | undefined;
  notesTemplate: string | undefined;
  protected: boolean;
  jobId: string | undefined;
}

type Say = (text: string) => void;

/** Saves one guest in an archive; whatever happens, the guest is in the end as it was before. */
export async function saveGuest(
  app: App,
  guest: Vm,
  wishes: Backing,
  task: Task,
  say: Say,
): Promise<Volume> {
  await takeLock(app, guest, task);
  let resume: (() => Promise<void>) | undefined;
  let restart = false;
  try {
    say(`status = ${guest.guest ? 'running' : 'stopped'}`);
    say(`${guest.kind === 'lxc' ? 'CT' : 'VM'} Name: ${guestName(guest)}`);
    const disks = disksToSave(guest, say);
    const mode = modeFor(app, guest, wishes.mode, say);
    say(`backup mode: ${mode}`);
    say('ionice priority: 7');
    if (guest.guest && mode === 'stop') {
      say(guest.kind === 'lxc' ? 'stopping virtual guest' : 'stopping kvm');
      restart = true;
      await (guest.kind === 'lxc' ? haltContainer(app, guest) : halt(app, guest));
    } else if (guest.guest && mode === 'suspend' && !guest.guest.paused) {
      say('suspending guest');
      await pause(app, guest, true);
      resume = async () => {
        say('resuming guest');
        await pause(app, guest, false);
      };
    }
    const write = (): Promise<Volume> => writeFiles(app, guest, wishes, disks, task, say);
    return await (guest.kind === 'lxc' ? write() : app.engine.whileStill(guest, write));
  } finally {
    await resume?.();
    app.vms.change(guest, () => delete guest.config['lock']);
    if (restart) {
      say('restarting vm');
      await (guest.kind === 'lxc'
        ? startContainer(app, guest, task)
        : startGuest(app, guest, task));
    }
  }
}

/** Only the mark in the configuration stays for the time of the backup: other work is refused, it does not wait. */
async function takeLock(app: App, guest: Vm, task: Task): Promise<void> {
  const file = guest.kind === 'lxc' ? containerLock(guest.vmid) : configLock(guest.vmid);
  const release = await app.locks.acquire(file, {
    timeoutMillis: app.settings.lockTimeoutMillis,
    signal: task.signal,
  });
  try {
    app.vms.get(guest.vmid, guest.node, kindOf(guest));
    app.vms.checkLock(guest);
    app.vms.change(guest, () => (guest.config['lock'] = 'backup'));
  } finally {
    release();
  }
}

/** A guest that is off has nothing to be stopped; a container needs storage with snapshots. */
function modeFor(app: App, guest: Vm, wanted: Mode, say: Say): Mode {
  if (!guest.guest) return 'stop';
  if (guest.kind !== 'lxc' || wanted !== 'snapshot') return wanted;
  if (volumesIn(guest.config).every(({ volid }) => hasSnapshots(app, volid))) return wanted;
  say('mode failure - some volumes do not support snapshots');
  say("trying 'suspend' mode instead");
  return 'suspend';
}

async function pause(app: App, guest: Vm, paused: boolean): Promise<void> {
  if (guest.kind !== 'lxc') return app.engine.pause(guest, paused);
  app.vms.change(guest, () => {
    if (guest.guest) guest.guest.paused = paused;
  });
}

async function writeFiles(
  app: App,
  guest: Vm,
  wishes: Backing,
  disks: { key: string; volid: string }[],
  task: Task,
  say: Say,
): Promise<Volume> {
  const { node } = guest;
  const compression = compressionOf(wishes.compress);
  const volume = await freeName(app, guest, wishes.storage, compression);
  const path = app.storages.path(node, volume);
  const unfinished = path.replace(/\.(vma|tar)(?:\.\w+)?$/, '.$1.dat');
  say(`creating vzdump archive '${app.storages.shownPath(volume)}'`);
  await mkdir(dirname(path), { recursive: true });
  const { sources, drop } = await collect(app, guest, disks, task);
  try {
    const members = sources.map(({ member }) => member);
    const header = {
      kind: kindOf(guest),
      vmid: guest.vmid,
      config: savedConfig(guest.config),
      ...(guest.inside ? { inside: guest.inside } : {}),
      members,
    };
    const paths = sources.map((source) => source.path);
    await writeArchive(unfinished, compression, header, paths, task.signal);
    app.storages.changed(node, volume.storage);
    if (!(await app.storages.hasRoom(node, volume.storage, 0)))
      throw failure('job failed with err -28 - No space left on device');
    await task.work();
    await rename(unfinished, path);
    const total = members.reduce((sum, { size }) => sum + size, 0);
    say(
      guest.kind === 'lxc'
        ? `Total bytes written: ${total} (${humanSize(total)})`
        : `transferred ${humanSize(total)}`,
    );
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await drop();
    app.storages.changed(node, volume.storage);
  }
  say(`archive file size: ${humanSize((await lstat(path)).size).replace(/ (.)i?B$/, '$1B')}`);
  await mark(app, guest, wishes, volume, say);
  return volume;
}

async function mark(
  app: App,
  guest: Vm,
  { notesTemplate, protected: keep, jobId }: Backing,
  volume: Volume,
  say: Say,
): Promise<void> {
  if (notesTemplate !== undefined && notesTemplate !== '') {
    say('adding notes to backup');
    const notes = notesFor(app, guest, notesTemplate, jobId);
    await setAttributes(app, guest.node, volume, { notes });
  }
  if (keep) {
    say('marking backup as protected');
    await setAttributes(app, guest.node, volume, { protected: true });
  }
}

/** The configuration without what belongs to this moment: lock, snapshots, unused volumes. */
function savedConfig(config: VmConfig): VmConfig {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([key]) => key !== 'lock' && key !== 'parent' && !/^unused\d+$/.test(key),
    ),
  );
}

/** Names tell seconds only: a second backup within one is dated a little later. */
async function freeName(
  app: App,
  guest: Vm,
  storage: string,
  compression: string,
): Promise<Volume> {
  const extension = `${guest.kind === 'lxc' ? 'tar' : 'vma'}${compression === '' ? '' : `.${compression}`}`;
  for (let when = Date.now(); ; when += 1000) {
    const stem = backupStem(kindOf(guest), guest.vmid, new Date(when));
    const volume = parseVolume(`${storage}:backup/${stem}.${extension}`);
    const log = app.storages.path(guest.node, volume).replace(/\.(?:vma|tar)(?:\.\w+)?$/, '.log');
    const taken = await Promise.all(
      [log, app.storages.path(guest.node, volume)].map((path) =>
        lstat(path).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!taken.includes(true)) return volume;
  }
}
