import type { Config } from '@oclif/core';

import { RequestError } from '../errors/index.js';
import type { PmxHookName, PmxHooks } from './events.js';

/** What one hook of one plugin returned, or how it failed. */
export interface HookAnswer<E extends PmxHookName> {
  plugin: string;
  result?: PmxHooks[E]['result'];
  error?: Error;
}

type Hooks = Pick<Config, 'runHook'>;

/** Calls every hook of an event. One that fails does not keep the others from being called. */
export async function callHooks<E extends PmxHookName>(
  config: Hooks,
  event: E,
  options: PmxHooks[E]['options'],
): Promise<Array<HookAnswer<E>>> {
  // oclif would throw the first error of its own kind and forget the other answers.
  const captured = true;
  const { successes, failures } = await config.runHook(
    event,
    options as Record<string, unknown>,
    undefined,
    captured,
  );
  return [
    ...failures.map(({ plugin, error }) => ({ plugin: plugin.name, error })),
    ...successes.map(({ plugin, result }) => ({
      plugin: plugin.name,
      result: result as PmxHooks[E]['result'],
    })),
  ];
}

/** Events whose hooks may be against something. */
type AskedEvent = {
  [E in PmxHookName]: { veto: string } extends PmxHooks[E]['result'] ? E : never;
}[PmxHookName];

/**
 * Asks whether any plugin is against something.
 * @param what as the sentence goes on: "Plugin X is against …"
 * @throws RequestError `PMX_VETOED`, naming the plugin
 */
export async function askHooks<E extends AskedEvent>(
  config: Hooks,
  event: E,
  options: PmxHooks[E]['options'],
  what: string,
): Promise<void> {
  for (const { plugin, result, error } of await callHooks(config, event, options)) {
    if (error) throw vetoed(plugin, event, what, error.message, true);
    const veto = (result as { veto?: unknown } | undefined)?.veto;
    if (typeof veto === 'string') throw vetoed(plugin, event, what, veto, false);
  }
}

function vetoed(
  plugin: string,
  event: string,
  what: string,
  reason: string,
  broken: boolean,
): RequestError {
  const said = reason.split('\n')[0]!.replace(/\.$/, '');
  return new RequestError({
    code: 'PMX_VETOED',
    message: broken
      ? `Plugin ${plugin} could not say whether it is against ${what}: ${said}.`
      : `Plugin ${plugin} is against ${what}: ${said}.`,
    hints: broken
      ? [
          `Its hook ${event} fails, and a guard that is broken lets nothing through.`,
          `Without it: pmx plugins uninstall ${plugin}`,
        ]
      : ['What the plugin asks for is said by its own documentation.'],
    data: { plugin, event, reason },
  });
}
