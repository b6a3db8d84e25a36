import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../app.js';
import { directoryOf } from '../storage/volumes.js';

/** Removes archives that were being written when the server died. */
export async function dropUnfinishedArchives(app: App): Promise<void> {
  for (const node of app.store.state.nodes)
    for (const [id] of app.storages.onNode(node)) {
      const directory = join(app.storages.root(node, id), directoryOf('backup'));
      for (const name of await readdir(directory).catch(() => []))
        if (/^vzdump-.*\.(?:vma|tar)\.dat$/.test(name))
          await rm(join(directory, name), { force: true });
    }
}
