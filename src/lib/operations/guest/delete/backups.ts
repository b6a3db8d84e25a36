import type { ImpactItem } from '@pmx-cli/kit';

import type { Volume } from './volumes.js';

export interface BackupItems {
  removes: ImpactItem[];
  keeps: ImpactItem[];
  /** Archives that are removed. */
  goes: Volume[];
}

/** Archives stay unless asked for; protected ones always do. */
export function backupItems(backups: readonly Volume[], remove: boolean): BackupItems {
  const goes = remove ? backups.filter((archive) => !archive.protected) : [];
  return {
    goes,
    removes: goes.map(({ volid }) => ({ what: 'backup', name: volid })),
    keeps: backups
      .filter((archive) => !goes.includes(archive))
      .map(({ volid, protected: kept }) => ({
        what: 'backup',
        name: volid,
        detail: kept ? 'protected' : '--delete-backups would remove it',
      })),
  };
}
