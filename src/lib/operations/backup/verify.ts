import type { Inventory, PveReader } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { volumesOf } from '../guest/delete/volumes.js';
import { kindOf } from '../guest/kind.js';
import { inParallel } from '../shared/parallel.js';
import { archiveConfig } from './archive-config.js';
import { type Backup, findBackup, readBackups } from './read.js';

export interface BackupVerdict {
  volid: string;
  vmid: number;
  /** `verified`: by a backup server; `readable`: what the API lets one look at is fine. */
  verdict: 'verified' | 'readable' | 'failed';
  sizeBytes: number | undefined;
  /** What was looked at and found, in words. */
  found: string;
}

/** What the API can tell about archives: named ones, the newest of guests, or all. */
export async function verifyBackups(
  pve: PveReader,
  inventory: Inventory,
  words: readonly string[],
  storage: string | undefined,
): Promise<BackupVerdict[]> {
  const backups =
    words.length === 0
      ? await readBackups(pve, inventory, { storage })
      : await inParallel(words, (word) => findBackup(pve, inventory, word, { storage }));
  return inParallel(backups, (backup) => verify(pve, backup));
}

async function verify(pve: PveReader, backup: Backup): Promise<BackupVerdict> {
  const { volid, vmid, sizeBytes } = backup;
  const told = (verdict: BackupVerdict['verdict'], found: string): BackupVerdict => ({
    volid,
    vmid,
    verdict,
    sizeBytes,
    found,
  });
  if (backup.verified === 'ok') return told('verified', 'the backup server has verified its data');
  if (backup.verified === 'failed')
    return told('failed', 'the backup server found damaged data: make another one');
  if (sizeBytes === 0) return told('failed', 'the archive is empty');
  if (backup.encrypted)
    return told('readable', 'encrypted: only its size was looked at, and no verification is known');
  try {
    const { config } = await archiveConfig(pve, backup);
    const disks = volumesOf(backup.type, config).filter(({ kind }) => kind === 'disk').length;
    const guest = `${kindOf(backup).noun} with ${disks} disk${disks === 1 ? '' : 's'}`;
    return told(
      'readable',
      `its configuration can be read (${guest}); whether all data is whole only a restore tells`,
    );
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3 || error.code === 'PMX_PERMISSION_DENIED')
      throw error;
    return told('failed', `its configuration cannot be read: ${error.message}`);
  }
}
