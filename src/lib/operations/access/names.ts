import { invalid } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

const user = String.raw`[^\s:/!]+@[A-Za-z][\w.-]+`;
const userId = new RegExp(`^${user}$`);
const tokenId = new RegExp(`^${user}![A-Za-z][\\w.-]+$`);
/** Longest that PVE takes. */
const maxUserLength = 64;

/** @throws RequestError `PMX_INVALID_USER` */
export function parseUserId(value: string): string {
  if (userId.test(value) && value.length <= maxUserLength) return value;
  throw invalid(
    'PMX_INVALID_USER',
    'User',
    value,
    `it must be name@realm, at most ${maxUserLength} characters`,
    'For example: ci@pve. The realms: pmx access realm list',
  );
}

/** @throws RequestError `PMX_INVALID_TOKEN_ID` */
export function parseTokenId(value: string): { user: string; token: string } {
  const [owner, token] = value.split('!');
  if (tokenId.test(value) && owner && token) return { user: owner, token };
  throw invalid(
    'PMX_INVALID_TOKEN_ID',
    'Token',
    value,
    'it must be name@realm!token, the token with two or more characters',
    "For example: 'ci@pve!deploy' (in quotes: ! means something to the shell)",
  );
}

/** @throws RequestError `PMX_INVALID_GROUP` */
export function parseGroupName(value: string): string {
  if (/^[\w.-]+$/.test(value)) return value;
  throw invalid(
    'PMX_INVALID_GROUP',
    'Group',
    value,
    'it must be letters, digits, ".", "_" and "-"',
    'For example: admins',
  );
}

/** @throws RequestError `PMX_INVALID_ROLE_NAME` */
export function parseRoleName(value: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,60}$/.test(value) && !/^pve/i.test(value)) return value;
  throw invalid(
    'PMX_INVALID_ROLE_NAME',
    'Role name',
    value,
    'it must be letters, digits, ".", "_" and "-", and not begin with PVE',
    'For example: Builder',
  );
}

const aclRoots = ['access', 'mapping', 'nodes', 'pool', 'sdn', 'storage', 'vms'];

/** @throws RequestError `PMX_INVALID_ACL_PATH` */
export function parseAclPath(value: string): string {
  const path = value.replace(/(?<=.)\/+$/, '');
  const root = path.split('/')[1] ?? '';
  if (/^\/[^\s]*$/.test(path) && (path === '/' || aclRoots.includes(root))) return path;
  throw invalid(
    'PMX_INVALID_ACL_PATH',
    'Path',
    value,
    `it must be / or begin with ${aclRoots.map((name) => `/${name}`).join(', ')}`,
    'For example: /vms/101, /storage/local, /pool/lab',
  );
}

/** The name of a subject of an ACL, which may be any of the three. */
export interface Subject {
  type: 'user' | 'group' | 'token';
  name: string;
}

/** How PVE names the parameter. */
export function subjectParameter({ type, name }: Subject): Record<string, string> {
  return { [`${type}s`]: name };
}

type Noun = 'user' | 'group' | 'role' | 'token';

/** `PMX_ACCESS_NOT_FOUND` for whatever of these is not there. */
export function notFound(noun: Noun, name: string, known: readonly string[]): RequestError {
  const near = known.filter((other) => other.toLowerCase() === name.toLowerCase());
  return new RequestError({
    code: 'PMX_ACCESS_NOT_FOUND',
    message: `There is no ${noun} '${name}'${noun === 'role' ? '' : ' that you may see'}.`,
    hints: [
      ...(near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []),
      `See those there are: pmx access ${noun} list`,
    ],
    data: { [noun]: name },
  });
}

/** `PMX_ACCESS_EXISTS` for a name that is taken. */
export function taken(noun: Noun, name: string, hint: string): RequestError {
  return new RequestError({
    code: 'PMX_ACCESS_EXISTS',
    message: `There is a ${noun} '${name}' already.`,
    hints: [hint],
    data: { [noun]: name },
  });
}

/** `PMX_NOTHING_TO_SET`: a `set` without anything to set. */
export function nothingToSet(example: string): RequestError {
  return new RequestError({
    code: 'PMX_NOTHING_TO_SET',
    message: 'What is to be changed is not said.',
    hints: [`For example: ${example}`, 'Add --help to see what can be set.'],
  });
}
