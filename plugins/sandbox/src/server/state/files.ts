import { open, readFile, rename, rm } from 'node:fs/promises';

/** Writes a file so that a reader sees either the old or the new content, also after a power cut. */
export async function writeAtomically(
  path: string,
  content: string | (() => AsyncIterable<string>),
  beforeRename: () => Promise<void> = async () => undefined,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      if (typeof content === 'string') await file.writeFile(content);
      else for await (const part of content()) await file.appendFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await beforeRename();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a file; undefined when it is not there. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
