import type { Config } from '@oclif/core';
import { askHooks, type TimeShiftContext } from '@pmx-cli/kit';

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
  const what = `this shift of VM ${shift.vmid} (${shift.name})`;
  await askHooks(config, `pmx:time:${name}`, { shift }, what);
}
