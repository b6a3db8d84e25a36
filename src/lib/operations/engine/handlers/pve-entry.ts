import { isAnswerLost, isNotFound, type PveClient, type WriteParams } from '../../../api/index.js';
import { repeatable, type StepHandler } from './handler.js';

/** A named entry of a list: a user, a group. */
export const pveEntry: StepHandler<'pve.entry'> = {
  async run({ list, key, name, params }, context) {
    const pve = await context.pve();
    try {
      const given = context.resolve(params) as WriteParams;
      await pve.send('POST', list, { [key]: name, ...given });
    } catch (error) {
      const doubtful = isAnswerLost(error) || context.begunEarlier;
      if (!doubtful || !(await isThere(pve, list, key, name))) throw error;
    }
    return { name };
  },

  async recover({ list, key, name }, context) {
    return (await isThere(await context.pve(), list, key, name)) ? { name } : undefined;
  },
};

export const discardEntry = repeatable<'pve.discard-entry'>(
  async ({ list, key, name, made }, context) => {
    // Without its own success, or doubt about it, the entry is somebody else's.
    if (context.resolve(made) !== name && !context.unseenEnd) return { removed: false };
    const pve = await context.pve();
    if (!(await isThere(pve, list, key, name))) return { removed: false };
    try {
      await pve.send('DELETE', `${list}/${encodeURIComponent(name)}`);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return { removed: true };
  },
);

async function isThere(pve: PveClient, list: string, key: string, name: string): Promise<boolean> {
  const rows = await pve.get<Array<Record<string, unknown>>>(list);
  return rows.some((row) => row[key] === name);
}
