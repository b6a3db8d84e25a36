// @ts-check
import { defineHook } from '@pmx-cli/kit';

import { noteIn } from '../lib/notes.js';
import pack from '../package.json' with { type: 'json' };

/** Asked before every change: nothing is deleted that somebody wants to keep. */
export default defineHook('pmx:plan', async ({ plan, session }) => {
  if (!/^(?:vm|guest)\.delete$/.test(plan.operation)) return;
  const vmid = Number(/\d+/.exec(plan.target)?.[0]);
  const { keep: declared } = pack.pmx.settings;
  const keep = await session.settings.ofPlugin(
    'note',
    'keep',
    /** @type {import('@pmx-cli/kit').PluginSetting} */ (declared),
  );
  const [pve, inventory] = await Promise.all([session.pve(), session.inventory()]);
  const guest = (await inventory.guests()).find((each) => each.vmid === vmid);
  if (!guest) return;
  /** @type {{ description?: string }} */
  const config = await pve.get(`/nodes/${guest.node}/${guest.type}/${vmid}/config`);
  if (noteIn(config.description) === keep)
    return { veto: `the note of ${guest.name} says "${keep}"` };
});
