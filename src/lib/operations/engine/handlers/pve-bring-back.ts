import type { PveMigrateBackArgs, PveMoveBackArgs } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';

import { findTask, isAnswerLost, isNotFound, type PveClient } from '../../../api/index.js';
import type { GuestConfig } from '../../shared/guest-config.js';
import { whileLocked } from './contention.js';
import { repeatable, type StepContext } from './handler.js';
import { endOfTask } from './tasks.js';

const sendTries = 3;
const pauseMillis = 1000;

/** What is taken back may still be under way, and would win if it ended later. */
async function endOfOriginal(
  pve: PveClient,
  node: string,
  lookup: PveMoveBackArgs['lookup'],
  context: StepContext,
): Promise<void> {
  for (const upid of context.upids) await endOfTask(pve, upid, context.signal);
  if (!context.unseenEnd || context.upids.length > 0) return;
  const task = await findTask(pve, {
    node,
    type: lookup.type,
    id: String(context.resolve(lookup.id)),
    user: pve.user,
    since: Math.floor(context.startedAt.getTime() / 1000),
  });
  if (task) await endOfTask(pve, task.upid, context.signal);
}

/** Sends until things are as they are to be; each attempt looks before it sends. */
async function until(
  isHome: () => Promise<boolean>,
  send: () => Promise<string>,
  pve: PveClient,
  context: StepContext,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    if (await isHome()) return tries > 1;
    try {
      await whileLocked(context, async () => {
        const upid = await send();
        await pve.waitForTask(upid, { signal: context.signal });
      });
      return true;
    } catch (error) {
      if (tries >= sendTries || !isAnswerLost(error)) throw error;
      context.report('the answer was lost, looking whether it happened');
      await context.sleep(pauseMillis, context.signal);
    }
  }
}

export const pveMigrateBack = repeatable<'pve.migrate-back'>(async (args, context) => {
  const pve = await context.pve();
  await endOfOriginal(pve, args.home, args.lookup, context);
  const moved = await until(
    () => isOn(pve, args, args.home),
    async () => {
      if (!(await isOn(pve, args, args.away))) throw astray(args);
      return pve.send<string>('POST', `${pathOn(args, args.away)}/migrate`, {
        ...(context.resolve(args.params) as Record<string, string>),
        target: args.home,
      });
    },
    pve,
    context,
  );
  return { moved };
});

function pathOn({ type, vmid }: PveMigrateBackArgs, node: string): string {
  return `/nodes/${node}/${type}/${vmid}`;
}

async function isOn(pve: PveClient, args: PveMigrateBackArgs, node: string): Promise<boolean> {
  try {
    await pve.get(`${pathOn(args, node)}/config`);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function astray({ vmid, home, away }: PveMigrateBackArgs): ProxmoxError {
  return new ProxmoxError({
    code: 'PMX_GUEST_ASTRAY',
    message: `Guest ${vmid} is neither on node ${home} nor on node ${away}.`,
    hints: ['Look where it is: pmx vm list, pmx ct list'],
  });
}

export const pveMoveBack = repeatable<'pve.move-back'>(async (args, context) => {
  const pve = await context.pve();
  const [, node = '', type] = /^\/nodes\/([^/]+)\/(\w+)\//.exec(args.path) ?? [];
  await endOfOriginal(pve, node, args.lookup, context);
  const { storage, format } = args.home;
  const moved = await until(
    async () => isAtHome(await slotVolume(pve, args), args),
    () =>
      pve.send<string>('POST', `${args.path}/${type === 'lxc' ? 'move_volume' : 'move_disk'}`, {
        [type === 'lxc' ? 'volume' : 'disk']: args.slot,
        storage,
        ...(format !== undefined && type !== 'lxc' && { format }),
        delete: true,
      }),
    pve,
    context,
  );
  if (moved) await removeFirst(pve, args, context);
  return { moved };
});

async function slotVolume(pve: PveClient, { path, slot }: PveMoveBackArgs): Promise<string> {
  const config = await pve.get<GuestConfig>(`${path}/config`);
  return String(config[slot] ?? '').split(',', 1)[0]!;
}

/** Back on its storage it has a new name, so only within one storage the name tells. */
function isAtHome(volid: string, { home, away, volid: before }: PveMoveBackArgs): boolean {
  if (volid === before || volid === '') return true;
  return home.storage !== away && volid.startsWith(`${home.storage}:`);
}

/** The first copy, where it was kept, is older than the one that came back. */
async function removeFirst(
  pve: PveClient,
  { path, volid }: PveMoveBackArgs,
  context: StepContext,
): Promise<void> {
  const config = await pve.get<GuestConfig>(`${path}/config`);
  const unused = Object.keys(config).find(
    (key) => /^unused\d+$/.test(key) && config[key] === volid,
  );
  if (unused === undefined) return;
  await whileLocked(context, () => pve.send('PUT', `${path}/config`, { delete: unused }));
}
