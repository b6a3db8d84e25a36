import type { Guest, Node, Storage } from '@pmx-cli/kit';

import { sizeInWords } from '../shared/size.js';
import type { Candidate } from './survey.js';

/** What a target keeps free, as a share of its memory: the host itself and its caches live on it. */
const reserve = 0.05;
const mebi = 2 ** 20;
/** Virtual processors for each real one from which a note is worth it. */
const muchOvercommit = 4;

export interface Target {
  node: Node;
  /** Bytes that may still be given away; undefined when these rights do not show it. */
  free: number | undefined;
  /** Memory of guests placed there that do not run now, but may be started. */
  resting: number;
  /** Virtual processors of what runs there. */
  virtualCpus: number;
  storages: ReadonlyMap<string, Storage>;
}

export interface Placement {
  to: Map<Candidate, string>;
  /** Why there is no place for one. */
  homeless: Map<Candidate, string>;
  notes: string[];
}

export function targetsOf(
  nodes: readonly Node[],
  guests: readonly Guest[],
  storages: readonly Storage[],
): Target[] {
  return nodes.map((node) => {
    const { memoryBytes, memoryUsedBytes } = node;
    return {
      node,
      free:
        memoryBytes === undefined || memoryUsedBytes === undefined
          ? undefined
          : Math.max(0, memoryBytes * (1 - reserve) - memoryUsedBytes),
      resting: 0,
      virtualCpus: guests
        .filter((guest) => guest.node === node.node && guest.status !== 'stopped')
        .reduce((sum, { cpus }) => sum + (cpus ?? 0), 0),
      storages: new Map(
        storages
          .filter((storage) => storage.node === node.node && storage.active)
          .map((storage) => [storage.storage, storage]),
      ),
    };
  });
}

/**
 * The biggest first, each to where most is left. Guests that do not run take no memory, but a place
 * where their disks can be.
 */
export function place(candidates: readonly Candidate[], targets: readonly Target[]): Placement {
  const placement: Placement = { to: new Map(), homeless: new Map(), notes: [] };
  const order = [...candidates].sort(
    (a, b) => needOf(b) - needOf(a) || a.guest.vmid - b.guest.vmid,
  );
  for (const candidate of order) {
    const need = needOf(candidate);
    const reasons: string[] = [];
    const fitting = targets.filter((target) => {
      const reason = refusal(candidate, need, target);
      if (reason !== undefined) reasons.push(`${target.node.node} ${reason}`);
      return reason === undefined;
    });
    const [best] = fitting.sort((a, b) => roomOf(b) - roomOf(a));
    if (!best) {
      placement.homeless.set(
        candidate,
        targets.length === 0
          ? 'there is no other node online'
          : `no node takes it: ${reasons.join('; ')}`,
      );
      continue;
    }
    if (best.free !== undefined) best.free -= need;
    if (candidate.running) best.virtualCpus += candidate.guest.cpus ?? 0;
    else best.resting += candidate.guest.memoryBytes ?? 0;
    placement.to.set(candidate, best.node.node);
  }
  placement.notes.push(...notesAbout(targets, placement));
  return placement;
}

function needOf({ running, guest }: Candidate): number {
  return running ? (guest.memoryBytes ?? 0) : 0;
}

function roomOf({ free, resting }: Target): number {
  return (free ?? Number.MAX_SAFE_INTEGER) - resting;
}

/** Why a target does not take it. */
function refusal(candidate: Candidate, need: number, target: Target): string | undefined {
  const { guest, storages, ruledOut } = candidate;
  const { node, free } = target;
  const ruled = ruledOut.get(node.node);
  if (ruled !== undefined) return ruled;
  const content = guest.type === 'lxc' ? 'rootdir' : 'images';
  const missing = storages.filter(
    (name) => target.storages.get(name)?.content.includes(content) !== true,
  );
  if (missing.length > 0) return `lacks storage ${missing.join(', ')}`;
  if (candidate.running && node.cpus !== undefined && (guest.cpus ?? 0) > node.cpus)
    return `has ${node.cpus} CPUs, it needs ${guest.cpus}`;
  if (free !== undefined && need > free)
    return `has ${sizeInWords(Math.max(0, Math.floor(free / mebi) * mebi))} of memory left, it needs ${sizeInWords(need)}`;
  return undefined;
}

function notesAbout(targets: readonly Target[], { to }: Placement): string[] {
  const used = new Set(to.values());
  const notes = targets
    .filter(({ node }) => used.has(node.node))
    .flatMap(({ node, free, virtualCpus }): string[] => [
      ...(free === undefined
        ? [
            `How much memory ${node.node} has left cannot be seen (Sys.Audit), so it is not checked.`,
          ]
        : []),
      ...(node.cpus !== undefined && virtualCpus > node.cpus * muchOvercommit
        ? [`${node.node} will have ${virtualCpus} virtual processors on ${node.cpus} real ones.`]
        : []),
    ]);
  return notes;
}
