import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import type { UploadedFile } from '../http/multipart.js';
import type { Task } from '../tasks/manager.js';
import { readDiskInfo } from './disk-format.js';
import { EXTENSIONS, parseVolume } from './volumes.js';
import type { Volume } from './volumes.js';

export type UploadContent = keyof typeof EXTENSIONS;

export interface UploadRequest {
  node: string;
  storage: string;
  content: UploadContent;
  checksum: string | undefined;
  algorithm: string | undefined;
}

/** The name that PVE gives to an uploaded file: no directory, and only harmless characters. */
export function normalizeFilename(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  return last.replace(/[^-a-zA-Z0-9_.]/g, '_').replace(/^\.+/, '_');
}

/** Checks an upload's name and starts the task that brings the file to its place. */
export function storeUpload(
  app: App,
  who: Identity,
  request: UploadRequest,
  file: UploadedFile,
): string {
  const { node, storage, content } = request;
  const config = app.storages.get(storage, node);
  if (!config.content.includes(content))
    throw failure(`storage '${storage}' does not support '${content}' content`);
  const name = normalizeFilename(file.filename);
  if (!EXTENSIONS[content].test(name)) throw parameterError({ filename: 'wrong file extension' });
  const volume = parseVolume(`${storage}:${content}/${name}`);
  const what = { node, type: 'imgcopy', user: who.id, bytes: file.size };
  return app.tasks.start(what, async (task) => {
    try {
      task.log(`starting file import from: ${file.shownPath}`);
      if (request.checksum !== undefined)
        await verify(file.path, request.algorithm ?? 'sha256', request.checksum, task);
      if (content === 'import') await checkDisk(app, node, volume, file, task);
      const shown = app.storages.shownPath(volume);
      task.log(
        `target node: ${node}\ntarget file: ${shown}\nfile size is: ${file.size}\ncommand: cp -- ${file.shownPath} ${shown}`,
      );
      await task.work();
      await bringHome(app, node, volume, file, shown);
      task.log('finished file import successfully');
    } finally {
      await rm(file.path, { force: true });
    }
  });
}

async function verify(
  path: string,
  algorithm: string,
  expected: string,
  task: Task,
): Promise<void> {
  task.log('calculating checksum...');
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  const got = hash.digest('hex');
  if (got !== expected.toLowerCase())
    throw failure(`checksum mismatch: got '${got}' != expect '${expected}'`);
  task.logMore('OK, checksum verified');
}

/** Looks into a disk image as `qemu-img info` would. */
async function checkDisk(
  app: App,
  node: string,
  volume: Volume,
  file: UploadedFile,
  task: Task,
): Promise<void> {
  if (volume.format !== 'qcow2' && volume.format !== 'vmdk') return;
  try {
    const info = await readDiskInfo(file.path, volume.format, file.shownPath);
    if (info.backing !== undefined) throw failure(`image has a backing file, which is not allowed`);
  } catch (error) {
    const text = app.storages.disguise(
      error instanceof Error ? error.message : String(error),
      node,
    );
    if (text.startsWith('qemu-img'))
      task.log(
        `command '/usr/bin/qemu-img info '--output=json' ${file.shownPath} -f ${volume.format}' failed: exit code 1`,
      );
    throw failure(text);
  }
}

async function bringHome(
  app: App,
  node: string,
  volume: Volume,
  file: UploadedFile,
  shown: string,
): Promise<void> {
  const path = app.storages.path(node, volume);
  const replaced = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (!(await app.storages.hasRoom(node, volume.storage, file.size - replaced))) {
    // cp has truncated the file by the time it finds the disk full.
    await rm(path, { force: true });
    app.storages.changed(node, volume.storage);
    throw failure(`import failed: cp: error writing '${shown}': No space left on device`);
  }
  // Within one directory tree, moving is as good as copying and needs no time.
  await rename(file.path, path);
  app.storages.changed(node, volume.storage);
}
