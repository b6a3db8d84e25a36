import { SurroundingsError } from '@pmx-cli/kit/errors';

import { repeatable } from './handler.js';

const pauseMillis = 1000;

/** A read that takes its time: it can be run again at will. */
export const pveAwaitStatus = repeatable<'pve.await-status'>(async (args, context) => {
  const pve = await context.pve();
  for (let seconds = 0; ; seconds++) {
    const { status } = await pve.get<{ status: string }>(`${args.guest}/status/current`);
    if (status === args.status) return { status };
    if (seconds >= args.timeoutSeconds) {
      throw new SurroundingsError({
        code: 'PMX_HA_TIMEOUT',
        message: `HA was asked, but ${args.guest} is still ${status} after ${args.timeoutSeconds} s.`,
        hints: ['See what HA does: pmx ha status'],
      });
    }
    context.report(`HA was asked, still ${status}`);
    await context.sleep(pauseMillis, context.signal);
  }
});
