import { text } from 'node:stream/consumers';

import type { Prompter } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export interface SecretSource {
  /** "Secret of token ci@pve!pmx" */
  what: string;
  /** Read all of stdin; a line end behind it does not belong to the secret. */
  stdin: boolean;
  /** Environment variable that may hold it. */
  variable: string;
  prompt: Prompter;
  /** What to type instead, when there is none. */
  hint?: string;
}

/** @throws RequestError `PMX_NO_SECRET` when there is no source, or it is empty */
export async function readSecret({
  what,
  stdin,
  variable,
  prompt,
  hint,
}: SecretSource): Promise<string> {
  let secret = stdin
    ? (await text(process.stdin)).replace(/\r?\n$/, '')
    : (process.env[variable] ?? '');
  if (secret === '' && !stdin && prompt.possible) secret = await prompt.secret(what);
  if (secret !== '') return secret;
  throw new RequestError({
    code: 'PMX_NO_SECRET',
    message: `${what} is missing${stdin ? ': stdin was empty' : ''}.`,
    hints: [
      hint ?? `Set ${variable}, or pipe it: printf %s "$SECRET" | pmx context add … --token-stdin`,
    ],
  });
}
