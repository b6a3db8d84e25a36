import { RequestError } from '@pmx-cli/kit/errors';

/** @throws RequestError `PMX_INVALID_SECRET` */
export function requireTokenSecret(secret: string): string {
  if (/\s/.test(secret)) throw invalidSecret('Token secret', 'blanks or line ends in it');
  return secret;
}

/** @throws RequestError `PMX_INVALID_SECRET` */
export function requireOneLine(what: string, secret: string): string {
  if (/[\r\n]/.test(secret)) throw invalidSecret(what, 'a line end in it');
  return secret;
}

/** The value stays untold. */
function invalidSecret(what: string, why: string): RequestError {
  return new RequestError({
    code: 'PMX_INVALID_SECRET',
    message: `${what} is not valid: it has ${why}.`,
    hints: ['Pipe exactly the secret; one line end behind it is cut off.'],
  });
}
