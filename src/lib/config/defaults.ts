import type { ContextDefaults, ContextRecord } from '@pmx-cli/kit';

import type { Configuration } from './configuration.js';

const fields = ['node', 'storage', 'bridge', 'pool', 'vmids', 'tags'] as const;

/**
 * What flags that were left out mean. A context is nearer than the user's general settings, the
 * environment and the project one works in are nearer than the context.
 */
export async function contextDefaults(
  settings: Configuration,
  context: ContextRecord | undefined,
): Promise<ContextDefaults> {
  const entries = await Promise.all(
    fields.map(async (field) => {
      const key = `defaults.${field}` as const;
      const [winner] = await settings.candidates(key);
      const general = winner && settings.valueOf(key, winner);
      const nearer = winner && ['flag', 'env', 'project'].includes(winner.layer);
      return [field, nearer ? general : (context?.[field] ?? general)] as const;
    }),
  );
  const always = context?.confirm === 'always' || (await settings.get('confirm')) === 'always';
  return {
    ...(Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ContextDefaults),
    confirm: always ? 'always' : 'destructive',
    ...(context?.readOnly !== undefined && { readOnly: context.readOnly }),
  };
}
