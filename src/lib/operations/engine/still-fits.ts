import {
  allSteps,
  carriesMarker,
  type Json,
  type PveMigrateArgs,
  type PveReader,
  resolve as resolveValue,
  type Step,
  type Value,
} from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { isNotFound } from '../../api/index.js';
import { sameValue } from '../shared/guest-config.js';
import type { OperationState } from './state.js';

type Config = Record<string, unknown>;

/** Never shown as they were given, or changed by the server to its own liking. */
const notComparable = new Set(['delete', 'digest', 'revert', 'cipassword', 'sshkeys', 'force']);

/**
 * Whether what a finished step made is still as it made it, so that taking it back takes nothing
 * else along.
 * @returns why not
 */
export async function whyNotAsMade(
  step: Step,
  state: OperationState,
  pve: PveReader,
): Promise<string | undefined> {
  const resolved = (value: unknown): Json =>
    resolveValue(value as Value, {
      variable: (name) => state.variables[name] ?? null,
      // Comparing secrets would need them: they count as unchanged.
      secret: () => '[secret]',
    });
  try {
    for (const undo of step.undo ?? []) {
      if (undo.kind === 'pve.discard-guest') {
        const { node, vmid } = undo.args;
        return await whyNotOwn(pve, node, Number(resolved(vmid)), state.id);
      }
    }
    if (step.kind === 'pve.configure') {
      const { path, set, remove = [] } = step.args;
      const config = await pve.get<Config>(`${String(resolved(path))}/config`);
      const after = state.steps.get(step.id)?.result?.['after'] as Config | undefined;
      if (after) return whyNotAfter(config, after);
      return whyNotSet(config, { ...(resolved(set) as Config), delete: remove.join(',') });
    }
    if (step.kind === 'pve.migrate') return await whyNotThere(pve, step.args);
    if (step.kind !== 'pve.call') return undefined;
    const path = String(resolved(step.args.path));
    if (/\/config$/.test(path) && step.args.method !== 'DELETE') {
      const config = await pve.get<Config>(path);
      return whyNotSet(config, resolved(step.args.params ?? {}) as Config);
    }
    const [, guest, verb] = /^(\/nodes\/[^/]+\/(?:qemu|lxc)\/\d+)\/status\/(\w+)$/.exec(path) ?? [];
    if (guest === undefined) return undefined;
    const { status } = await pve.get<{ status: string }>(`${guest}/status/current`);
    const wanted = verb === 'stop' || verb === 'shutdown' ? 'stopped' : 'running';
    return status === wanted ? undefined : `it is ${status} by now, not ${wanted}`;
  } catch (error) {
    if (isPmxError(error) && isNotFound(error)) return 'it is not there any more';
    throw error;
  }
}

async function whyNotThere(
  pve: PveReader,
  { vmid, to }: PveMigrateArgs,
): Promise<string | undefined> {
  const row = (await guestRows(pve)).find((each) => Number(each.vmid) === vmid);
  if (row === undefined) return 'it is not there any more';
  return row.node === to ? undefined : `it is on node ${row.node} by now, not on ${to}`;
}

interface GuestRow {
  vmid?: number;
  node: string;
  type: string;
}

function guestRows(pve: PveReader): Promise<GuestRow[]> {
  return pve.get<GuestRow[]>('/cluster/resources', { type: 'vm' });
}

async function whyNotOwn(
  pve: PveReader,
  node: string,
  vmid: number,
  operation: string,
): Promise<string | undefined> {
  const row = (await guestRows(pve)).find((each) => Number(each.vmid) === vmid);
  const path = `/nodes/${row?.node ?? node}/${row?.type ?? 'qemu'}/${vmid}/config`;
  const { description } = await pve.get<{ description?: string }>(path);
  if (carriesMarker(description, operation)) return undefined;
  return `guest ${vmid} does not carry its mark any more, so it may be somebody else's`;
}

/** A new disk has a name that nobody could ask for: what the step left behind tells best. */
function whyNotAfter(config: Config, after: Config): string | undefined {
  type Value = string | number | null;
  const changed = Object.keys(after).find(
    (option) =>
      !sameValue(option, (config[option] ?? null) as Value, (after[option] ?? null) as Value),
  );
  if (changed === undefined) return undefined;
  return after[changed] === null ? `${changed} was set again` : `${changed} was changed again`;
}

/** What only became of a guest that the operation made goes with that guest. */
export function goesWithMade(step: Step, { plan, variables }: OperationState): boolean {
  if (step.destructive === true || (step.undo ?? []).length > 0) return false;
  const bindings = {
    variable: (name: string) => variables[name] ?? null,
    secret: () => '[secret]',
  };
  const { path, guest = path } = step.args as { path?: Value; guest?: Value };
  const at = String(resolveValue(guest ?? '', bindings));
  return allSteps(plan.steps)
    .flatMap(({ undo }) => undo ?? [])
    .filter((undo) => undo.kind === 'pve.discard-guest')
    .some(({ args }) => {
      const vmid = String(resolveValue(args.vmid as Value, bindings));
      return new RegExp(`^/nodes/[^/]+/(?:qemu|lxc)/${vmid}(?:/|$)`).test(at);
    });
}

function whyNotSet(config: Config, set: Config): string | undefined {
  const gone = String(set['delete'] ?? '').split(',');
  const back = gone.find((field) => field !== '' && config[field] !== undefined);
  if (back !== undefined) return `${back} was set again`;
  const changed = Object.keys(set).find(
    (field) => !notComparable.has(field) && !holds(config[field], set[field]),
  );
  return changed === undefined ? undefined : `${changed} was changed again`;
}

/** PVE adds to what it was given (a MAC, a size) and sorts it. */
function holds(now: unknown, set: unknown): boolean {
  if (set === null || set === undefined || set === '[secret]') return true;
  const parts = (value: unknown): string[] =>
    (typeof value === 'boolean' ? String(Number(value)) : String(value ?? '')).trim().split(/[,;]/);
  const there = parts(now);
  return parts(set).every((part) =>
    there.some((each) => each === part || each.startsWith(`${part}=`)),
  );
}
