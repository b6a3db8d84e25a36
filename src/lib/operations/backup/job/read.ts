import type { PveReader } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

export const jobsPath = '/cluster/backup';

/** As the server has it. It gives options that have parts as objects, or as the text they are written in. */
export type JobRow = { id: string } & { [option: string]: JobValue | undefined };
type JobValue = string | number | boolean | Record<string, unknown> | readonly string[];

export interface BackupJob {
  job: string;
  enabled: boolean;
  schedule: string;
  nextRunSeconds: number | undefined;
  /** Which guests, in words: `all but 105`, `pool web`, `101,102`. */
  covers: string;
  node: string | undefined;
  storage: string | undefined;
  mode: string;
  /** Retention as Proxmox VE writes it: `keep-last=3`. */
  keep: string | undefined;
  notes: string | undefined;
  comment: string | undefined;
}

export interface CoveredGuest {
  vmid: number;
  name: string;
  node: string;
  type: 'qemu' | 'lxc';
}

export interface BackupJobDetails extends BackupJob {
  guests: CoveredGuest[];
  /** Named by the job, but not there, or not to be seen. */
  missing: number[];
  options: Record<string, string>;
}

export function readJobs(pve: PveReader): Promise<JobRow[]> {
  return pve.get<JobRow[]>(jobsPath);
}

export async function listJobs(pve: PveReader): Promise<BackupJob[]> {
  return (await readJobs(pve)).map(jobOf).sort((a, b) => (a.job < b.job ? -1 : 1));
}

/** @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND` */
export function jobIn(rows: readonly JobRow[], id: string): JobRow {
  const found = rows.find((row) => row.id === id);
  if (found) return found;
  const ids = rows.map((row) => row.id);
  throw new RequestError({
    code: 'PMX_BACKUP_JOB_NOT_FOUND',
    message: `There is no backup job '${id}'.`,
    hints: [
      ids.length > 0 ? `There are: ${ids.join(', ')}.` : 'There is none.',
      'Make one: pmx backup job create NAME --schedule daily --all --storage STORAGE',
    ],
  });
}

/** @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND` */
export async function showJob(pve: PveReader, id: string): Promise<BackupJobDetails> {
  const [rows, guests] = await Promise.all([readJobs(pve), allGuests(pve)]);
  const row = jobIn(rows, id);
  const covered = coveredBy(row, guests);
  const named = new Set(covered.map(({ vmid }) => vmid));
  const options = Object.entries(row).flatMap(([name, value]): Array<[string, string]> =>
    value === undefined || name === 'id' || name === 'digest' ? [] : [[name, optionText(value)]],
  );
  return {
    ...jobOf(row),
    guests: covered,
    missing: idsOf(row['vmid']).filter(
      (vmid) => !named.has(vmid) && !guests.some((guest) => guest.vmid === vmid),
    ),
    options: Object.fromEntries(options),
  };
}

/** This list knows pools. */
export async function allGuests(pve: PveReader): Promise<Array<CoveredGuest & { pool?: string }>> {
  const rows = await pve.get<
    Array<{ vmid: number; name?: string; node: string; type: 'qemu' | 'lxc'; pool?: string }>
  >('/cluster/resources', { type: 'vm' });
  return rows
    .map(({ vmid, name, node, type, pool }) => ({
      vmid: Number(vmid),
      name: name ?? '',
      node,
      type,
      ...(pool !== undefined && { pool }),
    }))
    .sort((a, b) => a.vmid - b.vmid);
}

/** The guests that a run takes with it now. */
export function coveredBy(
  row: Omit<JobRow, 'id'>,
  guests: ReadonlyArray<CoveredGuest & { pool?: string }>,
): CoveredGuest[] {
  const excluded = new Set(idsOf(row['exclude']));
  const named = new Set(idsOf(row['vmid']));
  return guests
    .filter(({ vmid, node, pool }) => {
      if (row['node'] !== undefined && row['node'] !== node) return false;
      if (named.size > 0) return named.has(vmid);
      if (excluded.has(vmid)) return false;
      return row['pool'] === undefined || row['pool'] === pool;
    })
    .map(({ pool: _, ...guest }) => guest);
}

export function idsOf(value: JobValue | undefined): number[] {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
        .split(/[,;\s]+/)
        .filter((id) => id !== '')
        .map(Number)
    : [];
}

export function isOn(value: JobValue | undefined, whenAbsent: boolean): boolean {
  return value === undefined ? whenAbsent : value === true || String(value) === '1';
}

/** `{ 'keep-last': 3 }` → `keep-last=3`. */
export function optionText(value: JobValue): string {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object'
    ? Object.entries(value)
        .map(([name, part]) => `${name}=${String(part)}`)
        .join(',')
    : String(value);
}

function jobOf(row: JobRow): BackupJob {
  const text = (name: string): string | undefined =>
    row[name] === undefined ? undefined : optionText(row[name]);
  const next = row['next-run'];
  return {
    job: row.id,
    enabled: isOn(row['enabled'], true),
    // Jobs from before Proxmox VE 7.1 have days and a time.
    schedule: text('schedule') ?? [text('dow'), text('starttime')].filter(Boolean).join(' '),
    nextRunSeconds: next === undefined ? undefined : Number(next),
    covers: coversOf(row),
    node: text('node'),
    storage: text('storage'),
    mode: text('mode') ?? 'snapshot',
    keep: text('prune-backups'),
    notes: text('notes-template'),
    comment: text('comment'),
  };
}

export function coversOf(row: Omit<JobRow, 'id'>): string {
  const named = idsOf(row['vmid']);
  if (named.length > 0) return named.join(',');
  const whole = row['pool'] === undefined ? 'all' : `pool ${optionText(row['pool'])}`;
  const excluded = idsOf(row['exclude']);
  return excluded.length === 0 ? whole : `${whole} but ${excluded.join(',')}`;
}
