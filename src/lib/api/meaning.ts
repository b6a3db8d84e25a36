import { isPmxError } from '@pmx-cli/kit/errors';

/**
 * Errors by meaning. PVE gives nearly every refusal as a 500 (or in a task's exit status), so only
 * the text tells them apart; each pattern stands in facts/pve-wire.md or PVE's source.
 */

/** Somebody else has this VMID: take another one. */
export function isVmidTaken(error: unknown): boolean {
  return says(
    error,
    /\b(VM|CT) \d+ already exists\b/,
    /unable to create (VM|CT) \d+: config file already exists/,
  );
}

/** Somebody is busy with this guest or storage: wait and try again. */
export function isLockTimeout(error: unknown): boolean {
  return says(
    error,
    /can't lock file '[^']*' - got timeout/,
    /\b(VM|CT) is locked\b/,
    /cfs[- ]lock '[^']*' error: got lock (request )?timeout/,
  );
}

/** The configuration was changed since it was read (`digest`): read it again. */
export function isStaleDigest(error: unknown): boolean {
  return says(
    error,
    /checksum mismatch \(file change by other user\?\)/,
    /detected modified configuration/,
  );
}

/** The guest, snapshot, volume, task, user, token or pool is not there (any more). */
export function isNotFound(error: unknown): boolean {
  return says(
    error,
    /Configuration file '[^']*' does not exist/,
    /unable to find configuration file for (VM|CT) \d+/,
    /no such (task|volume|snapshot|token|user|pool|storage|resource|job)\b/i,
    /\b(snapshot|volume|disk|pool|storage|user|token|role|group) '[^']*' does not exist/i,
  );
}

/**
 * "got no worker upid": the task was started and given up on. It may have happened: after a create
 * the VM is there, locked with `create`. Read the state before trying again.
 */
export function isNoWorkerUpid(error: unknown): boolean {
  return says(error, /got no worker upid/);
}

/** The answer to a write was lost: it may have happened. */
export function isAnswerLost(error: unknown): boolean {
  return isPmxError(error) && error.code === 'PMX_ANSWER_LOST';
}

function says(error: unknown, ...patterns: RegExp[]): boolean {
  // A missing privilege may quote anything; it is none of these.
  if (!isPmxError(error) || error.code === 'PMX_PERMISSION_DENIED') return false;
  return patterns.some((pattern) => pattern.test(error.message));
}
