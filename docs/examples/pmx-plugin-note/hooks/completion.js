// @ts-check
import { defineHook } from '@pmx-cli/kit';

/** What could stand at the cursor for an argument called `note`. */
export default defineHook('pmx:completion', async ({ what, session }) => {
  if (what !== 'note') return [];
  const keep = await session.settings.ofPlugin('note', 'keep');
  return [{ value: String(keep ?? 'keep'), description: 'Never delete this guest' }];
});
