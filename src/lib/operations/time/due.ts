import type { Guest, PveReader } from '@pmx-cli/kit';

import { readConfig, uuidOf } from './check.js';
import { isDue, listRecords } from './record.js';

/**
 * The guests of this server whose shifts are to be restored.
 * @returns also what is to be said of those that this server does not have, or that do not run
 */
export async function dueRecords(
  pve: PveReader,
  present: readonly Guest[],
  state: string,
  { all, words }: { all: boolean; words: readonly string[] },
): Promise<{ guests: Guest[]; missing: string[] }> {
  const guests: Guest[] = [];
  const missing: string[] = [];
  const now = Date.now();
  for (const { record, path } of listRecords(state)) {
    if (!all && !isDue(record, now)) continue;
    if (words.length > 0 && !words.includes(String(record.vmid)) && !words.includes(record.name))
      continue;
    const label = `VM ${record.vmid} (${record.name})`;
    const guest = present.find(({ vmid, type }) => vmid === record.vmid && type === 'qemu');
    const same = guest && uuidOf(await readConfig(pve, guest)) === record.uuid;
    if (!same)
      missing.push(
        `${label} is not on this server${record.context === null ? '' : ` (it was shifted in context ${record.context})`}; it stays shifted: ${path}`,
      );
    else if (guest.status !== 'running' && !record.rtc)
      missing.push(
        `${label} is ${guest.status}, so its clock cannot be set: pmx vm start ${record.vmid}`,
      );
    else guests.push(guest);
  }
  return { guests, missing };
}
