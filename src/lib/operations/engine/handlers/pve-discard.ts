import { carriesMarker, type PveDiscardGuestArgs } from '@pmx-cli/kit';
import { isPmxError, SurroundingsError } from '@pmx-cli/kit/errors';

import { findTask, isNotFound, type PveClient, tryParseUpid } from '../../../api/index.js';
import { untilAnswered } from './answered.js';
import { whileLocked } from './contention.js';
import { removal, repeatable, type StepContext } from './handler.js';
import { isAbandoned, leftLockedText } from './lost-worker.js';
import { endOfTask, stopTask } from './tasks.js';

interface GuestConfig {
  description?: string;
  lock?: string;
  template?: number;
}

interface FoundGuest {
  /** Its path in the API: a clone is made on the template's node and only then moved. */
  path: string;
  config: GuestConfig;
}

type GuestPlace = Pick<PveDiscardGuestArgs, 'node' | 'type'>;

const pauseMillis = 1000;
const lockTries = 120;
/** Between the lock and the task that has it there may be a moment. */
const idleTries = 3;
/** How often to look again for what a request that nobody saw the end of may still make. */
const appearTries = 4;
const sendTries = 3;

/**
 * Undo of a create or clone. A task that still works on it is stopped first; a guest without this
 * operation's marker belongs to somebody else and is left alone.
 */
export const pveDiscardGuest = repeatable<'pve.discard-guest'>(async (args, context) =>
  untilAnswered(context, async () => {
    const pve = await context.pve();
    const vmid = context.resolve(args.vmid) as number;
    await stopTasks(pve, args, context);
    const found = await settledGuest(pve, args, vmid, context);
    if (!found || !isOwn(found, context)) return { removed: false };
    try {
      await whileLocked(context, () => destroy(pve, found, context), found.path);
    } catch (error) {
      // An earlier DELETE without an answer, or somebody else, was faster.
      if (!isNotFound(error) || (await findGuest(pve, args, vmid))) throw error;
    }
    return { removed: true };
  }),
);

async function stopTasks(
  pve: PveClient,
  args: PveDiscardGuestArgs,
  context: StepContext,
): Promise<void> {
  for (const upid of context.upids) {
    if (!(await stopTask(pve, upid))) continue;
    await endOfTask(pve, upid, context.signal);
  }
  // A clone's task is named after its template, so only other kinds can be told by their id.
  if (!mayStillAppear(context) || /^(?:qm|vz)clone$/.test(args.lookup.type)) return;
  const task = await findTask(pve, {
    node: args.node,
    type: args.lookup.type,
    id: String(context.resolve(args.lookup.id)),
    user: pve.user,
    since: Math.floor(context.startedAt.getTime() / 1000),
  });
  // Waited for, not stopped: it may be another pmx of the same user that got the same VMID first.
  if (task) await endOfTask(pve, task.upid, context.signal);
}

function mayStillAppear({ unseenEnd, upids }: StepContext): boolean {
  return unseenEnd && upids.length === 0;
}

function isOwn({ config }: FoundGuest, context: StepContext): boolean {
  return carriesMarker(config.description, context.operationId);
}

/**
 * While a create or clone runs, the guest's config is a lock and not much more; it may vanish again.
 * @throws SurroundingsError when the lock stays and nothing tells whose guest it is
 */
async function settledGuest(
  pve: PveClient,
  place: PveDiscardGuestArgs,
  vmid: number,
  context: StepContext,
): Promise<FoundGuest | undefined> {
  for (let tries = 1; ; tries++) {
    const found = await findGuest(pve, place, vmid);
    if (!found) {
      if (!mayStillAppear(context) || tries >= appearTries) return undefined;
      await context.sleep(pauseMillis, context.signal);
      continue;
    }
    const { lock, description } = found.config;
    if (lock !== 'clone' && lock !== 'create') return found;
    if (isOwn(found, context) ? tries >= lockTries : description !== undefined) return found;
    if (tries > idleTries) await refuseAbandoned(pve, place, vmid, found, context);
    if (tries >= lockTries) {
      throw new SurroundingsError({
        code: 'PMX_GUEST_LOCKED',
        message: `Guest ${vmid} is still locked (${lock}), and nothing tells whether this operation made it.`,
        hints: [`Look at it: pmx api get ${found.path}/config`],
      });
    }
    context.report('still being made by a task, waiting for its end');
    await context.sleep(pauseMillis, context.signal);
  }
}

/** @throws SurroundingsError when nothing works on it any more: then the lock stays, whoever waits */
async function refuseAbandoned(
  pve: PveClient,
  { node, type = 'qemu', lookup }: PveDiscardGuestArgs,
  vmid: number,
  { path, config }: FoundGuest,
  context: StepContext,
): Promise<void> {
  const on = path.split('/')[2]!;
  const nodes = [...new Set([node, on])];
  const made = {
    nodes,
    type,
    vmid,
    lookup: { type: lookup.type, id: String(context.resolve(lookup.id)) },
  };
  if (!(await isAbandoned(pve, made, config.description, context))) return;
  const { message, hint } = leftLockedText(on, type, vmid, config.lock!);
  throw new SurroundingsError({ code: 'PMX_GUEST_LOCKED', message, hints: [hint] });
}

async function findGuest(
  pve: PveClient,
  { node, type = 'qemu' }: GuestPlace,
  vmid: number,
): Promise<FoundGuest | undefined> {
  const path = `/nodes/${node}/${type}/${vmid}`;
  try {
    return { path, config: await pve.get<GuestConfig>(`${path}/config`) };
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const rows = await pve.get<Array<{ vmid?: number; node: string }>>('/cluster/resources', {
    type: 'vm',
  });
  const elsewhere = rows.find((row) => Number(row.vmid) === vmid && row.node !== node);
  return elsewhere && findGuest(pve, { node: elsewhere.node, type }, vmid);
}

async function destroy(
  pve: PveClient,
  { path, config }: FoundGuest,
  context: StepContext,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    if (!config.template) await powerOff(pve, path, context);
    try {
      const upid = await pve.send<string>('DELETE', path, {
        purge: true,
        'destroy-unreferenced-disks': true,
      });
      await pve.waitForTask(upid, { signal: context.signal });
      return;
    } catch (error) {
      // A start that was under way when the undo began may have come in between.
      if (!isStillRunning(error) || tries >= sendTries) throw error;
    }
  }
}

function isStillRunning(error: unknown): boolean {
  return isPmxError(error) && /\bis running - destroy failed/.test(error.message);
}

async function powerOff(pve: PveClient, guest: string, context: StepContext): Promise<void> {
  const { status } = await pve.get<{ status: string }>(`${guest}/status/current`);
  if (status !== 'running') return;
  const upid = await pve.send<string>('POST', `${guest}/status/stop`);
  await pve.waitForTask(upid, { signal: context.signal });
}

/** Removes a volume of this operation if it got as far as being there. */
export const pveDiscardVolume = removal<'pve.discard-volume'>(
  (args, context) =>
    untilAnswered(context, async () => {
      const pve = await context.pve();
      const { node, storage } = args;
      const volid = context.resolve(args.volid) as string;
      if (args.made !== undefined && context.resolve(args.made) === '' && !context.unseenEnd)
        return { removed: false };
      if (await isStillUsed(pve, volid, args.unlessUsedBy)) return { removed: false };
      for (const upid of context.upids) {
        // A download may go on for hours, and cleans up by itself when it is stopped.
        if (context.unseenEnd && tryParseUpid(upid)?.type === 'download') await stopTask(pve, upid);
        // The server may still be moving an upload into place.
        await endOfTask(pve, upid, context.signal);
      }
      const content = `/nodes/${node}/storage/${storage}/content`;
      for (let tries = 1; ; tries++) {
        const volumes = await pve.get<Array<{ volid: string }>>(content);
        if (volumes.some((volume) => volume.volid === volid)) break;
        if (!mayStillAppear(context) || tries >= appearTries) return { removed: false };
        await context.sleep(pauseMillis, context.signal);
      }
      await whileLocked(
        context,
        async () => {
          const upid = await pve.send<string | null>(
            'DELETE',
            `${content}/${encodeURIComponent(volid)}`,
          );
          if (upid === null) return;
          context.noteTask(upid);
          await pve.waitForTask(upid, { signal: context.signal });
        },
        content,
      );
      return { removed: true };
    }),
  async ({ node, storage, volid }, context) => {
    const pve = await context.pve();
    // A removal that was begun is still to be seen until its task has ended.
    const rows = await pve.get<Array<Record<string, unknown>>>(`/nodes/${node}/tasks`, {
      source: 'active',
      typefilter: 'imgdel',
    });
    for (const { upid } of rows) await endOfTask(pve, String(upid), context.signal);
    const volumes = await pve.get<Array<{ volid: string }>>(
      `/nodes/${node}/storage/${storage}/content`,
    );
    return volumes.some((volume) => volume.volid === context.resolve(volid));
  },
);

/** Who of several goes last is known only now; a guest that stayed after all keeps its drive. */
async function isStillUsed(
  pve: PveClient,
  volid: string,
  guests: readonly string[] = [],
): Promise<boolean> {
  for (const guest of guests) {
    try {
      const config = await pve.get<Record<string, unknown>>(`${guest}/config`);
      if (Object.values(config).some((value) => String(value).split(',')[0] === volid)) return true;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return false;
}
