import { rename, rm, stat } from 'node:fs/promises';
import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure, parameterError } from '../errors.js';
import type { UploadedFile } from '../http/multipart.js';
import type { Task } from '../tasks/manager.js';
import { fileHash } from './hash.js';
import { checkUntrusted } from './untrusted.js';
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
  app.storages.requireFiles(config);
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
      if (content === 'import')
        await checkUntrusted(
          app,
          node,
          { path: file.path, shown: file.shownPath, format: volume.format },
          task,
        );
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
  const got = await fileHash(path, algorithm, task.signal);
  if (got !== expected.toLowerCase())
    throw failure(`checksum mismatch: got '${got}' != expect '${expected}'`);
  task.logMore('OK, checksum verified');
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
