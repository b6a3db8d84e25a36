import type { ContextRecord, Session } from '@pmx-cli/kit';

import type { Job } from './roles.js';

/** What `pmx login` was given. Nothing in it is secret: secrets come from stdin, environment or prompt. */
export interface LoginRequest {
  name?: string;
  /** Host, host:port or URL, as typed. */
  host?: string;
  user?: string;
  realm?: string;
  passwordStdin: boolean;
  otp?: string;
  tokenId?: string;
  tokenStdin: boolean;
  fingerprint?: string;
  caFile?: string;
  insecure: boolean;
  proxy?: string;
  /** Undefined: ask, or say that it has to be decided. */
  createToken?: boolean;
  tokenName?: string;
  job?: Job;
  use: boolean;
  replace: boolean;
  /** Nothing may be sent to the server that it would remember. */
  dryRun: boolean;
  /** The words after `pmx login`, to be pasted with one more flag. */
  argv: readonly string[];
}

/** The parts of a session that a login needs; a fake one does as well. */
export type LoginSession = Pick<Session, 'access' | 'contexts' | 'output' | 'prompt' | 'protect'>;

/** Which server the login is for, and what was stored about it. */
export interface Target {
  name: string;
  /** Endpoints to try, the likeliest first. */
  candidates: readonly string[];
  /** The context of that name, if it is for this server, as it counts: `${…}` replaced. */
  record: ContextRecord | undefined;
  /** The context that gets replaced, whichever server it is for, as its file has it. */
  replaced: ContextRecord | undefined;
}
