import type { Inventory, PveReader } from '@pmx-cli/kit';

import { archiveConfig } from './archive-config.js';
import { type Backup, findBackup } from './read.js';

export interface BackupDetails extends Backup {
  config: Record<string, string | number>;
}

export async function showBackup(
  pve: PveReader,
  inventory: Inventory,
  word: string,
): Promise<BackupDetails> {
  const backup = await findBackup(pve, inventory, word);
  const { config } = await archiveConfig(pve, backup);
  return { ...backup, config: config as BackupDetails['config'] };
}
