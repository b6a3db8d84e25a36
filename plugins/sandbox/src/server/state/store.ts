import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMAT_VERSION } from './model.js';
import type { State } from './model.js';
import { addNodes, newState } from './seed.js';

/** Writes a file so that a reader sees either the old or the new content, also after a power cut. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Holds the state and saves it after each change; changes that come close together share one write. */
export class Store {
  readonly state: State;
  readonly #path: string;
  #dirty = false;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #lastSaveMillis = 0;

  constructor(dataDir: string, state: State) {
    this.#path = join(dataDir, 'state.json');
    this.state = state;
  }

  /** Reads the data directory, or makes the data of a new cluster. */
  static async open(dataDir: string, nodes: number): Promise<Store> {
    const path = join(dataDir, 'state.json');
    let text: string | undefined;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (text === undefined) return new Store(dataDir, newState(nodes));
    let state: State;
    try {
      state = JSON.parse(text) as State;
    } catch {
      throw new Error(`${path} is damaged: it is not JSON`);
    }
    if (typeof state.format !== 'number' || state.format > FORMAT_VERSION) {
      throw new Error(
        `${path} was written by a newer version (data format ${String(state.format)}, this one knows ${FORMAT_VERSION})`,
      );
    }
    addNodes(state, nodes);
    for (const task of state.tasks) {
      if (task.exitstatus !== undefined) continue;
      // A real worker dies with its server; the task list then says so.
      task.exitstatus = 'unexpected status';
      task.endtime = Math.floor(Date.now() / 1000);
    }
    return new Store(dataDir, state);
  }

  /** Says that the state has changed. */
  touch(): void {
    this.#dirty = true;
    // A save of thousands of VMs takes a while: the more it takes, the less often it is done.
    this.#timer ??= setTimeout(
      () => void this.flush().catch(() => undefined),
      Math.max(20, this.#lastSaveMillis * 5),
    );
    this.#timer.unref();
  }

  /** Saves now, if there is something to save. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving
      .catch(() => undefined)
      .then(async () => {
        if (!this.#dirty) return;
        this.#dirty = false;
        const begin = performance.now();
        try {
          await writeAtomically(this.#path, `${JSON.stringify(this.state)}\n`);
        } catch (error) {
          this.#dirty = true;
          throw error;
        }
        this.#lastSaveMillis = performance.now() - begin;
      });
    return this.#saving;
  }
}
