import type {
  ConfigValue,
  Json,
  PveConfigureArgs,
  PveRestoreConfigArgs,
  StepResult,
} from '@pmx-cli/kit';
import { ProxmoxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { isAnswerLost, isStaleDigest, type PveClient } from '../../../api/index.js';
import {
  carriesOptions,
  type GuestConfig,
  holdsOptions,
  isSecretOption,
  sameValue,
} from '../../shared/guest-config.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext, type StepHandler } from './handler.js';
import { endOfTask } from './tasks.js';

type Options = Record<string, ConfigValue>;

const tries = 10;
const pauseMillis = 1000;

/**
 * A change of options. The digest makes a second sending harmless: of two requests with the same
 * one, only the first can have an effect.
 */
export const pveConfigure: StepHandler<'pve.configure'> = {
  run: (args, context) => configure(args, context, false),

  async recover(args, context) {
    for (const upid of context.upids) await endOfTask(await context.pve(), upid, context.signal);
    const pve = await context.pve();
    const path = context.resolve(args.path);
    return reached(args, context, await touched(pve, path, args), holdsOptions)
      ? outcome(pve, path, args)
      : undefined;
  },
};

async function configure(
  args: PveConfigureArgs,
  context: StepContext,
  answerLost: boolean,
): Promise<StepResult> {
  const pve = await context.pve();
  const path = context.resolve(args.path);
  let lost = answerLost;
  for (let attempt = 1; ; attempt++) {
    const { digest, ...now } = await touched(pve, path, args);
    const changed = Object.keys(args.before).filter(
      (option) => !sameValue(option, now[option] ?? null, args.before[option] ?? null),
    );
    if (changed.length > 0) {
      // Only an answer that got lost makes it likely that this very step did it.
      if (lost || reached(args, context, now)) return outcome(pve, path, args);
      const isOwn = (option: string) => isWhatWasSet(option, now[option] ?? null, args, context);
      if (context.begunEarlier && changed.every(isOwn)) return outcome(pve, path, args);
      throw changedMeanwhile(path, changed, now, args.before);
    }
    try {
      await send(
        pve,
        path,
        { set: context.resolve(args.set), remove: args.remove, digest },
        args.inTask === true,
        context,
      );
      return await outcome(pve, path, args);
    } catch (error) {
      if (attempt >= tries) throw error;
      if (isAnswerLost(error)) lost = true;
      else if (!isStaleDigest(error)) throw error;
      context.report(
        lost
          ? 'the answer was lost, looking whether it happened'
          : 'the configuration was changed meanwhile, but not in this: reading it again',
      );
      if (lost) await context.sleep(pauseMillis, context.signal);
    }
  }
}

interface Update {
  set: Record<string, unknown>;
  remove: readonly string[] | undefined;
  digest: ConfigValue | undefined;
  force?: boolean;
}

async function send(
  pve: PveClient,
  path: string,
  { set, remove = [], digest, force }: Update,
  inTask: boolean,
  context: StepContext,
): Promise<void> {
  const params = {
    ...set,
    ...(remove.length > 0 && { delete: remove.join(',') }),
    ...(force && { force: true }),
    ...(typeof digest === 'string' && { digest }),
  } as Record<string, string | number | boolean>;
  await whileLocked(context, async () => {
    const upid = await pve.send<unknown>(inTask ? 'POST' : 'PUT', `${path}/config`, params);
    if (typeof upid !== 'string' || !upid.startsWith('UPID:')) return;
    context.noteTask(upid);
    await pve.waitForTask(upid, { signal: context.signal });
  });
}

/** The options in question as they are now, with the digest. */
async function touched(
  pve: PveClient,
  path: string,
  args: Pick<PveConfigureArgs, 'before'>,
): Promise<Options> {
  const config = await pve.get<GuestConfig>(`${path}/config`);
  return { ...pick(config, Object.keys(args.before)), digest: config['digest'] ?? null };
}

/** Everything is as this step was to make it. */
function reached(
  args: PveConfigureArgs,
  context: StepContext,
  now: Options,
  isThere: typeof carriesOptions = carriesOptions,
): boolean {
  const set = context.resolve(args.set) as Record<string, Json>;
  const wanted = Object.entries(set).filter(([option]) => option in args.before);
  // Secrets cannot be seen, so they alone never prove anything.
  if (wanted.length === 0 && (args.remove ?? []).length === 0) return false;
  return (
    wanted.every(([option, value]) => isThere(option, now[option] ?? null, String(value))) &&
    (args.remove ?? []).every((option) => now[option] === null)
  );
}

interface PendingRow {
  key: string;
  pending?: unknown;
  delete?: number;
}

/** How it is now, and what of it waits for a restart. */
async function outcome(pve: PveClient, path: string, args: PveConfigureArgs): Promise<StepResult> {
  const [config, rows] = await Promise.all([
    pve.get<GuestConfig>(`${path}/config`),
    pve.get<PendingRow[]>(`${path}/pending`),
  ]);
  const options = new Set([...Object.keys(args.set), ...(args.remove ?? [])]);
  const pending = rows
    .filter(({ key, ...row }) => options.has(key) && (row.pending !== undefined || row.delete))
    .map(({ key }) => key)
    .sort();
  return { after: pick(config, Object.keys(args.before)), pending };
}

function changedMeanwhile(
  path: string,
  options: readonly string[],
  now: Options,
  before: Options,
): ProxmoxError {
  const what = options.map(
    (option) => `${option} was ${before[option] ?? 'not set'} and is ${now[option] ?? 'not set'}`,
  );
  return new ProxmoxError({
    code: 'PMX_OPTIONS_CHANGED',
    message: `Somebody else changed the same options meanwhile: ${what.join('; ')}.`,
    hints: [
      'Run the command again; it starts from how things are now.',
      `pmx api get ${path}/config`,
    ],
  });
}

/** Restores what the step changed, and nothing that somebody else has changed since. */
export const pveRestoreConfig = repeatable<'pve.restore-config'>(async (args, context) => {
  const pve = await context.pve();
  const path = context.resolve(args.path);
  for (const upid of context.upids) await endOfTask(pve, upid, context.signal);
  const after = context.resolve(args.after) as unknown as Options | null;
  for (let attempt = 1; ; attempt++) {
    const { digest, ...now } = await touched(pve, path, args);
    const own = Object.keys(args.before).filter((option) => {
      const [value, old] = [now[option] ?? null, args.before[option] ?? null];
      if (sameValue(option, value, old)) return false;
      if (after !== null) return sameValue(option, value, after[option] ?? null);
      return context.unseenEnd && isWhatWasSet(option, value, args, context);
    });
    const back = own.filter((option) => args.before[option] !== null);
    const remove = own.filter((option) => args.before[option] === null);
    const made = madeVolumes(args, now, after, own);
    if (own.length === 0 && Object.keys(made).length === 0) return { restored: [] };
    // Detached it is in no option any more: who goes on after this one has to know its name.
    if (after === null && Object.keys(made).length > 0) noteAfter(args, now, context);
    try {
      const set = Object.fromEntries(back.map((option) => [option, args.before[option]!]));
      if (own.length > 0) await send(pve, path, { set, remove, digest }, false, context);
      await removeVolumes(pve, path, made, context);
      return { restored: own };
    } catch (error) {
      if (attempt >= tries || !(isAnswerLost(error) || isStaleDigest(error))) throw error;
      await context.sleep(pauseMillis, context.signal);
    }
  }
});

/** Volumes to delete: those of now, and those that an undo which was cut off has only detached. */
function madeVolumes(
  { before, discard = [] }: PveRestoreConfigArgs,
  now: Options,
  after: Options | null,
  own: readonly string[],
): Options {
  const made: Options = {};
  for (const option of discard) {
    if (before[option] !== null) continue;
    if (own.includes(option)) made[option] = now[option] ?? null;
    else if (now[option] === null && after?.[option]) made[option] = after[option];
  }
  return made;
}

function noteAfter({ before, after }: PveRestoreConfigArgs, now: Options, context: StepContext) {
  const name = (after as { $var?: string } | null)?.$var;
  if (name !== undefined) context.bind({ [name]: pick(now, Object.keys(before)) });
}

function isWhatWasSet(
  option: string,
  value: ConfigValue,
  args: PveConfigureArgs,
  context: StepContext,
): boolean {
  if (args.remove?.includes(option)) return value === null;
  const set = (context.resolve(args.set) as Record<string, Json>)[option];
  if (set === undefined || value === null || isSecretOption(option)) return false;
  // A new disk is called `local:20` in the request and otherwise ever after.
  return carriesOptions(option, value, String(set)) || /^[^,]+:\d+(,|$)/.test(String(set));
}

function pick(options: Options | GuestConfig, names: readonly string[]): Options {
  return Object.fromEntries(names.map((name) => [name, options[name] ?? null]));
}

function volumeOf(value: ConfigValue | undefined): string {
  return String(value).split(',', 1)[0]!;
}

/** What is no longer in use became `unusedN`; a volume that the step made goes for good. */
async function removeVolumes(
  pve: PveClient,
  path: string,
  made: Options,
  context: StepContext,
): Promise<void> {
  const options = Object.keys(made);
  if (options.length === 0) return;
  const volumes = options.map((option) => volumeOf(made[option]));
  const config = await pve.get<GuestConfig>(`${path}/config`);
  const unused = Object.keys(config).filter(
    (key) => /^unused\d+$/.test(key) && volumes.includes(volumeOf(config[key] ?? null)),
  );
  if (unused.length > 0) {
    const { digest = null } = config;
    await send(pve, path, { set: {}, remove: unused, digest }, false, context);
  }
  const rows = await pve.get<PendingRow[]>(`${path}/pending`);
  const left = rows.filter((row) => row.delete && options.includes(row.key)).map(({ key }) => key);
  if (left.length === 0) return;
  throw new SurroundingsError({
    code: 'PMX_DISK_HELD',
    message: `The running guest still holds ${left.map((option) => `${option} (${volumeOf(made[option])})`).join(', ')}; it becomes an unused disk when the guest is stopped.`,
    hints: ['Stop the guest, then remove the unused disk: pmx vm set NAME --delete unused0'],
  });
}
