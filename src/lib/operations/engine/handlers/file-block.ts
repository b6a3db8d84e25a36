import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { withBlock } from '../../init/block.js';
import { repeatable } from './handler.js';

/** Written beside and renamed, with the rights that it had; what a link leads to, not the link. */
export const fileBlock = repeatable<'file.block'>(async ({ file, marker, lines }, context) => {
  const path = await realpath(file).catch(() => file);
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const text = withBlock(before ?? '', marker, lines);
  if (text === before) return { file, changed: false };
  // Made for this alone.
  if (text === '') {
    await rm(path, { force: true });
    return { file, changed: true };
  }
  await mkdir(dirname(path), { recursive: true });
  const mode = before === undefined ? 0o644 : (await stat(path)).mode & 0o777;
  const beside = `${path}.${context.operationId}`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
  return { file, changed: true };
});
