import { RequestError } from '@pmx-cli/kit/errors';

import { isMapping } from './canonical.js';

const reference = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/** Names that programs give to secrets. */
export const secretName = /secret|passw|passphrase|token$|api_?key|private_?key|credential/i;

/**
 * `${NAME}` and `${NAME:-default}` in texts, also inside lists and mappings; `$${` is a plain `${`.
 * @param trusted false for project files: they get no variable that looks like a secret
 * @throws RequestError `PMX_UNSET_VARIABLE`, `PMX_PROJECT_KEY_REFUSED`
 */
export function interpolate(
  value: unknown,
  env: NodeJS.ProcessEnv,
  where: string,
  trusted: boolean,
): unknown {
  if (Array.isArray(value)) return value.map((item) => interpolate(item, env, where, trusted));
  if (isMapping(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, interpolate(item, env, where, trusted)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(reference, (_, name: string | undefined, fallback?: string) => {
    if (name === undefined) return '${';
    if (!trusted && secretName.test(name)) {
      throw new RequestError({
        code: 'PMX_PROJECT_KEY_REFUSED',
        message: `${where} asks for the variable ${name}, which looks like a secret: a project file gets none.`,
        hints: ['Use a variable of another name, or your own configuration (pmx config path).'],
      });
    }
    const found = env[name] || fallback;
    if (found !== undefined) return found;
    throw new RequestError({
      code: 'PMX_UNSET_VARIABLE',
      message: `${where} needs the variable ${name}, which is not set.`,
      hints: [`Set it, or give a default: \${${name}:-VALUE}`],
    });
  });
}
