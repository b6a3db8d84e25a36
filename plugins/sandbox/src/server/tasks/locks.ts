import { failure } from '../errors.js';

interface Waiter {
  shared: boolean;
  grant: () => void;
}

interface Lock {
  exclusive: number;
  shared: number;
  waiting: Waiter[];
}

export interface LockOptions {
  shared?: boolean;
  timeoutMillis: number;
  signal?: AbortSignal;
  /** Called when the lock is busy: PVE's tasks then log `trying to acquire lock...`. */
  onWait?: () => void;
  /** Called when a busy lock came free: ` OK` in the log. */
  onGranted?: () => void;
}

/** The flocks of PVE: named, shared or exclusive, with a time-out. As with flock, a shared request may overtake a waiting exclusive one. */
export class Locks {
  readonly #locks = new Map<string, Lock>();

  /** Waits for a lock; the result gives it back. */
  acquire(file: string, options: LockOptions): Promise<() => void> {
    const lock = this.#locks.get(file) ?? { exclusive: 0, shared: 0, waiting: [] };
    this.#locks.set(file, lock);
    const shared = options.shared === true;
    const release = once(() => this.#release(file, lock, shared));
    if (take(lock, shared)) return Promise.resolve(release);
    options.onWait?.();
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', aborted);
        lock.waiting = lock.waiting.filter((other) => other !== waiter);
      };
      const waiter: Waiter = {
        shared,
        grant: () => {
          stop();
          options.onGranted?.();
          resolve(release);
        },
      };
      const aborted = (): void => {
        stop();
        reject(failure('interrupted by signal'));
      };
      const timer = setTimeout(() => {
        stop();
        reject(failure(`can't lock file '${file}' - got timeout`));
      }, options.timeoutMillis);
      lock.waiting.push(waiter);
      options.signal?.addEventListener('abort', aborted);
    });
  }

  #release(file: string, lock: Lock, shared: boolean): void {
    if (shared) lock.shared--;
    else lock.exclusive--;
    for (const waiter of [...lock.waiting]) if (take(lock, waiter.shared)) waiter.grant();
    if (lock.exclusive + lock.shared + lock.waiting.length === 0) this.#locks.delete(file);
  }
}

function take(lock: Lock, shared: boolean): boolean {
  if (lock.exclusive > 0 || (!shared && lock.shared > 0)) return false;
  if (shared) lock.shared++;
  else lock.exclusive++;
  return true;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** The name of a container's lock file, as it stands in PVE's error texts. */
export function containerLock(vmid: number): string {
  return `/run/lock/lxc/pve-config-${vmid}.lock`;
}

/** The name of a VM's lock file, as it stands in PVE's error texts. */
export function configLock(vmid: number): string {
  return `/var/lock/qemu-server/lock-${vmid}.conf`;
}
