import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { refreshKit } from '../../../plugins/kit-link.js';
import { folderBefore, type PluginNote } from '../../../plugins/store.js';
import { releaseLock, takeLock } from '../owner-lock.js';
import type { StepContext } from './handler.js';

/** Operations that the store remembers. */
const remembered = 100;
const pauseMillis = 200;

export interface StoreFile {
  dependencies?: Record<string, string>;
  pmx?: { plugins?: Record<string, PluginNote>; operations?: string[] };
}

/**
 * Works on a copy, which then takes the place of the plugins as a whole: whatever happens meanwhile,
 * pmx never sees half of a change.
 */
export async function inNewStore(
  folder: string,
  context: StepContext,
  work: (store: string) => Promise<void>,
): Promise<void> {
  await aloneWith(folder, context, async () => {
    const { operationId } = context;
    // Not the same for all: of a pmx that was killed, npm may still be at work.
    const store = `${next(folder)}${operationId}`;
    if (existsSync(folder)) await cp(folder, store, { recursive: true, verbatimSymlinks: true });
    else await mkdir(store, { recursive: true, mode: 0o700 });
    await editStore(store, (file) => ({
      private: true,
      dependencies: {},
      oclif: { schema: 1, plugins: [] },
      ...file,
    }));
    await work(store);
    refreshKit(store);
    await editStore(store, (file) => {
      const operations = [...(file.pmx?.operations ?? []), operationId].slice(-remembered);
      return { ...file, pmx: { ...file.pmx, operations } };
    });
    await removeAtOnce(folderBefore(folder));
    // Between these two, readers take what was before.
    if (existsSync(folder)) await rename(folder, folderBefore(folder));
    await rename(store, folder);
  });
}

/** Puts back what was there before the last change. @param kept whether there was anything */
export async function restoreStore(folder: string, kept: boolean): Promise<void> {
  if (kept) {
    await removeAtOnce(folder);
    await rename(folderBefore(folder), folder);
  } else await removeAtOnce(folder);
}

/** One at a time, and what a pmx that was killed has left is out of the way. */
export async function aloneWith(
  folder: string,
  { sleep, signal, report }: StepContext,
  job: () => Promise<void>,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const lock = `${folder}.owner`;
  for (;;) {
    const holder = takeLock(lock);
    if (!holder) break;
    report(`another pmx (process ${holder.owner?.pid ?? 'unknown'}) changes the plugins`);
    await sleep(pauseMillis, signal);
  }
  try {
    await heal(folder);
    await job();
  } finally {
    releaseLock(lock);
  }
}

export async function editStore(store: string, edit: (file: StoreFile) => object): Promise<void> {
  const path = join(store, 'package.json');
  const file = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as StoreFile) : {};
  await writeFile(path, `${JSON.stringify(edit(file), undefined, 2)}\n`, { mode: 0o600 });
}

const next = (folder: string): string => `${folder}.next-`;
const gone = (folder: string): string => `${folder}.gone`;

/** Between the two renames of an earlier process there was nothing in this place. */
async function heal(folder: string): Promise<void> {
  if (!existsSync(folder) && existsSync(folderBefore(folder)))
    await rename(folderBefore(folder), folder);
  const beginning = basename(next(folder));
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(beginning) && name !== basename(gone(folder))) continue;
    // Its npm may write there until it is at its end: it goes with the next change.
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A removal that is broken off must not leave half of what somebody goes back to. */
async function removeAtOnce(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const place = gone(folder.replace(/\.before$/, ''));
  await rm(place, { recursive: true, force: true });
  await rename(folder, place);
  await rm(place, { recursive: true, force: true });
}
