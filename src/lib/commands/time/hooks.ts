import type { Config } from '@oclif/core';
import type { TimeShiftContext } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export type TimeHookName = 'validate-target' | 'pre-shift' | 'post-shift';

/**
 * Asks the plugins.
 * @throws RequestError `PMX_VETOED`, naming the plugin that is against it
 */
export async function askPlugins(
  config: Pick<Config, 'runHook'>,
  name: TimeHookName,
  shift: TimeShiftContext,
): Promise<void> {
  const { successes, failures } = await config.runHook(`pmx:time:${name}`, { shift });
  for (const { plugin, error } of failures) throw vetoed(plugin.name, shift, error.message);
  for (const { plugin, result } of successes) {
    const veto = (result as { veto?: unknown } | undefined)?.veto;
    if (typeof veto === 'string') throw vetoed(plugin.name, shift, veto);
  }
}

function vetoed(plugin: string, { vmid, name }: TimeShiftContext, reason: string): RequestError {
  return new RequestError({
    code: 'PMX_VETOED',
    message: `Plugin ${plugin} is against this shift of VM ${vmid} (${name}): ${reason.replace(/\.$/, '')}.`,
    hints: ['What the plugin asks for is said by its own documentation.'],
    data: { plugin, vmid, reason },
  });
}
