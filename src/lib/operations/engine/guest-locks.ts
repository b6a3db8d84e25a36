import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { allSteps, type EndpointIdentity, type Plan } from '@pmx-cli/kit';
import { SurroundingsError } from '@pmx-cli/kit/errors';

import { usualLockWait } from './handlers/contention.js';
import { type LockHolder, releaseLock, takeLock } from './owner-lock.js';

const pauseMillis = 200;

export interface GuestLockOptions {
  /** Where the lock files are. */
  directory: string;
  signal: AbortSignal;
  /** Milliseconds. */
  waitLock?: number | undefined;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Tells whom it waits for. */
  tell(text: string): void;
}

/**
 * Holds every guest that the plan finds there, so that of two pmx of this machine one waits: PVE's
 * own locks cover single calls, not what lies between the steps of an operation.
 *
 * @returns what lets go of them
 * @throws SurroundingsError `PMX_GUEST_BUSY` when another process does not let go in time
 */
export async function holdGuests(
  plan: Omit<Plan, 'secrets'>,
  identity: EndpointIdentity,
  options: GuestLockOptions,
): Promise<() => void> {
  const held: string[] = [];
  const release = (): void => held.splice(0).forEach(releaseLock);
  const guests = guestsOf(plan);
  if (guests.length === 0) return release;
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  try {
    // In the order of their numbers, so that two that want the same ones never wait for each other.
    for (const vmid of guests) {
      const path = join(options.directory, `${nameOf(identity)}-${vmid}.lock`);
      await take(path, vmid, plan, options);
      held.push(path);
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

const onlyLooks: ReadonlySet<string> = new Set(['guest.console', 'guest.vnc', 'guest.spice']);

/** Guests that are there already; what an operation makes is its own. A clone leaves its source be. */
export function guestsOf({ steps }: Pick<Plan, 'steps'>): number[] {
  const vmids = allSteps(steps).flatMap((step) => {
    // Neither keeps others from changing the guest: the one waits for that, the other looks at it.
    if (step.kind === 'pve.wait' || onlyLooks.has(step.kind)) return [];
    const {
      path,
      guest = path,
      vmid,
    } = step.args as { path?: unknown; guest?: unknown; vmid?: unknown };
    const [, number, rest] =
      /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)(\/.*)?$/.exec(String(guest)) ?? [];
    if (rest === '/clone') return [];
    return [number, vmid].filter((id) => /^\d+$/.test(String(id))).map(Number);
  });
  return [...new Set(vmids)].sort((a, b) => a - b);
}

async function take(
  path: string,
  vmid: number,
  plan: Omit<Plan, 'secrets'>,
  { signal, waitLock = usualLockWait, sleep, tell }: GuestLockOptions,
): Promise<void> {
  for (let waited = 0, told = false; ;) {
    const holder = takeLock(path, plan.title);
    if (!holder) return;
    // Another plan of this very run: its end is certain, however long it takes.
    const own = holder.owner?.pid === process.pid;
    if (!own && waited >= waitLock) throw busy(vmid, holder);
    if (!own && !told) tell(`Guest ${vmid}: waiting for ${wordsFor(holder)}.`);
    told = true;
    await sleep(pauseMillis, signal);
    waited += pauseMillis;
  }
}

/** The certificate tells servers apart, whatever name they are called by. */
function nameOf({ host, port, fingerprint }: EndpointIdentity): string {
  const name = fingerprint === '' ? `${host}:${port}` : fingerprint;
  return createHash('sha256').update(name).digest('hex').slice(0, 16);
}

function wordsFor({ owner, purpose }: LockHolder): string {
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return purpose === undefined ? who : `${who} (${purpose})`;
}

function busy(vmid: number, holder: LockHolder): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_GUEST_BUSY',
    message: `Another pmx works on guest ${vmid}: ${wordsFor(holder)}. Nothing was begun.`,
    hints: ['Wait longer for it: --wait-lock 10m', 'See what is under way: pmx op list --open'],
    data: { vmid, ...(holder.owner && { pid: holder.owner.pid, host: holder.owner.host }) },
  });
}
