import { flag, optional, optionalInteger, optionalText, storage } from '../common.js';
import type { ParamTable } from '../types.js';

/** The options of a backup, as vzdump takes them. */
export const VZDUMP_PARAMS: ParamTable = {
  all: flag('Backup all known guest systems on this host.', 0),
  bwlimit: optionalInteger('Limit I/O bandwidth (in KiB/s).', { minimum: 0, default: 0 }),
  compress: optionalText('Compress dump file.', {
    enum: ['0', '1', 'gzip', 'lzo', 'zstd'],
    default: '0',
  }),
  dumpdir: optionalText('Store resulting files to specified directory.'),
  exclude: optionalText('Exclude specified guest systems (assumes --all)', {
    format: 'pve-vmid-list',
  }),
  'exclude-path': {
    type: 'array',
    optional: 1,
    description: 'Exclude certain files/directories (shell globs).',
  },
  fleecing: optionalText('Options for backup fleecing (VM only).', { format: 'backup-fleecing' }),
  ionice: optionalInteger('Set IO priority when using the BFQ scheduler.', {
    minimum: 0,
    maximum: 8,
    default: 7,
  }),
  'job-id': optionalText('The ID of the backup job.', { maxLength: 50, pattern: '\\S+' }),
  lockwait: optionalInteger('Maximal time to wait for the global lock (minutes).', {
    minimum: 0,
    default: 180,
  }),
  mailnotification: optionalText('Deprecated: use notification targets/matchers instead.', {
    enum: ['always', 'failure'],
    default: 'always',
  }),
  mailto: optionalText('Deprecated: Use notification targets/matchers instead.'),
  mode: optionalText('Backup mode.', {
    enum: ['snapshot', 'suspend', 'stop'],
    default: 'snapshot',
  }),
  'notes-template': optionalText('Template string for generating notes for the backup(s).', {
    maxLength: 1024,
    requires: 'storage',
  }),
  'notification-mode': optionalText('Determine which notification system to use.', {
    enum: ['auto', 'legacy-sendmail', 'notification-system'],
    default: 'auto',
  }),
  'pbs-change-detection-mode': optionalText('PBS mode used to detect file changes.', {
    enum: ['legacy', 'data', 'metadata'],
  }),
  performance: optionalText('Other performance-related settings.', {
    format: 'backup-performance',
  }),
  pigz: optionalInteger('Use pigz instead of gzip when N>0.', { default: 0 }),
  pool: optionalText('Backup all known guest systems included in the specified pool.'),
  protected: { ...flag('If true, mark backup(s) as protected.'), requires: 'storage' },
  'prune-backups': optionalText('Use these retention options.', {
    format: 'prune-backups',
    default: 'keep-all=1',
  }),
  quiet: flag('Be quiet.', 0),
  remove: flag("Prune older backups according to 'prune-backups'.", 1),
  script: optionalText('Use specified hook script.'),
  stdexcludes: flag('Exclude temporary files and logs.', 1),
  stdout: flag('Write tar to stdout, not to a file.'),
  stop: flag('Stop running backup jobs on this host.', 0),
  stopwait: optionalInteger('Maximal time to wait until a guest system is stopped (minutes).', {
    minimum: 0,
    default: 10,
  }),
  storage: optional(storage),
  tmpdir: optionalText('Store temporary files to specified directory.'),
  vmid: optionalText('The ID of the guest system you want to backup.', { format: 'pve-vmid-list' }),
  zstd: optionalInteger('Zstd threads.', { default: 1 }),
};
