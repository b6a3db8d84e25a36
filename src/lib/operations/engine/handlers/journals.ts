import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { readJournal } from '../journal.js';
import { foldJournal, statusOf } from '../state.js';
import { repeatable } from './handler.js';

/** Looks at each once more: somebody may have taken it up since the plan was made. */
export const journalsRemove = repeatable<'journals.remove'>(async ({ ids }, context) => {
  let removed = 0;
  for (const id of ids) {
    if (!hasEnded(context.journals, id)) continue;
    await rm(join(context.journals, `${id}.jsonl`), { force: true });
    removed++;
  }
  return { removed };
});

function hasEnded(directory: string, id: string): boolean {
  try {
    const state = foldJournal(id, readJournal(directory, id));
    return state !== undefined && ['completed', 'rolled-back'].includes(statusOf(state));
  } catch {
    // Gone already.
    return false;
  }
}
