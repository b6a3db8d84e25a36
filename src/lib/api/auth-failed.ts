import { type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import type { Asker } from './answer.js';

/**
 * A 401. Its body is empty, so the reason phrase is all there is; since pve-manager 9.1.5 that is
 * `Authentication failed!` for nearly everything.
 */
export function authFailed(reason: string, data: Record<string, unknown>, asker: Asker): PmxError {
  const { user, host, port } = asker;
  return new ProxmoxError({
    code: 'PMX_AUTH_FAILED',
    message: `${host}:${port} does not accept the credentials of ${user}: ${reason}${/[.!]$/.test(reason) ? '' : '.'}`,
    hints: hintsFor(reason, asker),
    data,
  });
}

function hintsFor(reason: string, { credentials, user }: Asker): string[] {
  const [owner = user, token = ''] = user.split('!');
  if (/csrf/i.test(reason)) return ['The session was replaced meanwhile. Try again.'];
  if (/no ticket/i.test(reason)) {
    return credentials === 'token'
      ? [
          `Something on the way drops the Authorization header. Check a proxy in front of the server.`,
        ]
      : ['The login is not complete: the second factor is missing. Use an API token instead.'];
  }
  if (credentials === 'token') {
    return [
      `Wrong secret, expired or removed token, or disabled user. Look: pveum user token list ${owner}`,
      `A lost secret cannot be read again: pveum user token remove ${owner} ${token} && pveum user token add ${owner} ${token}, then pmx login`,
    ];
  }
  return /authentication failure/i.test(reason)
    ? [`Check user, realm (${user.split('@')[1] ?? 'none given'}) and password: pmx login`]
    : ['The ticket is no longer good, or the user was disabled. Log in again: pmx login'];
}
