import type { Session } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { auditConfig } from '../config/audit.js';
import { type Check, failed, ok, warning } from './check.js';

export async function checkConfiguration(session: Pick<Session, 'paths'>): Promise<Check[]> {
  const found = await auditConfig({ paths: session.paths });
  if (found.length === 0) return [ok('configuration', 'Files', 'Nothing is wrong with them.')];
  return found.map(({ level, where, finding }) =>
    level === 'error'
      ? failed('configuration', where, 1, finding, 'pmx config audit, pmx config edit')
      : warning('configuration', where, finding, 'pmx config audit'),
  );
}

/** Which server is in use, if any. Asks none. */
export async function checkContext(session: Pick<Session, 'access'>): Promise<Check> {
  try {
    const { context, endpoint, secretFrom } = await session.access.facts();
    const name = context ?? 'The environment';
    return ok('configuration', 'Context', `${name}: ${endpoint}, secret from ${secretFrom}.`);
  } catch (error) {
    if (!isPmxError(error)) throw error;
    const hint =
      error.code === 'PMX_NO_CONTEXT' ? 'pmx login, or pmx sandbox start' : error.hints[0];
    return failed('configuration', 'Context', error.exitCode, error.message, hint);
  }
}
