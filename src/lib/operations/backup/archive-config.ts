import type { PveReader } from '@pmx-cli/kit';

import type { GuestConfig } from '../shared/guest-config.js';
import type { Backup } from './read.js';

export interface ArchiveConfig {
  config: GuestConfig;
  description: string;
}

/** The guest's configuration as it lies in the archive. */
export async function archiveConfig(
  pve: PveReader,
  { node, volid }: Pick<Backup, 'node' | 'volid'>,
): Promise<ArchiveConfig> {
  const text = await pve.get<string>(`/nodes/${node}/vzdump/extractconfig`, { volume: volid });
  return parseConfigText(text);
}

/** PVE's own format: comments are the description, a section begins the snapshots. */
export function parseConfigText(text: string): ArchiveConfig {
  const config: GuestConfig = {};
  const description: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) break;
    // `#qmdump#…` is vzdump's own.
    if (/^#(?:qmdump|vzdump)/.test(line)) continue;
    if (line.startsWith('#')) description.push(decoded(line.slice(1)));
    const [, key, value] = /^([a-z]\w*):\s*(.*)$/.exec(line) ?? [];
    if (key === 'description') description.push(decoded(value!));
    else if (key !== undefined) config[key] = value!;
  }
  return { config, description: description.join('\n') };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
