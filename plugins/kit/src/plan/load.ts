import type { Plan } from './plan.js';
import { allSteps, type PveCallArgs, type Step } from './steps.js';
import type { TextValue, Value } from './values.js';

/** What a plan burdens while it runs, for limits. Names, as far as they are known beforehand. */
export interface PlanLoad {
  nodes: ReadonlySet<string>;
  /** `node/storage` that volumes are made on: PVE locks a storage for each of them. */
  storages: ReadonlySet<string>;
}

const allocating = /\/(?:clone|move_disk|move_volume|migrate|resize|vzdump)$|\/(?:qemu|lxc)$/;
/** `local-lvm:32`, `fast:0,import-from=…`. */
const newVolume = /^(?:file=)?([\w.-]+):\d+(?:\.\d+)?(?:,|$)/;

export function loadOf(plan: Pick<Plan, 'steps'>): PlanLoad {
  const nodes = new Set<string>();
  const storages = new Set<string>();
  for (const step of allSteps(plan.steps)) {
    for (const node of nodesOf(step)) {
      nodes.add(node);
      for (const storage of storagesOf(step)) storages.add(`${node}/${storage}`);
    }
  }
  return { nodes, storages };
}

function nodesOf({ kind, args }: Step): string[] {
  if (kind === 'pve.migrate') return [args.from, args.to];
  if ('path' in args) return /^\/nodes\/([^/]+)/.exec(startOf(args.path))?.slice(1) ?? [];
  return 'node' in args ? [args.node] : [];
}

function storagesOf(step: Step): string[] {
  if (step.kind === 'pve.upload' || step.kind === 'pve.backup') return [step.args.storage];
  if (step.kind === 'pve.configure') return volumesIn(step.args.set);
  if (step.kind !== 'pve.call' || step.args.method === 'DELETE') return [];
  const path = startOf(step.args.path);
  if (!allocating.test(endOf(step.args.path))) return [];
  const named = namedStorages(step.args);
  // A linked clone stays where its template is, wherever that may be.
  return named.length > 0 ? named : [path];
}

function namedStorages({ params = {} }: PveCallArgs): string[] {
  const names = [params['storage'], params['targetstorage']].filter(isText);
  return [...names, ...volumesIn(params)];
}

/** Storages on which these options have the server make a volume. */
function volumesIn(options: Readonly<Record<string, Value | undefined>>): string[] {
  return Object.values(options).flatMap((value) =>
    isText(value) ? (newVolume.exec(value)?.slice(1) ?? []) : [],
  );
}

function isText(value: Value | undefined): value is string {
  return typeof value === 'string';
}

function startOf(text: TextValue): string {
  if (typeof text === 'string') return text;
  const parts = '$text' in text ? text.$text : [];
  const open = parts.findIndex((part) => typeof part === 'object');
  return parts.slice(0, open < 0 ? undefined : open).join('');
}

function endOf(text: TextValue): string {
  if (typeof text === 'string') return text;
  const last = '$text' in text ? text.$text.at(-1) : '';
  return typeof last === 'string' ? last : '';
}
