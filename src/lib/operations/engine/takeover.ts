import { join } from 'node:path';

import { RequestError } from '@pmx-cli/kit/errors';

import type { Owner } from './journal.js';
import { releaseLock, takeLock } from './owner-lock.js';

/**
 * Does `take` while no other process can take up the same operation: it reads the journal, judges, and
 * writes its own name into it. From then on the journal says who carries the operation out, so the
 * lock is held for moments only. One whose process is gone is taken over.
 *
 * @throws RequestError `PMX_OPERATION_RUNNING` when somebody else is just taking it up
 */
export function exclusively<T>(directory: string, operation: string, take: () => T): T {
  const path = join(directory, `${operation}.lock`);
  const holder = takeLock(path);
  if (holder) throw takenUp(operation, holder.owner);
  try {
    return take();
  } finally {
    releaseLock(path);
  }
}

function takenUp(operation: string, owner: Owner | undefined): RequestError {
  const by = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new RequestError({
    code: 'PMX_OPERATION_RUNNING',
    message: `Operation ${operation} is just being taken up by ${by}.`,
    hints: [`Wait for it: pmx op show ${operation}`],
  });
}
