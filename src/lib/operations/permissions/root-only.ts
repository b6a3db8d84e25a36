import type { Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { callsOf } from './calls.js';
import { isRootValue, optionRight, rootParameters } from './vm-options.js';

const configuration = /^\/nodes\/[^/]+\/qemu(?:\/[^/]+\/config)?$/;

/** What in a plan Proxmox VE takes from root@pam with a ticket only. */
export function rootOnly(plan: Plan): string[] {
  const found = callsOf(plan).flatMap(({ method, path, params, phase }) => {
    if (phase !== 'step' || method === 'GET') return [];
    const given = Object.entries(params).filter(
      ([, value]) => value !== null && value !== false && String(value) !== '0',
    );
    return given
      .filter(([name, value]) => {
        if ((rootParameters as readonly string[]).includes(name)) return true;
        if (!configuration.test(path)) return false;
        return optionRight(name).kind === 'root' || isRootValue(name, String(value));
      })
      .map(([name]) => name);
  });
  return [...new Set(found)];
}

/**
 * Refuses before anything is sent: a token gets these refused one by one, some only in the task.
 * @throws RequestError `PMX_ROOT_ONLY`
 */
export async function refuseRootOnly(plan: Plan, user: () => Promise<string>): Promise<void> {
  const names = rootOnly(plan);
  if (names.length === 0) return;
  const identity = await user();
  if (identity === 'root@pam') return;
  throw new RequestError({
    code: 'PMX_ROOT_ONLY',
    message: `${names.join(', ')}: Proxmox VE takes this from root@pam with its password only, and you are ${identity}. Nothing was sent.`,
    hints: [
      'No role and no token of root@pam is enough.',
      'Use a context that logs in as root@pam with a password, or do it on the node with qm.',
    ],
    data: { options: names, identity },
  });
}
