import type { Guest, PveReader, QueryParams } from '@pmx-cli/kit';

import { agentPath, explained } from './agent.js';

/** Asks a guest agent something. @throws ProxmoxError `PMX_AGENT_UNAVAILABLE` when none answers */
export async function askAgent<T>(
  pve: PveReader,
  guest: Pick<Guest, 'node' | 'vmid'>,
  command: string,
  params?: QueryParams,
): Promise<T> {
  try {
    return await pve.get<T>(`${agentPath(guest)}/${command}`, params);
  } catch (error) {
    throw explained(error, guest);
  }
}

/** A question without parameters: its answer stands in `result`. */
export async function queryAgent<T>(
  pve: PveReader,
  guest: Pick<Guest, 'node' | 'vmid'>,
  command: string,
): Promise<T> {
  return (await askAgent<{ result: T }>(pve, guest, command)).result;
}
