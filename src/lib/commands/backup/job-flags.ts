import { flags } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { JobWishes } from '../../operations/backup/job/settings.js';

export const jobArg = Args.string({
  description: 'Name of the job.',
  required: true,
  ignoreStdin: true,
});

const whichGuests = 'WHICH GUESTS';
const whatStays = 'WHAT STAYS';

const keep = (description: string) =>
  Flags.integer({ description, helpGroup: whatStays, helpValue: 'N', min: 0, max: 10_000 });

/** What `backup job create` and `set` have in common. */
export const jobFlags = {
  all: Flags.boolean({ description: 'All guests, new ones too.', helpGroup: whichGuests }),
  vmid: Flags.string({
    description: 'These; several with commas, or the flag again.',
    helpGroup: whichGuests,
    helpValue: 'VMID,…',
    multiple: true,
  }),
  pool: Flags.string({
    description: 'Those of a pool.',
    helpGroup: whichGuests,
    helpValue: 'POOL',
  }),
  exclude: Flags.string({
    description: 'But not these.',
    helpGroup: whichGuests,
    helpValue: 'VMID,…',
    multiple: true,
  }),
  node: flags.onNode('Only guests that are on this node.'),
  mode: Flags.option({
    description: 'What happens to a running guest meanwhile.',
    options: ['snapshot', 'suspend', 'stop'] as const,
  })(),
  compress: Flags.option({
    description: 'How archives are compressed.',
    options: ['zstd', 'gzip', 'lzo', '0'] as const,
  })(),
  'keep-last': keep('The newest ones.'),
  'keep-hourly': keep('Of so many hours the newest one.'),
  'keep-daily': keep('Of so many days the newest one.'),
  'keep-weekly': keep('Of so many weeks the newest one.'),
  'keep-monthly': keep('Of so many months the newest one.'),
  'keep-yearly': keep('Of so many years the newest one.'),
  notes: Flags.string({
    description: 'Notes of each archive; {{guestname}}, {{vmid}}, {{node}} are filled in.',
    helpValue: 'TEXT',
  }),
  comment: Flags.string({ description: 'What the job is for.', helpValue: 'TEXT' }),
  enabled: Flags.boolean({ description: 'Runs by schedule.', allowNo: true }),
  protected: Flags.boolean({ description: 'Protect the archives.', allowNo: true }),
  'repeat-missed': Flags.boolean({
    description: 'Catch up on runs that were missed.',
    allowNo: true,
  }),
};

export const scheduleFlag = {
  description: "Calendar event of Proxmox VE: 'sun 02:00', 'mon..fri 22:30', '*/15', daily.",
  helpValue: 'EVENT',
};

type Given = {
  [name: string]: unknown;
} & Pick<
  JobWishes,
  | 'schedule'
  | 'all'
  | 'vmid'
  | 'pool'
  | 'exclude'
  | 'node'
  | 'storage'
  | 'mode'
  | 'compress'
  | 'notes'
  | 'comment'
  | 'enabled'
  | 'protected'
>;

export function wishesOf(given: Given): JobWishes {
  return {
    ...{ schedule: given.schedule, all: given.all, vmid: given.vmid, pool: given.pool },
    ...{ exclude: given.exclude, node: given.node, storage: given.storage, mode: given.mode },
    ...{ compress: given.compress, notes: given.notes, comment: given.comment },
    ...{ enabled: given.enabled, protected: given.protected },
    repeatMissed: given['repeat-missed'] as boolean | undefined,
    keep: Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) =>
        name.startsWith('keep-') && typeof value === 'number' ? [[name.slice(5), value]] : [],
      ),
    ),
  };
}
