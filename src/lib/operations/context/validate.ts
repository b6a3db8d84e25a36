import { existsSync } from 'node:fs';

import type { Contexts } from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

export interface ContextCheck {
  name: string;
  ok: boolean;
  problems: string[];
}

/** Checks what can be checked without a server. @throws RequestError `PMX_CONTEXT_NOT_FOUND` */
export async function validateContexts(
  contexts: Contexts,
  names: readonly string[],
): Promise<ContextCheck[]> {
  const all = names.length > 0 ? names : Object.keys(await contexts.list());
  return Promise.all(
    all.map(async (name) => {
      const problems = await problemsOf(contexts, name);
      return { name, ok: problems.length === 0, problems };
    }),
  );
}

/** @throws RequestError `PMX_CONTEXTS_INVALID` when something is wrong */
export function requireAllGood(checks: readonly ContextCheck[]): void {
  const bad = checks.filter(({ ok }) => !ok);
  if (bad.length === 0) return;
  throw new RequestError({
    code: 'PMX_CONTEXTS_INVALID',
    message: bad.map(({ name, problems }) => `${name}: ${problems.join(' ')}`).join(' '),
    hints: ['Mend it: pmx config edit, or pmx context add NAME --replace …'],
    data: { checks: [...checks] as never },
  });
}

async function problemsOf(contexts: Contexts, name: string): Promise<string[]> {
  try {
    const { caFile, tokenId, user } = await contexts.get(name);
    const problems: string[] = [];
    if (caFile !== undefined && !existsSync(caFile)) problems.push(`There is no file ${caFile}.`);
    if (tokenId === undefined && user === undefined)
      problems.push('It has neither token nor user.');
    if (tokenId !== undefined && !(await contexts.hasSecret(name))) {
      problems.push('No secret is stored for its token.');
    }
    return problems;
  } catch (error) {
    if (isPmxError(error) && error.code !== 'PMX_CONTEXT_NOT_FOUND') return [error.message];
    throw error;
  }
}
