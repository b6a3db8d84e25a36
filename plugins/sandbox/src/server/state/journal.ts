import { open, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from './files.js';

const NAME = /^state\.(\d+)\.jsonl$/;

/** The files beside state.json that say what has changed since; each state.json names the first one that is newer than it. */
export class Journal {
  readonly #dataDir: string;
  #generation: number;
  #file: FileHandle | undefined;
  #bytes = 0;

  constructor(dataDir: string, generation: number) {
    this.#dataDir = dataDir;
    this.#generation = generation;
  }

  /** The texts to replay on a state of this generation, oldest first. */
  static async read(
    dataDir: string,
    generation: number,
  ): Promise<{ path: string; text: string; generation: number }[]> {
    const found = [];
    for (const number of await generationsIn(dataDir)) {
      const path = pathOf(dataDir, number);
      const text = number < generation ? undefined : await readIfThere(path);
      if (text !== undefined) found.push({ path, text, generation: number });
    }
    return found;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** From now on changes go into a new file; its number is what the next state.json has to name. */
  async turn(): Promise<number> {
    const old = this.#file;
    this.#file = undefined;
    this.#bytes = 0;
    const generation = ++this.#generation;
    await old?.close();
    return generation;
  }

  /** Adds a line; it is on the disk when this ends. */
  async append(line: string): Promise<void> {
    const path = pathOf(this.#dataDir, this.#generation);
    this.#file ??= await open(path, 'a', 0o600);
    const { size } = await this.#file.stat();
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (error) {
      // Half a line would hide those after it.
      await this.#file.truncate(size).catch(() => undefined);
      throw error;
    }
    this.#bytes = size + Buffer.byteLength(line);
  }

  /** Removes what a newer state.json holds already. */
  async forget(before: number): Promise<void> {
    for (const number of await generationsIn(this.#dataDir))
      if (number < before) await rm(pathOf(this.#dataDir, number), { force: true });
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

function pathOf(dataDir: string, generation: number): string {
  return join(dataDir, `state.${generation}.jsonl`);
}

async function generationsIn(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir);
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
