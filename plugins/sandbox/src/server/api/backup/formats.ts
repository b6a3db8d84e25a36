import { messageOf } from '../../errors.js';
import { parseKeep } from '../../backup/prune.js';

type Check = (value: string) => string | undefined;

/** Named formats that only backups use. */
export const BACKUP_FORMATS: Readonly<Record<string, Check>> = {
  'prune-backups': (value) => {
    try {
      parseKeep(value);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  },
  'backup-fleecing': (value) =>
    /^(?:enabled=)?[01](?:,storage=[a-z][\w.-]*)?$/i.test(value)
      ? undefined
      : 'invalid fleecing options',
  'backup-performance': (value) =>
    /^(?:max-workers|pbs-entries-max)=\d+(?:,(?:max-workers|pbs-entries-max)=\d+)*$/.test(value)
      ? undefined
      : 'invalid performance options',
};
