import type { Session } from '@pmx-cli/kit';

import type { LoginResult } from '../operations/login/plan.js';

/** What a login has left, and what to type next. */
export function showLogin(
  output: Session['output'],
  bin: string,
  { name, endpoint, identity, role, stored, current }: LoginResult,
): void {
  output.print(
    `Context ${name} (${identity} at ${endpoint}) is stored${current ? ' and current' : ''}.`,
  );
  if (role !== null) output.print(`The token has the role ${role}; the password is forgotten.`);
  if (!stored) output.note('  → No secret is stored: set PMX_PASSWORD, or type it each time.');
  output.note(`  → ${bin} whoami${current ? '' : ` --context ${name}`}`);
}
