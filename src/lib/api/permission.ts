import { type PmxError, ProxmoxError } from '@pmx-cli/kit/errors';

import type { Asker } from './answer.js';

/**
 * Finds "Permission check failed" wherever PVE puts it: a 403, the text of a 500, `errors{}` of a
 * 400, a task's exit status.
 *
 * @param message the whole readable text
 * @param data goes into the error's data, with `path` and `privileges`
 * @returns ProxmoxError `PMX_PERMISSION_DENIED`; undefined when the text says nothing of the kind
 */
export function permissionDenied(
  message: string,
  data: Record<string, unknown>,
  asker: Pick<Asker, 'user' | 'credentials'>,
): PmxError | undefined {
  const match = /permission check failed(?: \(([^)]*)\)?)?/i.exec(message);
  if (!match) return undefined;
  const [, path, alternatives] = /^(\/[^,]*), ?([\w.|]+)$/.exec(match[1] ?? '') ?? [];
  const privileges = alternatives?.split('|') ?? [];
  return new ProxmoxError({
    code: 'PMX_PERMISSION_DENIED',
    message: `${asker.user} may not do this: ${message}${/[.)]$/.test(message) ? '' : '.'}`,
    hints: hintsFor(path, privileges, match[1] ?? '', asker),
    data: {
      ...data,
      ...(data['path'] !== undefined && { request: data['path'] }),
      path,
      privileges,
    },
  });
}

function hintsFor(
  path: string | undefined,
  privileges: string[],
  detail: string,
  { user, credentials }: Pick<Asker, 'user' | 'credentials'>,
): string[] {
  if (/need proper ticket/.test(detail)) {
    return ['This call takes no API token: use a context that logs in with user and password.'];
  }
  const hints: string[] = [];
  if (path !== undefined) {
    const needed = privileges.length > 1 ? `one of ${privileges.join(', ')}` : privileges.join('');
    const whom = credentials === 'token' ? `--tokens '${user}'` : `--users ${user}`;
    hints.push(
      `${needed} is needed on ${path}. On a node: pveum role add Pmx --privs ${privileges[0]} && pveum acl modify ${path} ${whom} --roles Pmx`,
    );
  } else {
    hints.push(
      `PVE does not say which privilege is missing; see what there is: pmx api get /access/permissions`,
    );
  }
  if (credentials === 'token') {
    hints.push(
      `A privilege-separated token has only what both the token and its user ${user.split('!')[0]} were granted.`,
    );
  }
  return hints;
}
