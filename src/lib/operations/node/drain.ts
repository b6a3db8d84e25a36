import type {
  Guest,
  Inventory,
  Node,
  ParallelSteps,
  Plan,
  PveReader,
  Step,
  Storage,
} from '@pmx-cli/kit';
import { isPmxError, RequestError } from '@pmx-cli/kit/errors';

import { inParallel } from '../shared/parallel.js';
import { shareReads } from '../shared/shared-reads.js';
import { place, type Placement, targetsOf } from './placement.js';
import { type Candidate, surveyGuest } from './survey.js';

/** Blockers that the message names; `data` has all. */
const namedBlockers = 10;

export interface DrainRequest {
  node: string;
  /** Only onto these; all other online nodes when left out. */
  to?: readonly string[];
  /** Guests on the way at the same time. */
  parallel: number;
  skipBlocked: boolean;
  withLocalDisks: boolean;
  runningOnly: boolean;
}

export interface Moved {
  vmid: number;
  name: string;
  type: Guest['type'];
  to: string;
}

export interface Stayed {
  vmid: number;
  name: string;
  reasons: string[];
}

export interface DrainResult {
  node: string;
  moved: Moved[];
  left: Stayed[];
}

/**
 * Where each guest goes, found out before anything is moved.
 * @throws RequestError `PMX_NODE_…`, `PMX_NO_OTHER_NODE`, `PMX_DRAIN_BLOCKED`
 */
export async function planDrain(
  reader: PveReader,
  all: Inventory,
  request: DrainRequest,
): Promise<Plan> {
  const { pve, inventory } = shareReads(reader, all);
  const { node, skipBlocked, parallel, withLocalDisks } = request;
  const targets = await targetNodes(inventory, request);
  const [guests, storages] = await Promise.all([inventory.freshGuests(), inventory.storages()]);
  const here = guests.filter((guest) => guest.node === node);
  const leaving = here.filter(
    (guest) => !guest.template && (!request.runningOnly || guest.status !== 'stopped'),
  );
  const { managed, note } = await managedByHa(pve);
  const candidates = await survey(pve, leaving, { storages, managed, withLocalDisks });
  const free = candidates.filter(({ obstacles }) => obstacles.length === 0);
  const placement = place(free, targetsOf(targets, guests, storages));
  const left = blockedOf(candidates, placement);
  if (left.length > 0 && !skipBlocked) throw blocked(node, left, candidates, withLocalDisks);
  const moves = free.filter((candidate) => placement.to.has(candidate));
  return {
    operation: 'node.drain',
    target: `node ${node}`,
    title: `Move ${moves.length} of ${here.length} guests away from node ${node}`,
    steps: inBatches(
      moves.map((candidate) => move(candidate, placement.to.get(candidate)!)),
      parallel,
    ),
    notes: [
      ...notesOn(node, here, leaving, moves),
      ...left.map(({ vmid, name, reasons }) => `Stays: ${vmid} (${name}): ${reasons.join('; ')}.`),
      ...placement.notes,
      ...(note === undefined ? [] : [note]),
    ],
    result: {
      node,
      moved: moves.map((candidate) => movedOf(candidate, placement)),
      left: left.map((each) => ({ ...each })),
    },
  };
}

async function targetNodes(
  inventory: Inventory,
  { node, to, skipBlocked }: DrainRequest,
): Promise<Node[]> {
  const drained = await inventory.node(node);
  if (drained.status === 'offline') throw offline(node);
  const wanted = to && (await Promise.all(to.map((name) => inventory.node(name))));
  const away = wanted?.find(({ status }) => status === 'offline');
  if (away) throw offline(away.node);
  const others = (wanted ?? (await inventory.nodes())).filter(
    (other) => other.node !== node && other.status === 'online',
  );
  // Without any, all guests are what --skip-blocked leaves.
  if (others.length > 0 || skipBlocked) return others;
  throw new RequestError({
    code: 'PMX_NO_OTHER_NODE',
    message: `There is no other node online that the guests of '${node}' could go to.`,
    hints: ['See the nodes: pmx node list'],
  });
}

function offline(node: string): RequestError {
  return new RequestError({
    code: 'PMX_NODE_OFFLINE',
    message: `Node '${node}' is offline.`,
    hints: ['pmx node list shows which ones are online.'],
  });
}

async function managedByHa(pve: PveReader): Promise<{ managed: Set<string>; note?: string }> {
  try {
    const rows = await pve.get<Array<{ sid: string; state?: string }>>('/cluster/ha/resources');
    // One that is ignored is moved like any other.
    const managed = rows.filter(({ state }) => state !== 'ignored').map(({ sid }) => sid);
    return { managed: new Set(managed) };
  } catch (error) {
    if (!isPmxError(error) || error.code !== 'PMX_PERMISSION_DENIED') throw error;
    return {
      managed: new Set(),
      note: 'Which guests HA manages cannot be seen with these rights; HA moves its own by itself.',
    };
  }
}

async function survey(
  pve: PveReader,
  guests: readonly Guest[],
  known: { storages: readonly Storage[]; managed: ReadonlySet<string>; withLocalDisks: boolean },
): Promise<Candidate[]> {
  const shared = new Set(
    known.storages.filter((storage) => storage.shared).map(({ storage }) => storage),
  );
  return inParallel(guests, (guest) =>
    surveyGuest(pve, guest, {
      withLocalDisks: known.withLocalDisks,
      managed: known.managed,
      isShared: (name) => shared.has(name),
    }),
  );
}

function blockedOf(candidates: readonly Candidate[], { homeless }: Placement): Stayed[] {
  return candidates.flatMap((candidate) => {
    const nowhere = homeless.get(candidate);
    const reasons = [...candidate.obstacles, ...(nowhere === undefined ? [] : [nowhere])];
    if (reasons.length === 0) return [];
    return { vmid: candidate.guest.vmid, name: candidate.guest.name, reasons };
  });
}

function blocked(
  node: string,
  left: readonly Stayed[],
  candidates: readonly Candidate[],
  withLocalDisks: boolean,
): RequestError {
  const list = left
    .slice(0, namedBlockers)
    .map(({ vmid, name, reasons }) => `\n  ${vmid} (${name}): ${reasons.join('; ')}`);
  const more = left.length - list.length;
  const copyable = !withLocalDisks && candidates.some(({ localDisks }) => localDisks);
  return new RequestError({
    code: 'PMX_DRAIN_BLOCKED',
    message: `${left.length} of ${candidates.length} guests cannot leave ${node}; nothing was moved.${list.join('')}${more > 0 ? `\n  and ${more} more` : ''}`,
    hints: [
      ...(copyable
        ? ['Copy local disks along, which takes its time: add --with-local-disks.']
        : []),
      'Move the others all the same: add --skip-blocked.',
      ...(more > 0 ? ['All that hold it: add --json.'] : []),
    ],
    data: { node, blockers: left },
  });
}

function move({ guest, running, localDisks }: Candidate, to: string): Step {
  const { type, vmid, name, node } = guest;
  const target = `${type === 'lxc' ? 'container' : 'VM'} ${vmid} (${name})`;
  const how = running ? (type === 'lxc' ? ', with a restart' : ', while it runs') : '';
  const args = { type, vmid, running, ...(localDisks && { localDisks }) };
  return {
    id: `move-${vmid}`,
    title: `Move ${target} to ${to}${how}`,
    kind: 'pve.migrate',
    args: { ...args, from: node, to },
    undo: [
      {
        title: `Bring ${target} home to ${node}`,
        kind: 'pve.migrate',
        args: { ...args, from: to, to: node },
      },
    ],
  };
}

function inBatches(steps: readonly Step[], size: number): Array<Step | ParallelSteps> {
  const batches: Array<Step | ParallelSteps> = [];
  for (let at = 0; at < steps.length; at += size) {
    const batch = steps.slice(at, at + size);
    batches.push(batch.length === 1 ? batch[0]! : { parallel: batch });
  }
  return batches;
}

function movedOf({ guest }: Candidate, { to }: Placement): { [Key in keyof Moved]: Moved[Key] } {
  const target = [...to].find(([candidate]) => candidate.guest === guest)![1];
  return { vmid: guest.vmid, name: guest.name, type: guest.type, to: target };
}

function notesOn(
  node: string,
  here: readonly Guest[],
  leaving: readonly Guest[],
  moves: readonly Candidate[],
): string[] {
  const templates = here.filter(({ template }) => template).length;
  const resting = here.length - templates - leaving.length;
  const restarts = moves.filter(({ guest, running }) => running && guest.type === 'lxc');
  return [
    ...(moves.length === 0 ? [`Nothing is moved away from ${node}.`] : []),
    ...(templates > 0 ? [`${templates} templates stay: they do not run.`] : []),
    ...(resting > 0 ? [`${resting} stopped guests stay.`] : []),
    ...(restarts.length > 0
      ? [
          `Containers are restarted on the way: ${restarts.map(({ guest }) => guest.vmid).join(', ')}.`,
        ]
      : []),
  ];
}
