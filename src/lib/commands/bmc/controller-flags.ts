import { Args, Flags } from '@oclif/core';
import type { ControllerReader, Session } from '@pmx-cli/kit';

import type { Task } from '../../operations/idrac/racadm.js';
import { parseTarget } from './host-flags.js';

const group = 'LOGIN';

/** How to log in to a controller, and whether it may be trusted with a password. */
export const loginFlags = {
  user: Flags.string({
    char: 'u',
    description: 'User; from PMX_IDRAC_USER or the setting idracUsers when left out.',
    helpGroup: group,
    helpValue: 'USER',
  }),
  'password-stdin': Flags.boolean({
    description: 'Read the password from standard input.',
    helpGroup: group,
  }),
  'ca-cert': Flags.file({
    description: 'CA certificate (PEM) to trust.',
    exists: true,
    helpGroup: group,
    helpValue: 'FILE',
  }),
  insecure: Flags.boolean({
    description: 'Send the password to whoever answers. Warns on each use.',
    helpGroup: group,
    exclusive: ['ca-cert'],
  }),
  'allow-legacy-tls': Flags.boolean({
    description: 'Send the password also over TLS that others may read.',
    helpGroup: group,
  }),
};

export interface LoginFlags {
  user?: string | undefined;
  'password-stdin': boolean;
  'ca-cert'?: string | undefined;
  insecure: boolean;
  'allow-legacy-tls': boolean;
}

/** Slow web servers, one login each, and what goes wrong at one would go wrong at all. */
export const serialFlags = {
  parallel: Flags.integer({
    description: 'Of several: at most so many at once.',
    helpGroup: 'CHANGE',
    helpValue: 'N',
    default: 1,
    min: 1,
    max: 32,
  }),
  'fail-fast': Flags.boolean({
    description: 'Of several: begin no more after the first failure.',
    helpGroup: 'CHANGE',
    default: true,
    allowNo: true,
  }),
};

export const hostArgs = {
  host: Args.string({
    description: 'HOST, HOST:PORT, network or - for standard input; any number.',
    ignoreStdin: true,
  }),
};

/** A change goes to nobody who was not named. */
export const namedHostArgs = {
  host: Args.string({
    description: 'HOST, HOST:PORT or - for standard input; any number.',
    ignoreStdin: true,
  }),
};

export const oneHost = {
  host: Args.string({ description: 'HOST or HOST:PORT.', required: true, ignoreStdin: true }),
};

export function sayWords(session: Session, flags: LoginFlags): void {
  session.controllers.words({
    user: flags.user,
    passwordStdin: flags['password-stdin'],
    caFile: flags['ca-cert'],
    insecure: flags.insecure,
    legacyTls: flags['allow-legacy-tls'],
  });
}

/** The one controller of commands that take one; iDRAC9 and newer. */
export async function openOne(
  session: Session,
  word: string,
  flags: LoginFlags,
  task: Task,
): Promise<ControllerReader> {
  sayWords(session, flags);
  const { wantsNine } = await import('../../operations/idrac/racadm.js');
  const target = await parseTarget(word);
  return session.controllers.open(target, wantsNine(task)(target));
}
