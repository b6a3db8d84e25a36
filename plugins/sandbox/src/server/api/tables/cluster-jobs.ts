import type { DeclaredRoutes } from '../declare.js';
import { ALL, AUDIT, MODIFY, digest } from './shared.js';

const all = { default: 0, optional: 1, type: 'boolean' } as const;
const bwlimit = { default: 0, minimum: 0, optional: 1, type: 'integer' } as const;
const comment = { maxLength: 512, optional: 1, type: 'string' } as const;
const compress = {
  default: '0',
  enum: ['0', '1', 'gzip', 'lzo', 'zstd'],
  optional: 1,
  type: 'string',
} as const;
const dumpdir = { optional: 1, type: 'string' } as const;
const enabled = { default: '1', optional: 1, type: 'boolean' } as const;
const exclude = { format: 'pve-vmid-list', optional: 1, type: 'string' } as const;
const excludePath = { optional: 1, type: 'array' } as const;
const fleecing = { format: 'backup-fleecing', optional: 1, type: 'string' } as const;
const ionice = { default: 7, maximum: 8, minimum: 0, optional: 1, type: 'integer' } as const;
const lockwait = { default: 180, minimum: 0, optional: 1, type: 'integer' } as const;
const mailnotification = {
  default: 'always',
  enum: ['always', 'failure'],
  optional: 1,
  type: 'string',
} as const;
const mailto = { format: 'email-or-username-list', optional: 1, type: 'string' } as const;
const mode = {
  default: 'snapshot',
  enum: ['snapshot', 'suspend', 'stop'],
  optional: 1,
  type: 'string',
} as const;
const nodeParam = { format: 'pve-node', optional: 1, type: 'string' } as const;
const notesTemplate = {
  maxLength: 1024,
  optional: 1,
  requires: 'storage',
  type: 'string',
} as const;
const notificationMode = {
  default: 'auto',
  enum: ['auto', 'legacy-sendmail', 'notification-system'],
  optional: 1,
  type: 'string',
} as const;
const pbsChangeDetectionMode = {
  enum: ['legacy', 'data', 'metadata'],
  optional: 1,
  type: 'string',
} as const;
const performance = { format: 'backup-performance', optional: 1, type: 'string' } as const;
const pigz = { default: 0, optional: 1, type: 'integer' } as const;
const pool = { optional: 1, type: 'string' } as const;
const protectedParam = { optional: 1, requires: 'storage', type: 'boolean' } as const;
const pruneBackups = {
  default: 'keep-all=1',
  format: 'prune-backups',
  optional: 1,
  type: 'string',
} as const;
const quiet = { default: 0, optional: 1, type: 'boolean' } as const;
const remove = { default: 1, optional: 1, type: 'boolean' } as const;
const repeatMissed = { default: 0, optional: 1, type: 'boolean' } as const;
const schedule = {
  format: 'pve-calendar-event',
  maxLength: 128,
  optional: 1,
  type: 'string',
} as const;
const script = { optional: 1, type: 'string' } as const;
const starttime = { optional: 1, pattern: '\\d{1,2}:\\d{1,2}', type: 'string' } as const;
const stdexcludes = { default: 1, optional: 1, type: 'boolean' } as const;
const stop = { default: 0, optional: 1, type: 'boolean' } as const;
const stopwait = { default: 10, minimum: 0, optional: 1, type: 'integer' } as const;
const storageParam = { format: 'pve-storage-id', optional: 1, type: 'string' } as const;
const tmpdir = { optional: 1, type: 'string' } as const;
const vmidParam = { format: 'pve-vmid-list', optional: 1, type: 'string' } as const;
const zstd = { default: 1, optional: 1, type: 'integer' } as const;
const id = { maxLength: 50, pattern: '\\S+', type: 'string' } as const;
const optionalComment = { maxLength: 4096, optional: 1, type: 'string' } as const;
const disable = { optional: 1, type: 'boolean' } as const;
const givenId = {
  format: 'pve-replication-job-id',
  pattern: '[1-9][0-9]{2,8}-\\d{1,9}',
  type: 'string',
} as const;
const rate = { minimum: 1, optional: 1, type: 'number' } as const;
const removeJob = { enum: ['local', 'full'], optional: 1, type: 'string' } as const;
const optionalSchedule = {
  default: '*/15',
  format: 'pve-calendar-event',
  maxLength: 128,
  optional: 1,
  type: 'string',
} as const;
const source = { format: 'pve-node', optional: 1, type: 'string' } as const;
const deletion = {
  format: 'pve-configid-list',
  maxLength: 4096,
  optional: 1,
  type: 'string',
} as const;
const givenId2 = { format: 'pve-configid', type: 'string' } as const;
const enableNew = { default: '1', optional: 1, type: 'boolean' } as const;
const optionalEnabled = { default: 1, optional: 1, type: 'boolean' } as const;
const givenId3 = { format: 'pve-configid', maxLength: 64, type: 'string' } as const;
const removeVanished = {
  default: 'none',
  optional: 1,
  pattern: '(?:(?:(?:acl|properties|entry);)*(?:acl|properties|entry))|none',
  type: 'string',
} as const;
const givenSchedule = { format: 'pve-calendar-event', maxLength: 128, type: 'string' } as const;
const scope = { enum: ['users', 'groups', 'both'], optional: 1, type: 'string' } as const;
const MAY_REALM_ALLOCATE_USER_OR_USER_MODIFY = {
  check: [
    'and',
    ['perm', '/access/realm/{realm}', ['Realm.AllocateUser']],
    ['perm', '/access/groups', ['User.Modify']],
  ],
} as const;

/** What these calls look like in PVE 9.2: parameters, rights, results. */
export const clusterJobsTable = {
  'GET /cluster/backup': { permissions: AUDIT, returns: 'array' },
  'POST /cluster/backup': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      all,
      bwlimit,
      comment,
      compress,
      dow: {
        type: 'string',
        optional: 1,
        default: 'mon,tue,wed,thu,fri,sat,sun',
        format: 'pve-day-of-week-list',
        requires: 'starttime',
      },
      dumpdir,
      enabled,
      exclude,
      'exclude-path': excludePath,
      fleecing,
      id: { type: 'string', optional: 1, format: 'pve-configid' },
      ionice,
      lockwait,
      mailnotification,
      mailto,
      mode,
      node: nodeParam,
      'notes-template': notesTemplate,
      'notification-mode': notificationMode,
      'pbs-change-detection-mode': pbsChangeDetectionMode,
      performance,
      pigz,
      pool,
      protected: protectedParam,
      'prune-backups': pruneBackups,
      quiet,
      remove,
      'repeat-missed': repeatMissed,
      schedule,
      script,
      starttime,
      stdexcludes,
      stop,
      stopwait,
      storage: storageParam,
      tmpdir,
      vmid: vmidParam,
      zstd,
    },
  },
  'GET /cluster/backup/{id}': { permissions: AUDIT, returns: 'object', params: { id } },
  'PUT /cluster/backup/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: {
      all,
      bwlimit,
      comment,
      compress,
      delete: { type: 'string', optional: 1, format: 'pve-configid-list' },
      dow: { type: 'string', optional: 1, format: 'pve-day-of-week-list', requires: 'starttime' },
      dumpdir,
      enabled,
      exclude,
      'exclude-path': excludePath,
      fleecing,
      id,
      ionice,
      lockwait,
      mailnotification,
      mailto,
      mode,
      node: nodeParam,
      'notes-template': notesTemplate,
      'notification-mode': notificationMode,
      'pbs-change-detection-mode': pbsChangeDetectionMode,
      performance,
      pigz,
      pool,
      protected: protectedParam,
      'prune-backups': pruneBackups,
      quiet,
      remove,
      'repeat-missed': repeatMissed,
      schedule,
      script,
      starttime,
      stdexcludes,
      stop,
      stopwait,
      storage: storageParam,
      tmpdir,
      vmid: vmidParam,
      zstd,
    },
  },
  'DELETE /cluster/backup/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { id },
  },
  'GET /cluster/replication': { permissions: ALL, returns: 'array' },
  'POST /cluster/replication': {
    permissions: ALL,
    protected: true,
    returns: 'null',
    params: {
      comment: optionalComment,
      disable,
      id: givenId,
      rate,
      remove_job: removeJob,
      schedule: optionalSchedule,
      source,
      target: { type: 'string', format: 'pve-node' },
      type: { type: 'string', enum: ['local'] },
    },
  },
  'GET /cluster/replication/{id}': { permissions: ALL, returns: 'object', params: { id: givenId } },
  'PUT /cluster/replication/{id}': {
    permissions: ALL,
    protected: true,
    returns: 'null',
    params: {
      comment: optionalComment,
      delete: deletion,
      digest,
      disable,
      id: givenId,
      rate,
      remove_job: removeJob,
      schedule: optionalSchedule,
      source,
    },
  },
  'DELETE /cluster/replication/{id}': {
    permissions: ALL,
    protected: true,
    returns: 'null',
    params: {
      force: { type: 'boolean', optional: 1, default: 0 },
      id: givenId,
      keep: { type: 'boolean', optional: 1, default: 0 },
    },
  },
  'GET /cluster/backup-info': { permissions: {}, returns: 'array' },
  'GET /cluster/backup-info/not-backed-up': {
    permissions: AUDIT,
    protected: true,
    returns: 'array',
  },
  'GET /cluster/jobs': { permissions: ALL, returns: 'array' },
  'GET /cluster/jobs/realm-sync': { permissions: AUDIT, returns: 'array' },
  'GET /cluster/jobs/realm-sync/{id}': {
    permissions: AUDIT,
    returns: 'object',
    params: { id: givenId2 },
  },
  'POST /cluster/jobs/realm-sync/{id}': {
    permissions: MAY_REALM_ALLOCATE_USER_OR_USER_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      comment,
      'enable-new': enableNew,
      enabled: optionalEnabled,
      id: givenId3,
      realm: { type: 'string', optional: 1, format: 'pve-realm', maxLength: 32 },
      'remove-vanished': removeVanished,
      schedule: givenSchedule,
      scope,
    },
  },
  'PUT /cluster/jobs/realm-sync/{id}': {
    permissions: MAY_REALM_ALLOCATE_USER_OR_USER_MODIFY,
    protected: true,
    returns: 'null',
    params: {
      comment,
      delete: deletion,
      'enable-new': enableNew,
      enabled: optionalEnabled,
      id: givenId3,
      'remove-vanished': removeVanished,
      schedule: givenSchedule,
      scope,
    },
  },
  'DELETE /cluster/jobs/realm-sync/{id}': {
    permissions: MODIFY,
    protected: true,
    returns: 'null',
    params: { id: givenId2 },
  },
} as const satisfies DeclaredRoutes;
