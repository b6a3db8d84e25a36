import { type Inventory, type Plan, type PveReader, ref, type Step, text } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import {
  allGuests,
  coveredBy,
  jobIn,
  type JobRow,
  jobsPath,
  optionText,
  readJobs,
} from './read.js';
import {
  guestsError,
  type JobParams,
  type JobWishes,
  paramsOf,
  parseJobName,
  selectionOptions,
} from './settings.js';

export interface JobChanged {
  job: string;
  changed: boolean;
  changes: JobDifference[];
}

/** Null: not set. */
export interface JobDifference {
  option: string;
  from: string | null;
  to: string | null;
}

/** Options that can go back to the default. */
export const unsettable = ['node', 'keep', 'notes', 'comment', 'exclude'] as const;
export type Unsettable = (typeof unsettable)[number];

const nameOnTheWire: Partial<Record<Unsettable, string>> = {
  keep: 'prune-backups',
  notes: 'notes-template',
};

const entry = { list: jobsPath, key: 'id' } as const;

const pathOf = (id: string): string => `${jobsPath}/${encodeURIComponent(id)}`;

/** @throws RequestError `PMX_INVALID_JOB_NAME`, `PMX_BACKUP_JOB_EXISTS`, and what `paramsOf` throws */
export async function planJobCreate(
  pve: PveReader,
  inventory: Inventory,
  name: string,
  wishes: JobWishes,
): Promise<Plan> {
  parseJobName(name);
  if (!wishes.all && !wishes.vmid && wishes.pool === undefined && !wishes.exclude)
    throw guestsError('Which guests? Nothing is said about what to back up.');
  // Leaving some out means all others.
  const all = wishes.all || (wishes.exclude !== undefined && wishes.pool === undefined);
  const params = await paramsOf(pve, inventory, { ...wishes, all });
  const [rows, guests] = await Promise.all([readJobs(pve), allGuests(pve)]);
  if (rows.some(({ id }) => id === name)) {
    throw new RequestError({
      code: 'PMX_BACKUP_JOB_EXISTS',
      message: `There is a backup job '${name}' already.`,
      hints: [`See it: pmx backup job show ${name}`, `Change it: pmx backup job set ${name} …`],
    });
  }
  const covered = coveredBy(params, guests).map(({ vmid }) => vmid);
  return {
    operation: 'backup.job.create',
    target: `backup job ${name}`,
    title: `Create backup job ${name}`,
    steps: [
      {
        id: 'create',
        title: `Create backup job ${name}`,
        kind: 'pve.entry',
        args: { ...entry, name, params },
        bind: { made: 'name' },
        undo: [
          {
            title: `Remove backup job ${name}`,
            kind: 'pve.discard-entry',
            args: { ...entry, name, made: text`${ref('made')}` },
          },
        ],
      },
    ],
    variables: { made: '' },
    notes: [
      covered.length === 0
        ? 'It covers no guest that is there now.'
        : `It covers ${covered.length} guest${covered.length === 1 ? '' : 's'} now: ${someOf(covered)}.`,
    ],
    result: { job: name, changed: true, changes: differences({}, params, []) as never },
  };
}

/** @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND`, `PMX_NOTHING_TO_SET`, and what `paramsOf` throws */
export async function planJobSet(
  pve: PveReader,
  inventory: Inventory,
  name: string,
  wishes: JobWishes,
  unset: readonly Unsettable[] = [],
): Promise<Plan> {
  const row = jobIn(await readJobs(pve), name);
  const params = await paramsOf(pve, inventory, wishes);
  const choosesAnew = wishes.all || wishes.pool !== undefined;
  if (wishes.exclude && row['vmid'] !== undefined && !choosesAnew)
    throw guestsError(`Backup job '${name}' names its guests, so there is none to leave out.`);
  const remove = unset.map((option) => nameOnTheWire[option] ?? option);
  const both = remove.filter((option) => params[option] !== undefined);
  if (both.length > 0 || Object.keys(params).length + remove.length === 0) {
    throw new RequestError({
      code: 'PMX_NOTHING_TO_SET',
      message:
        both.length > 0
          ? `${both.join(', ')}: both a new value and --unset are given.`
          : 'Nothing is said about what is to change.',
      hints: [`For example: pmx backup job set ${name} --schedule 'sun 02:00'`],
    });
  }
  return changePlan(row, params, remove);
}

/** @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND` */
export async function planJobsEnabled(
  pve: PveReader,
  names: readonly string[],
  enabled: boolean,
): Promise<Plan[]> {
  const rows = await readJobs(pve);
  return [...new Set(names)].map((name) => changePlan(jobIn(rows, name), { enabled }, []));
}

/** @throws RequestError `PMX_BACKUP_JOB_NOT_FOUND` */
export async function planJobDeletes(pve: PveReader, names: readonly string[]): Promise<Plan[]> {
  const [rows, guests] = await Promise.all([readJobs(pve), allGuests(pve)]);
  return [...new Set(names)].map((name): Plan => {
    const covered = coveredBy(jobIn(rows, name), guests);
    return {
      operation: 'backup.job.delete',
      target: `backup job ${name}`,
      title: `Delete backup job ${name}`,
      steps: [
        {
          id: 'delete',
          title: `Delete backup job ${name}`,
          kind: 'pve.call',
          args: { method: 'DELETE', path: pathOf(name), idempotent: true },
          destructive: true,
        },
      ],
      impact: {
        removes: [{ what: 'backup job', name }],
        keeps: covered.map(({ vmid, name: guest }) => ({
          what: 'guest',
          name: `${vmid} (${guest})`,
          detail: 'this job backs it up no more; its backups stay',
        })),
      },
      result: { job: name, changed: true, changes: [] },
    };
  });
}

function changePlan(row: JobRow, wanted: JobParams, unset: readonly string[]): Plan {
  const changes = differences(row, wanted, [...unset, ...ruledOut(row, wanted)]);
  const names = changes.map(({ option }) => option);
  const target = `backup job ${row.id}`;
  return {
    operation: 'backup.job.set',
    target,
    title: `Change ${target}${names.length > 0 ? `: ${names.join(', ')}` : ''}`,
    steps: changes.length === 0 ? [] : [setStep(row, changes, wanted)],
    notes:
      changes.length === 0
        ? [`${target} is so already; nothing to change.`]
        : changes.map(({ option, from, to }) => `${option}: ${shown(from)} → ${shown(to)}`),
    result: { job: row.id, changed: changes.length > 0, changes: changes as never },
  };
}

/** A new choice of guests takes the place of the old one. */
function ruledOut(row: JobRow, wanted: JobParams): string[] {
  if (!['all', 'vmid', 'pool'].some((name) => wanted[name] !== undefined)) return [];
  const others = selectionOptions.filter((name) => wanted[name] === undefined);
  // Guests that are left out may stay left out, if not only named ones are meant.
  return others.filter(
    (name) => row[name] !== undefined && (name !== 'exclude' || wanted['vmid'] !== undefined),
  );
}

function setStep(row: JobRow, changes: readonly JobDifference[], wanted: JobParams): Step {
  const call = { method: 'PUT', path: pathOf(row.id), idempotent: true } as const;
  const storage = row['storage'] === undefined ? undefined : optionText(row['storage']);
  return {
    id: 'set',
    title: `Change backup job ${row.id}`,
    kind: 'pve.call',
    args: {
      ...call,
      params: wire(
        changes.map(({ option, to }) => [option, to]),
        (wanted['storage'] as string | undefined) ?? storage,
      ),
    },
    undo: [
      {
        title: `Set backup job ${row.id} back`,
        kind: 'pve.call',
        args: {
          ...call,
          params: wire(
            changes.map(({ option, from }) => [option, from]),
            storage,
          ),
        },
      },
    ],
  };
}

/** Notes and protection are taken only together with a storage; `enabled` has no absence but on. */
function wire(
  values: ReadonlyArray<readonly [string, string | null]>,
  storage: string | undefined,
): Record<string, string> {
  const set = Object.fromEntries(
    values.flatMap(([option, value]): Array<[string, string]> =>
      value !== null ? [[option, value]] : option === 'enabled' ? [[option, '1']] : [],
    ),
  );
  const gone = values.flatMap(([option, value]) =>
    value === null && option !== 'enabled' ? [option] : [],
  );
  const needsStorage = set['notes-template'] !== undefined || set['protected'] !== undefined;
  return {
    ...(needsStorage && storage !== undefined && { storage }),
    ...set,
    ...(gone.length > 0 && { delete: gone.join(',') }),
  };
}

/** What differs, in the words of the API. */
function differences(
  row: Record<string, JobRow[string]>,
  wanted: JobParams,
  remove: readonly string[],
): JobDifference[] {
  const before = (option: string): string | null =>
    row[option] === undefined ? (row['id'] && standard[option]) || null : optionText(row[option]);
  const text = (value: JobParams[string]): string =>
    typeof value === 'boolean' ? String(Number(value)) : String(value);
  return [
    ...Object.entries(wanted).map(([option, value]) => ({
      option,
      from: before(option),
      to: text(value),
    })),
    ...remove
      .filter((option) => row[option] !== undefined)
      .map((option) => ({ option, from: before(option), to: null })),
  ].filter(({ from, to }) => from !== to);
}

/** What an option is when it is not set. */
const standard: Readonly<Record<string, string>> = { enabled: '1' };

const shown = (value: string | null): string => (value === null ? '(not set)' : value);

function someOf(vmids: readonly number[]): string {
  const most = 10;
  return vmids.length <= most
    ? vmids.join(', ')
    : `${vmids.slice(0, most).join(', ')} and ${vmids.length - most} more`;
}
