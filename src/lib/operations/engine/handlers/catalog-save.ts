import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';

import { RequestError } from '@pmx-cli/kit/errors';

import { realPath, whileLocked, writeAtomically } from '../../../config/write/atomic.js';
import { repeatable } from './handler.js';

/** A file as a whole, while it is as it was planned for; once more does no harm. */
export const catalogSave = repeatable<'catalog.save'>(async ({ file, text, expected }) => {
  const path = realPath(file);
  await whileLocked(path, async () => {
    const now = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (now === text) return;
    const digest = now === null ? null : createHash('sha256').update(now).digest('hex');
    if (digest !== expected) throw changed(file);
    if (text === null) await rm(path, { force: true });
    else writeAtomically(path, text, 0o644);
  });
  return { file };
});

function changed(file: string): RequestError {
  return new RequestError({
    code: 'PMX_CATALOG_CHANGED',
    message: `${file} was changed by somebody else meanwhile. Nothing was written.`,
    hints: ['Do it again: it then begins with what is there now.'],
  });
}
