import type { App } from '../app.js';
import type { Identity } from '../auth/acl.js';
import { failure } from '../errors.js';
import { snapshotOf } from '../qemu/snapshots.js';
import { addUnused } from '../qemu/update.js';
import type { Vm } from '../state/model.js';
import { parseSize } from '../storage/disk-format.js';
import type { Task } from '../tasks/manager.js';
import { lockContainer } from './lock.js';
import { volumesIn } from './mount-points.js';
import { haltContainer, startContainer } from './power.js';
import { hasSnapshots, setSize } from './volumes.js';

interface Place {
  node: string;
  vmid: number;
  snapname: string;
}

/** Can every volume of the container be snapshotted? */
export function canSnapshot(app: App, container: Vm): boolean {
  return volumesIn(container.config).every(({ volid }) => hasSnapshots(app, volid));
}

/** Does something to a container's snapshots in a task, while the configuration says so. */
function locked(
  app: App,
  who: Identity,
  { node, vmid }: Place,
  type: string,
  lock: string,
  check: (container: Vm) => void,
  action: (container: Vm, task: Task) => Promise<void>,
): string {
  return app.tasks.start({ node, type, id: vmid, user: who.id }, async (task) => {
    const release = await lockContainer(app, vmid, task);
    try {
      const container = app.vms.get(vmid, node, 'lxc');
      app.vms.checkLock(container);
      check(container);
      app.vms.change(container, () => (container.config['lock'] = lock));
      try {
        await action(container, task);
      } finally {
        app.vms.change(container, () => delete container.config['lock']);
      }
    } finally {
      release();
    }
  });
}

/** Takes a snapshot. */
export function createSnapshot(
  app: App,
  who: Identity,
  place: Place,
  description: string | undefined,
): string {
  const { snapname } = place;
  if (snapname === 'current' || snapname === 'vzdump' || snapname === 'pending')
    throw failure(`unable to use snapshot name '${snapname}' (reserved name)`);
  const check = (container: Vm): void => {
    if (container.config['template'] === 1 || !canSnapshot(app, container))
      throw failure('snapshot feature is not available');
    if (container.snapshots?.[snapname]) throw failure(`snapshot name '${snapname}' already used`);
  };
  return locked(app, who, place, 'vzsnapshot', 'snapshot', check, async (container, task) => {
    const { lock: _lock, ...config } = container.config;
    await task.work();
    app.vms.change(container, () => {
      container.snapshots = {
        ...container.snapshots,
        [snapname]: {
          config: structuredClone(config),
          snaptime: Math.floor(Date.now() / 1000),
          ...(description === undefined ? {} : { description }),
        },
      };
      container.config['parent'] = snapname;
    });
  });
}

/** Removes a snapshot; those that came after it get its parent. */
export function deleteSnapshot(app: App, who: Identity, place: Place): string {
  const { snapname } = place;
  const check = (container: Vm): void => void snapshotOf(container, snapname);
  return locked(
    app,
    who,
    place,
    'vzdelsnapshot',
    'snapshot-delete',
    check,
    async (container, task) => {
      await task.work();
      const gone = snapshotOf(container, snapname);
      app.vms.change(container, () => {
        delete container.snapshots?.[snapname];
        const later = Object.values(container.snapshots ?? {}).map(({ config }) => config);
        for (const config of [container.config, ...later]) {
          if (config['parent'] !== snapname) continue;
          if (gone.config['parent'] === undefined) delete config['parent'];
          else config['parent'] = gone.config['parent'];
        }
      });
    },
  );
}

/** Brings a container back to a snapshot; it is off afterwards unless it is to be started. */
export function rollback(app: App, who: Identity, place: Place, start: boolean): string {
  const { snapname } = place;
  const check = (container: Vm): void => {
    if (container.config['template'] === 1)
      throw failure('Rollback to snapshot not allowed for templates');
    snapshotOf(container, snapname);
  };
  return app.tasks.start(
    { node: place.node, type: 'vzrollback', id: place.vmid, user: who.id },
    async (task) => {
      const release = await lockContainer(app, place.vmid, task);
      try {
        const container = app.vms.get(place.vmid, place.node, 'lxc');
        app.vms.checkLock(container);
        check(container);
        await task.work();
        await haltContainer(app, container);
        await restore(app, container, snapname);
        if (start) await startContainer(app, container, task);
      } finally {
        release();
      }
    },
  );
}

async function restore(app: App, container: Vm, snapname: string): Promise<void> {
  const snapshot = snapshotOf(container, snapname);
  const volumes = volumesIn(snapshot.config);
  for (const { volid, point } of volumes)
    if (point['size'] !== undefined)
      await setSize(app, container.node, volid, parseSize(String(point['size'])));
  app.vms.change(container, () => {
    const before = volumesIn(container.config).map(({ volid }) => volid);
    const kept = Object.entries(container.config).filter(([key]) =>
      /^(?:description|unused\d+)$/.test(key),
    );
    const { description: _old, ...config } = structuredClone(snapshot.config);
    container.config = { ...config, ...Object.fromEntries(kept), parent: snapname };
    for (const volid of before)
      if (!volumes.some((volume) => volume.volid === volid)) addUnused(container, volid);
    container.pending = {};
    container.pendingDelete = [];
  });
}
