import type { ApiCall } from './calls.js';
import { newGuests, textOf } from './guests.js';
import type { CallNeed } from './needs.js';
import { type Need, on } from './need.js';

// Lists need no right, but leave out what may not be seen (PVE 9.2.11): a plan that begins with a
// name needs to see what it names, and a command that only lists needs to see all.

type List = [path: RegExp, kind: 'guests' | 'storages' | 'pools' | 'nodes'];

const lists: readonly List[] = [
  [/^\/nodes\/[^/]+\/(?:qemu|lxc)$/, 'guests'],
  [/^\/nodes\/[^/]+\/storage$/, 'storages'],
  [/^\/pools$/, 'pools'],
];

const wholes = {
  guests: on('/vms', 'VM.Audit'),
  storages: on('/storage', 'Datastore.Audit', 'Datastore.AllocateSpace'),
  pools: on('/pool', 'Pool.Audit'),
  nodes: on('/nodes', 'Sys.Audit'),
} as const;

function kindsOf({ path, params }: ApiCall): Array<List[1]> {
  if (path === '/cluster/resources') {
    const kinds: Record<string, Array<List[1]>> = { vm: ['guests'], storage: ['storages'] };
    return kinds[String(params['type'] ?? '')] ?? ['guests', 'storages', 'pools', 'nodes'];
  }
  return lists.filter(([list]) => list.test(path)).map(([, kind]) => kind);
}

/**
 * Brings the needs of a rehearsal down to what it cannot do without: planning goes on when these
 * reads are refused, or never begins them for what it does not see.
 */
export function essentialNeeds(needs: readonly CallNeed[], plans: number): CallNeed[] {
  const changes = needs.map(({ call }) => call).filter(({ phase }) => phase !== 'read');
  const reads = needs.filter(({ call }) => call.phase === 'read');
  const kinds = new Set(reads.flatMap(({ call }) => kindsOf(call)));
  const seen =
    plans > 0
      ? namedObjects(changes, kinds)
      : [...kinds].filter((kind) => !readsOneOf(kind, reads)).map((kind): Need => wholes[kind]);
  const named = new Set(
    changes.flatMap(({ path, params }) => [vmidOf(path), textOf(params['vmid'])]),
  );
  return [
    ...needs.filter(({ call }) => call.phase !== 'read' || plans === 0 || isEssential(call, named)),
    ...seen.map((need) => ({
      need,
      call: {
        method: 'GET' as const,
        path: '/cluster/resources',
        params: {},
        step: 'see what it is about',
        phase: 'read' as const,
      },
    })),
  ];
}

const single = {
  guests: /^\/nodes\/[^/]+\/(?:qemu|lxc)\/\d+/,
  storages: /^\/nodes\/[^/]+\/storage\/[^/]+/,
  pools: /^\/pools\/./,
  nodes: /^\/nodes\/[^/]+\/./,
} as const;

/** A command that goes on with certain objects only looks them up in the list. */
function readsOneOf(kind: List[1], reads: readonly CallNeed[]): boolean {
  return reads.some(({ call }) => single[kind].test(call.path) && kindsOf(call).length === 0);
}

function vmidOf(path: string): string | undefined {
  return /^\/nodes\/[^/]+\/(?:qemu|lxc)\/(\d+)/.exec(path)?.[1];
}

/** Planning says what it could not look at here, and goes on. */
const dispensable = /^\/cluster\/(?:backup|ha\/resources|replication)$/;

/** Reads of objects that no step is about begin with a list of what can be seen. */
function isEssential({ path }: ApiCall, named: ReadonlySet<string | undefined>): boolean {
  const vmid = vmidOf(path);
  if (vmid !== undefined) return named.has(vmid);
  return !dispensable.test(path) && !/^\/nodes\/[^/]+\/storage\/[^/]+\/content$/.test(path);
}

function namedObjects(changes: readonly ApiCall[], kinds: ReadonlySet<List[1]>): Need[] {
  const made = newGuests(changes);
  const needs: Need[] = [];
  for (const { path, params } of changes) {
    const vmid = vmidOf(path);
    if (kinds.has('guests') && vmid !== undefined && !made.has(vmid))
      needs.push(on(`/vms/${vmid}`, 'VM.Audit'));
    if (kinds.has('storages'))
      for (const storage of storagesOf(path, params))
        needs.push(on(`/storage/${storage}`, 'Datastore.Audit', 'Datastore.AllocateSpace'));
    const pool = textOf(params['pool']);
    if (kinds.has('pools') && pool !== undefined) needs.push(on(`/pool/${pool}`, 'Pool.Audit'));
  }
  return needs;
}

function storagesOf(path: string, params: ApiCall['params']): string[] {
  const inPath = /^\/nodes\/[^/]+\/storage\/([^/]+)/.exec(path)?.[1];
  const named = textOf(params['storage']);
  const drives = Object.entries(params)
    .filter(([name]) => /^(?:ide|sata|scsi|virtio|efidisk|tpmstate)\d+$/.test(name))
    .flatMap(([, value]) => /^([^/:,]+):/.exec(String(value))?.[1] ?? []);
  return [...(inPath === undefined ? [] : [inPath]), ...(named ? [named] : []), ...drives];
}

/** Paths whose rights have to reach below: those of whole kinds. */
export const widePaths: ReadonlySet<string> = new Set(['/vms', '/storage', '/pool', '/nodes']);
