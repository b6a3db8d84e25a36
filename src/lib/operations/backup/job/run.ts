import { markerLine, type Plan, type PveReader, type Step, text } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  allGuests,
  type CoveredGuest,
  coveredBy,
  jobIn,
  type JobRow,
  optionText,
  readJobs,
} from './read.js';

export interface JobRun {
  job: string;
  node: string;
  guests: number[];
  storage: string;
}

/** What belongs to the schedule, or says which guests: a run names them. */
const notForRuns = new Set([
  ...['id', 'type', 'enabled', 'schedule', 'starttime', 'dow', 'next-run', 'repeat-missed'],
  ...['comment', 'digest', 'node', 'all', 'vmid', 'pool', 'exclude', 'prune-backups', 'remove'],
]);

/** Where Proxmox VE puts archives when a job says nothing. */
const usualStorage = 'local';

/** Terabytes to a slow disk take their time. */
const timeoutSeconds = 24 * 3600;

/**
 * One plan for each node that has guests of the job, as the scheduler does it. The archives carry the
 * operation, so that undo removes these and no others.
 * @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND`, `PMX_BACKUP_JOB_NOT_RUNNABLE`
 */
export async function planJobRun(pve: PveReader, name: string, prune: boolean): Promise<Plan[]> {
  const [rows, guests] = await Promise.all([readJobs(pve), allGuests(pve)]);
  const row = jobIn(rows, name);
  const covered = coveredBy(row, guests);
  if (row['dumpdir'] !== undefined || covered.length === 0) {
    throw new RequestError({
      code: 'PMX_BACKUP_JOB_NOT_RUNNABLE',
      message:
        covered.length === 0
          ? `Backup job '${name}' covers no guest that is there and that you may see.`
          : `Backup job '${name}' writes into a directory of the node, where pmx cannot take anything back.`,
      hints: [
        `See what it covers: pmx backup job show ${name}`,
        'Or back guests up directly: pmx backup create GUEST',
      ],
    });
  }
  const nodes = [...new Set(covered.map(({ node }) => node))].sort();
  return nodes.map((node) =>
    runOn(
      node,
      row,
      covered.filter((guest) => guest.node === node),
      prune,
    ),
  );
}

function runOn(node: string, row: JobRow, guests: readonly CoveredGuest[], prune: boolean): Plan {
  const storage = row['storage'] === undefined ? usualStorage : optionText(row['storage']);
  const keep = row['prune-backups'] === undefined ? undefined : optionText(row['prune-backups']);
  const prunes = prune && keep !== undefined && !/keep-all=1/.test(keep);
  const vmids = guests.map(({ vmid }) => vmid);
  const title = `Back ${vmids.length === 1 ? 'guest' : 'guests'} ${vmids.join(', ')} up to ${storage}, as backup job ${row.id} does`;
  const step: Step = {
    id: 'run',
    title,
    kind: 'pve.call',
    args: {
      method: 'POST',
      path: `/nodes/${node}/vzdump`,
      params: {
        ...optionsOf(row),
        vmid: vmids.join(','),
        storage,
        'notes-template': notesOf(row),
        ...(prunes ? { 'prune-backups': keep, remove: true } : { remove: false }),
      },
      lookup: { type: 'vzdump', id: vmids.length === 1 ? String(vmids[0]) : '' },
      timeoutSeconds,
    },
    ...(prunes
      ? { destructive: true }
      : {
          undo: guests.map(({ vmid }) => ({
            title: `Remove the backup of guest ${vmid}`,
            kind: 'pve.discard-backup' as const,
            args: { node, vmid, storage },
          })),
        }),
  };
  return {
    operation: 'backup.job.run',
    target: `backup job ${row.id} on node ${node}`,
    title: `Run backup job ${row.id} on node ${node}`,
    steps: [step],
    ...(prunes && {
      impact: {
        removes: [
          {
            what: 'older backups',
            name: `of guests ${vmids.join(', ')}`,
            detail: `beyond ${keep}`,
          },
        ],
        keeps: [],
      },
    }),
    ...(!prunes &&
      keep !== undefined && {
        notes: [`Retention (${keep}) is left to the scheduled runs; --prune does it now.`],
      }),
    result: { job: row.id, node, guests: vmids, storage },
  };
}

function optionsOf(row: JobRow): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): Array<[string, string]> =>
      value === undefined || notForRuns.has(name) ? [] : [[name, optionText(value)]],
    ),
  );
}

/** The job's own template, and the line by which undo knows the archives. */
function notesOf(row: JobRow) {
  const notes = row['notes-template'] === undefined ? '' : optionText(row['notes-template']);
  return notes === '' ? markerLine : text`${notes}\\n${markerLine}`;
}
