import { failure } from '../../errors.js';
import { MACHINE } from '../../host/machine.js';
import { series, wobble } from '../../host/series.js';
import { cpuCount, memoryBytes } from '../../qemu/vms.js';
import { define } from '../declare.js';
import { rrdTable as table } from '../tables/rrd.js';
import type { Call, Route } from '../types.js';
import { load, usedMemory } from './load.js';

type Sample = (time: number) => Readonly<Record<string, number>>;

/** What is measured, since when, and where PVE keeps it. */
interface Source {
  file: string;
  since: number;
  sample: Sample;
}

const PRESSURES = ['cpufull', 'cpusome', 'iofull', 'iosome', 'memoryfull', 'memorysome'];

function pressures(time: number, seed: number): Record<string, number> {
  return Object.fromEntries(
    PRESSURES.map((name, at) => [`pressure${name}`, wobble(time, seed + at) / 10]),
  );
}

async function nodeSource({ app, params }: Call): Promise<Source> {
  const node = params.string('node');
  const seed = app.store.state.nodes.indexOf(node);
  const disk = app.store.state.storages['local'] ? await app.storages.used(node, 'local') : 0;
  const sample: Sample = (time) => ({
    cpu: load(app, node) * (0.5 + wobble(time, seed)),
    maxcpu: MACHINE.cpus,
    loadavg: load(app, node) * MACHINE.cpus * wobble(time, seed + 1),
    iowait: wobble(time, seed + 2) / 100,
    memused: usedMemory(app, node),
    memtotal: MACHINE.memory,
    memavailable: MACHINE.memory - usedMemory(app, node),
    swapused: 0,
    swaptotal: 0,
    arcsize: 0,
    rootused: disk,
    roottotal: app.storages.capacity,
    netin: wobble(time, seed + 3) * 1000,
    netout: wobble(time, seed + 4) * 1000,
    ...pressures(time, seed + 5),
  });
  return { file: `pve-node-9.0/${node}`, since: app.store.state.createdAt, sample };
}

function vmSource({ app, params }: Call): Source {
  const vm = app.vms.get(params.number('vmid'), params.string('node'));
  const { vmid, config, guest } = vm;
  const memory = memoryBytes(config);
  const created = Number(/ctime=(\d+)/.exec(String(config['meta'] ?? ''))?.[1]);
  const still = { maxcpu: cpuCount(config), maxmem: memory, maxdisk: 0, disk: 0 };
  const sample: Sample = (time) => {
    if (!guest || time * 1000 < guest.startedAt)
      return {
        ...still,
        cpu: 0,
        mem: 0,
        memhost: 0,
        netin: 0,
        netout: 0,
        diskread: 0,
        diskwrite: 0,
      };
    const seconds = Math.max(1, (Date.now() - guest.startedAt) / 1000);
    return {
      ...still,
      cpu: wobble(time, vmid) / 20,
      mem: Math.floor(memory * (0.35 + wobble(time, vmid + 1) / 10)),
      memhost: Math.floor(memory * (0.4 + wobble(time, vmid + 1) / 10)),
      netin: guest.netin / seconds,
      netout: guest.netout / seconds,
      diskread: wobble(time, vmid + 2) * 4096,
      diskwrite: wobble(time, vmid + 3) * 4096,
      ...pressures(time, vmid + 4),
    };
  };
  return { file: `pve-vm-9.0/${vmid}`, since: created || app.store.state.createdAt, sample };
}

async function storageSource({ app, params }: Call): Promise<Source> {
  const node = params.string('node');
  const id = params.string('storage');
  app.storages.get(id, node);
  const used = await app.storages.used(node, id);
  const total = app.storages.capacity;
  return {
    file: `pve-storage-9.0/${node}/${id}`,
    since: app.store.state.createdAt,
    sample: () => ({ total, used }),
  };
}

type Sources = (call: Call) => Source | Promise<Source>;

function data(source: Sources): Route['handler'] {
  return async (call) => {
    const { since, sample } = await source(call);
    const now = Math.floor(call.app.faults.now() / 1000);
    return series(call.params.string('timeframe'), now, since, sample);
  };
}

/** The name of the picture that PVE would draw; the sandbox draws none. */
function picture(source: Sources): Route['handler'] {
  return async (call) => {
    const { file, sample } = await source(call);
    const names = call.params.list('ds');
    const known = sample(0);
    const unknown = names.find((name) => !(name in known));
    if (unknown !== undefined) throw failure(`RRD error: No DS called '${unknown}' in '${file}'`);
    return { filename: `/var/lib/rrdcached/db/${file}_${names.join('_')}.png` };
  };
}

const PATHS = [
  ['/nodes/{node}', nodeSource],
  ['/nodes/{node}/qemu/{vmid}', vmSource],
  ['/nodes/{node}/storage/{storage}', storageSource],
] as const;

export const rrdRoutes: Route[] = PATHS.flatMap(([path, source]) =>
  define(table, {
    [`GET ${path}/rrd`]: ['Read RRD statistics (returns PNG)', picture(source)],
    [`GET ${path}/rrddata`]: ['Read RRD statistics', data(source)],
  }),
);
