import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure } from '../errors.js';
import type { Snapshot, Vm, VmConfig } from '../state/model.js';
import { splitVolid } from '../storage/volumes.js';
import type { Task } from '../tasks/manager.js';
import { newUuid } from './normalize.js';
import { lockVm, startGuest } from './power.js';
import { canSnapshot, checkRollback, snapshotDisks } from './snapshot-volumes.js';
import { addUnused } from './update.js';
import { agentEnabled, digestOf, memoryBytes } from './vms.js';

const MIB = 1024 * 1024;

/** The snapshot of this name; PVE's error if there is none. */
export function snapshotOf(vm: Vm, name: string): Snapshot {
  const snapshot = vm.snapshots?.[name];
  if (!snapshot) throw failure(`snapshot '${name}' does not exist`);
  return snapshot;
}

/** GET …/snapshot: the snapshots, and the running state as the last child. */
export function snapshotList(vm: Vm): Record<string, unknown>[] {
  const parent = (config: VmConfig): object =>
    config['parent'] === undefined ? {} : { parent: config['parent'] };
  const rows = Object.entries(vm.snapshots ?? {}).map(([name, snapshot]) => ({
    name,
    description: snapshot.description ?? '',
    snaptime: snapshot.snaptime,
    vmstate: snapshot.vmstate === undefined ? 0 : 1,
    ...parent(snapshot.config),
  }));
  return [
    ...rows,
    {
      name: 'current',
      description: 'You are here!',
      running: vm.guest ? 1 : 0,
      digest: digestOf(vm),
      ...parent(vm.config),
    },
  ];
}

/** A snapshot's configuration as it stands in the file. */
export function snapshotConfig(vm: Vm, name: string): Record<string, unknown> {
  const { config, snaptime, description, vmstate } = snapshotOf(vm, name);
  const { description: _ofVm, ...rest } = config;
  return {
    ...rest,
    snaptime,
    ...(description === undefined ? {} : { description }),
    ...(vmstate === undefined ? {} : { vmstate }),
  };
}

interface Place {
  node: string;
  vmid: number;
  snapname: string;
}

/** Does something to a VM's snapshots in a task, while the configuration says so. */
function locked(
  app: App,
  who: Identity,
  { node, vmid }: Place,
  type: string,
  lock: string,
  check: (vm: Vm) => void,
  action: (vm: Vm, task: Task) => Promise<void>,
): string {
  return app.tasks.start({ node, type, id: vmid, user: who.id }, async (task) => {
    const release = await lockVm(app, vmid, task);
    try {
      const vm = app.vms.get(vmid, node);
      app.vms.checkLock(vm);
      check(vm);
      app.vms.change(vm, () => (vm.config['lock'] = lock));
      try {
        await action(vm, task);
      } finally {
        app.vms.change(vm, () => delete vm.config['lock']);
      }
    } finally {
      release();
    }
  });
}

export interface SnapshotRequest extends Place {
  description: string | undefined;
  vmstate: boolean;
}

/** Takes a snapshot. */
export function createSnapshot(app: App, who: Identity, request: SnapshotRequest): string {
  const { snapname } = request;
  if (snapname === 'current' || snapname === 'pending')
    throw failure(`unable to use snapshot name '${snapname}' (reserved name)`);
  const check = (vm: Vm): void => {
    if (vm.config['template'] === 1 || !canSnapshot(app, vm.config))
      throw failure('snapshot feature is not available');
    if (vm.snapshots?.[snapname]) throw failure(`snapshot name '${snapname}' already used`);
  };
  return locked(app, who, request, 'qmsnapshot', 'snapshot', check, async (vm, task) => {
    const { lock: _lock, ...config } = vm.config;
    let vmstate: string | undefined;
    try {
      if (request.vmstate && vm.guest) vmstate = await saveMemory(app, vm, snapname, task);
      else if (vm.guest && agentEnabled(vm.config) && !(await app.engine.agent.answers(vm)))
        task.log('skipping guest filesystem freeze - agent configured but not running?');
      for (const { key, volid } of snapshotDisks(config)) {
        task.log(`snapshotting 'drive-${key}' (${volid})`);
        if (vm.guest) task.log('internal qemu snapshot');
      }
      await task.work();
      await app.engine.snapshot(vm, snapname, snapshotDisks(config), task);
    } catch (error) {
      task.log('snapshot create failed: starting cleanup');
      if (vmstate !== undefined) await app.images.free(vm.node, vmstate);
      throw error;
    }
    app.vms.change(vm, () => {
      vm.snapshots = {
        ...vm.snapshots,
        [snapname]: {
          config: structuredClone(config),
          snaptime: Math.floor(Date.now() / 1000),
          ...(request.description === undefined ? {} : { description: request.description }),
          ...(vm.inside ? { inside: structuredClone(vm.inside) } : {}),
          ...(vmstate === undefined ? {} : { vmstate }),
        },
      };
      vm.config['parent'] = snapname;
    });
  });
}

/** Room for twice the memory and the devices, as PVE reckons. */
export async function saveMemory(
  app: App,
  vm: Vm,
  snapname: string,
  task: Task,
  wanted?: string,
): Promise<string> {
  app.engine.checkSaveMemory(vm);
  const first = snapshotDisks(vm.config)[0]?.volid;
  const storage = String(
    wanted ??
      vm.config['vmstatestorage'] ??
      (first === undefined ? 'local' : splitVolid(first).storage),
  );
  const size = memoryBytes(vm.config) * 2 + 500 * MIB;
  return app.images.allocate(vm.node, storage, vm.vmid, 'raw', size, {
    name: `vm-${vm.vmid}-state-${snapname}`,
    task,
  });
}

/** Removes a snapshot; those that came after it get its parent. */
export function deleteSnapshot(app: App, who: Identity, place: Place): string {
  const { snapname } = place;
  const check = (vm: Vm): void => void snapshotOf(vm, snapname);
  return locked(app, who, place, 'qmdelsnapshot', 'snapshot-delete', check, async (vm, task) => {
    await task.work();
    const gone = snapshotOf(vm, snapname);
    await app.engine.deleteSnapshot(vm, snapname, snapshotDisks(gone.config));
    if (gone.vmstate !== undefined) await app.images.free(vm.node, gone.vmstate);
    app.vms.change(vm, () => {
      delete vm.snapshots?.[snapname];
      const configs = Object.values(vm.snapshots ?? {}).map((snapshot) => snapshot.config);
      for (const config of [vm.config, ...configs]) {
        if (config['parent'] !== snapname) continue;
        if (gone.config['parent'] === undefined) delete config['parent'];
        else config['parent'] = gone.config['parent'];
      }
    });
  });
}

/** Brings a VM back to a snapshot; it is off afterwards, unless the snapshot has its memory or it is to be started. */
export function rollback(app: App, who: Identity, place: Place, start: boolean): string {
  const { snapname } = place;
  const check = (vm: Vm): void => {
    if (vm.config['template'] === 1)
      throw failure('Rollback to snapshot not allowed for templates');
    snapshotOf(vm, snapname);
    checkRollback(app, vm, snapname);
  };
  return app.tasks.start(
    { node: place.node, type: 'qmrollback', id: place.vmid, user: who.id },
    async (task) => {
      const release = await lockVm(app, place.vmid, task);
      try {
        const vm = app.vms.get(place.vmid, place.node);
        app.vms.checkLock(vm);
        check(vm);
        const restart = start || snapshotOf(vm, snapname).vmstate !== undefined;
        await task.work();
        await restore(app, vm, snapname);
        if (restart) await startGuest(app, vm, task);
      } finally {
        release();
      }
    },
  );
}

async function restore(app: App, vm: Vm, snapname: string): Promise<void> {
  const snapshot = snapshotOf(vm, snapname);
  const disks = snapshotDisks(snapshot.config);
  if (vm.guest) await app.engine.stop(vm);
  await app.engine.rollback(vm, snapname, disks);
  app.vms.change(vm, () => {
    // Description and unused disks are the VM's own and stay.
    const kept = Object.entries(vm.config).filter(([key]) =>
      /^(?:description|unused\d+)$/.test(key),
    );
    const before = snapshotDisks(vm.config).map(({ volid }) => volid);
    const { description: _old, ...config } = structuredClone(snapshot.config);
    vm.config = { ...config, ...Object.fromEntries(kept), parent: snapname };
    if (vm.config['vmgenid'] !== undefined) vm.config['vmgenid'] = newUuid(app.random);
    for (const volid of before)
      if (!disks.some((disk) => disk.volid === volid)) addUnused(vm, volid);
    vm.pending = {};
    vm.pendingDelete = [];
    if (snapshot.inside) vm.inside = structuredClone(snapshot.inside);
    else delete vm.inside;
  });
}
