import type { App } from '../app.js';
import { containerLock } from '../tasks/locks.js';
import type { Task } from '../tasks/manager.js';

/** Takes a container's lock, within a task with the lines that PVE logs while it waits. */
export function lockContainer(app: App, vmid: number, task?: Task): Promise<() => void> {
  return app.locks.acquire(containerLock(vmid), {
    timeoutMillis: app.settings.lockTimeoutMillis,
    ...(task
      ? {
          signal: task.signal,
          onWait: () => task.log('trying to acquire lock...'),
          onGranted: () => task.log(' OK'),
        }
      : {}),
  });
}
