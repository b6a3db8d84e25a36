import { isPmxError } from '@pmx-cli/kit/errors';

import type { StepContext } from './handler.js';

/** A guest that was rebooted in between has its agent back by then. */
const agentMillis = 300_000;
/** A reboot that Proxmox VE itself makes stops the VM for a moment. */
const stoppedMillis = 15_000;
const pauseMillis = 1000;
/** Operations that have waited in vain: their next step does not wait once more. */
const vain = new Set<string>();

/**
 * Brings something home in a guest that may be rebooting: goes on trying while its agent is away.
 * @param work may be done again without harm
 */
export async function patiently<T>(
  context: Pick<StepContext, 'operationId' | 'sleep' | 'signal' | 'report'>,
  work: () => Promise<T>,
  millis = agentMillis,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const patience = vain.has(context.operationId) ? 0 : patienceFor(error, millis);
      if (Date.now() - begun >= patience) {
        if (patience > 0) vain.add(context.operationId);
        throw error;
      }
      context.report('its guest agent does not answer; waiting for it');
    }
    await context.sleep(pauseMillis, context.signal);
  }
}

function patienceFor(error: unknown, millis: number): number {
  if (!isPmxError(error)) return 0;
  if (/\bVM \d+ (?:qmp command .*)?(?:is )?not running\b/.test(error.message)) return stoppedMillis;
  return ['PMX_AGENT_UNAVAILABLE', 'PMX_OUTCOME_UNKNOWN'].includes(error.code) ? millis : 0;
}
