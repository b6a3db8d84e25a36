import type { ApiMethod } from '../../api/index.js';
import { all, any, type Need, nothing, on } from './need.js';

type Params = Readonly<Record<string, unknown>>;

/** The permission rule of a method of the API description, for these parameters. */
export function describedNeed(info: ApiMethod, params: Params, user: string, what: string): Need {
  const { permissions, allowtoken } = info;
  const token: Need =
    allowtoken !== undefined && Number(allowtoken) === 0 ? { kind: 'ticket', what } : nothing;
  if (!permissions) return all(token, { kind: 'root', what });
  return all(
    token,
    permissions.check === undefined ? nothing : read(permissions.check, params, user),
  );
}

function read(check: unknown, params: Params, user: string): Need {
  if (!Array.isArray(check)) return odd(check);
  const [operator, ...rest] = check as unknown[];
  const parts = (): Need[] =>
    rest.filter((part) => !isOut(part, params)).map((part) => read(part, params, user));
  switch (operator) {
    case 'and':
      return all(...parts());
    case 'or':
      return any(...parts());
    case 'perm':
      return privilege(rest, params);
    case 'userid-param':
      return userParam(String(rest[0]), params, user);
    case 'userid-group':
      return Array.isArray(rest[0]) ? on('/access/groups', ...rest[0].map(String)) : odd(check);
    case 'perm-modify':
      return mayDelegate(fill(String(rest[0]), params));
    default:
      return odd(check);
  }
}

/** `["perm", path, privileges, "any", 1, "require_param", name]` */
function privilege([path, privileges, ...options]: unknown[], params: Params): Need {
  if (typeof path !== 'string' || !Array.isArray(privileges)) return odd([path, privileges]);
  const filled = fill(path, params);
  const names = privileges.map(String);
  return options.includes('any')
    ? on(filled, ...names)
    : all(...names.map((name) => on(filled, name)));
}

/** An alternative that is only open with a parameter that is not given. */
function isOut(part: unknown, params: Params): boolean {
  if (!Array.isArray(part)) return false;
  const at = part.indexOf('require_param');
  return at >= 0 && params[String(part[at + 1])] === undefined;
}

function userParam(which: string, params: Params, user: string): Need {
  const about = String(params['userid'] ?? '');
  if (which !== 'self') return on(`/access/realm/${about.split('@').at(-1) ?? ''}`, which);
  // A token is not its own user here (observed on PVE 9.2.11).
  return about === user ? nothing : { kind: 'any', of: [] };
}

/** Who holds the object may hand out rights on it. */
function mayDelegate(path: string): Need {
  const holder = (
    [
      [/^\/storage\b/, 'Datastore.Allocate'],
      [/^\/vms\b/, 'VM.Allocate'],
      [/^\/pool\b/, 'Pool.Allocate'],
    ] as const
  ).find(([prefix]) => prefix.test(path));
  return on(path, 'Permissions.Modify', ...(holder ? [holder[1]] : []));
}

function fill(template: string, params: Params): string {
  return template.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => String(params[name] ?? ''));
}

function odd(check: unknown): Need {
  return { kind: 'unknown', what: `the server's rule ${JSON.stringify(check)}` };
}
