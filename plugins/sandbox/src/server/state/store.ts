import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { Changes, replay } from './changes.js';
import { readIfThere, writeAtomically } from './files.js';
import { Journal } from './journal.js';
import { FORMAT_VERSION } from './model.js';
import type { State, TaskRecord } from './model.js';
import { addNodes, newState } from './seed.js';

export { writeAtomically } from './files.js';

const SAVE_MILLIS = 20;
/** A journal of this size is worth a new state.json. */
const JOURNAL_BYTES = 8 * 1024 * 1024;
/** So many VMs or tasks are turned into text before others get a turn. */
const PIECE = 250;
/** Changes nothing; a journal that is there says that its process has not ended by itself. */
const OPENED = '{}\n';

/**
 * Holds the state and saves it after each change; changes that come close together share one line of the journal.
 * Now and then, and at the end, everything is written into state.json.
 */
export class Store {
  readonly state: State;
  /** The last process that used the data did not end by itself. */
  readonly wasKilled: boolean;
  /** Grows with every change. */
  revision = 0;
  readonly #path: string;
  readonly #journal: Journal;
  readonly #changes: Changes;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #compacting: Promise<void> | undefined;
  #hasBase: boolean;
  #closed = false;

  private constructor(
    dataDir: string,
    state: State,
    found: { generation: number; hasBase: boolean; wasKilled: boolean },
  ) {
    this.#path = join(dataDir, 'state.json');
    this.state = state;
    this.wasKilled = found.wasKilled;
    this.#hasBase = found.hasBase;
    this.#journal = new Journal(dataDir, found.generation);
    this.#changes = new Changes(state);
  }

  /** Reads the data directory, or makes the data of a new cluster. */
  static async open(dataDir: string, nodes: number): Promise<Store> {
    const path = join(dataDir, 'state.json');
    const text = await readIfThere(path);
    if (text === undefined)
      return new Store(dataDir, newState(nodes), {
        generation: 0,
        hasBase: false,
        wasKilled: false,
      });
    const state = parseState(text, path);
    const journals = await Journal.read(dataDir, state.generation ?? 0);
    for (const journal of journals) replay(state, journal.text, journal.path);
    state.format = FORMAT_VERSION;
    // A line that was being written may be torn: the next one goes into a new file.
    const generation = (journals.at(-1)?.generation ?? state.generation ?? 0) + 1;
    const wasKilled = journals.length > 0;
    const store = new Store(dataDir, state, { generation, hasBase: true, wasKilled });
    await store.#journal.append(OPENED);
    addNodes(state, nodes);
    for (const task of state.tasks) {
      if (task.exitstatus !== undefined) continue;
      // A real worker dies with its server; the task list then says so.
      task.exitstatus = 'unexpected status';
      task.endtime = Math.floor(Date.now() / 1000);
      store.touchTask(task);
    }
    return store;
  }

  /** Says that the state has changed, and which VM, if it was one. */
  touch(vmid?: number): void {
    this.revision++;
    if (vmid !== undefined) this.#changes.vm(vmid);
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => void this.flush().catch(() => undefined), SAVE_MILLIS);
    this.#timer.unref();
  }

  /** Says that a task has changed. */
  touchTask(record: TaskRecord): void {
    this.#changes.task(record);
    this.touch();
  }

  /** Saves now, if there is something to save. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    if (!this.#hasBase) {
      const generation = await this.#journal.turn();
      await this.#write(generation, () => this.#append());
      await this.#journal.forget(generation);
      await this.#journal.append(OPENED);
      return;
    }
    await this.#append();
    if (this.#journal.bytes < JOURNAL_BYTES) return;
    this.#compacting ??= this.#compact().finally(() => (this.#compacting = undefined));
    this.#compacting.catch(() => undefined);
  }

  async #append(): Promise<void> {
    const line = this.#changes.take();
    if (line === undefined) return;
    try {
      await this.#journal.append(line);
    } catch (error) {
      // What was in the line is marked as changed no longer: only the whole state will do now.
      this.#hasBase = false;
      throw error;
    }
  }

  /** Changes that come meanwhile go into the next journal, which is read after the new state.json. */
  async #compact(): Promise<void> {
    const generation = await this.#journal.turn();
    await this.#write(generation, () => this.flush());
    await this.#journal.forget(generation);
  }

  async #write(generation: number, beforeRename: () => Promise<void>): Promise<void> {
    await writeAtomically(this.#path, () => this.#text(generation), beforeRename);
    this.#hasBase = true;
    this.state.generation = generation;
  }

  /** The state as JSON, piece by piece. */
  async *#text(generation: number): AsyncGenerator<string> {
    const { vms, tasks, ...rest } = this.state;
    yield `${JSON.stringify({ ...rest, generation }).slice(0, -1)},"vms":{`;
    let first = true;
    const ids = Object.keys(vms);
    for (let at = 0; at < ids.length; at += PIECE) {
      const rows = ids
        .slice(at, at + PIECE)
        .flatMap((id) => (vms[id] ? `${JSON.stringify(id)}:${JSON.stringify(vms[id])}` : []));
      if (rows.length === 0) continue;
      yield `${first ? '' : ','}${rows.join(',')}`;
      first = false;
      await breathe();
    }
    yield '},"tasks":[';
    const records = [...tasks];
    for (let at = 0; at < records.length; at += PIECE) {
      const rows = records.slice(at, at + PIECE).map((record) => JSON.stringify(record));
      yield `${at === 0 ? '' : ','}${rows.join(',')}`;
      await breathe();
    }
    yield ']}\n';
  }

  /** Lets go of the data as they are, for a start that failed. */
  async abandon(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#saving.catch(() => undefined);
    await this.#journal.close();
  }

  /** Saves everything into state.json; the journal ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    await this.#compacting?.catch(() => undefined);
    const generation = await this.#journal.turn();
    await this.#write(generation, async () => undefined);
    await this.#journal.forget(Infinity);
    await this.#journal.close();
  }
}

function parseState(text: string, path: string): State {
  let state: State;
  try {
    state = JSON.parse(text) as State;
  } catch {
    throw new Error(`${path} is damaged: it is not JSON`);
  }
  if (typeof state.format !== 'number' || state.format > FORMAT_VERSION) {
    throw new Error(
      `${path} was written by a newer version (data format ${String(state.format)}, this one knows ${FORMAT_VERSION}): take that version, or another data directory`,
    );
  }
  return state;
}
