import { RequestError, SurroundingsError } from '@pmx-cli/kit/errors';

export function unreadable(path: string, reason: string, cause?: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_CONFIG_UNREADABLE',
    message: `The configuration ${path} cannot be read: ${reason}.`,
    hints: ['Mend the file, or move it away to begin anew.', 'Older versions: pmx config history'],
    cause,
  });
}

export function exposed(path: string, key: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_SECRETS_EXPOSED',
    message: `The configuration ${path} holds a secret (${key}) and can be read by others.`,
    hints: [
      'Take it out: secrets belong into the secret store (pmx context add … --token-stdin).',
      'Then replace it on the server: others may have read it.',
    ],
  });
}

export function writable(path: string): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_CONFIG_WRITABLE',
    message: `The configuration ${path} can be changed by others, so nobody knows who wrote it.`,
    hints: [`Look at it, then: chmod go-w ${path} (and chown it, if it is not yours)`],
  });
}

/** A project file says something that only the user may say. */
export function notForProjects(path: string, key: string): RequestError {
  return new RequestError({
    code: 'PMX_PROJECT_KEY_REFUSED',
    message: `The project file ${path} sets '${key}', which only your own configuration may: a project file can choose a context by name, and no more about servers, secrets or programs.`,
    hints: [
      `Take '${key}' out of it, or choose a context there: currentContext: NAME`,
      `From older tools: pmx config import ${path} --from cpcg`,
    ],
  });
}

export function circular(chain: readonly string[]): RequestError {
  return new RequestError({
    code: 'PMX_CONFIG_CIRCULAR',
    message: `'extends' goes round in a circle: ${chain.join(' → ')}.`,
    hints: ['Take one of these lines out.'],
  });
}
