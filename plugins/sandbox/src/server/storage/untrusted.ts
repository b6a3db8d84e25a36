import type { App } from '../app.js';
import { failure, messageOf } from '../errors.js';
import type { Task } from '../tasks/manager.js';
import { readDiskInfo } from './disk-info.js';

export interface UntrustedImage {
  path: string;
  /** The path that a real server would show. */
  shown: string;
  format: string;
}

/** Looks into an image that came from outside as `qemu-img info` would; it may not lead to any other file. */
export async function checkUntrusted(
  app: App,
  node: string,
  { path, shown, format }: UntrustedImage,
  task: Task,
): Promise<void> {
  if (format !== 'qcow2' && format !== 'vmdk') return;
  try {
    const info = await readDiskInfo(path, format, shown);
    if (info.backing !== undefined) throw failure('image has a backing file, which is not allowed');
    if (info.external !== undefined) throw failure(`${shown}: ${info.external}`);
  } catch (error) {
    const text = app.storages.disguise(messageOf(error), node);
    if (text.startsWith('qemu-img'))
      task.log(
        `command '/usr/bin/qemu-img info '--output=json' ${shown} -f ${format}' failed: exit code 1`,
      );
    throw failure(text);
  }
}
