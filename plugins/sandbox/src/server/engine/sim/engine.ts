import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../app.js';
import { failure } from '../../errors.js';
import { rtcAhead } from '../../qemu/guest/clock.js';
import { agentEnabled } from '../../qemu/vms.js';
import type { Vm } from '../../state/model.js';
import { parseSize } from '../../storage/disk-format.js';
import type { Task } from '../../tasks/manager.js';
import type { Engine, GuestConsole, SnapshotDisk } from '../engine.js';
import { SimAgent } from './agent.js';
import { SimConsole } from './console.js';
import { simFigures } from './figures.js';

/** Guests that are only pretended: they live in the state, and go on in the next start of the server. */
export class SimEngine implements Engine {
  readonly name = 'sim';
  readonly keepsSnapshots = false;
  readonly agent: SimAgent;
  readonly figures = simFigures;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.agent = new SimAgent(app);
  }

  async start(vm: Vm): Promise<void> {
    const now = Date.now();
    this.#app.vms.change(vm, () => {
      vm.guest = {
        startedAt: now,
        pid: this.#app.tasks.nextPid(),
        paused: false,
        agentAt: now + this.#app.settings.agentDelayMillis,
        netin: 170,
        netout: 0,
      };
    });
  }

  async stop(vm: Vm): Promise<void> {
    this.#app.vms.change(vm, () => delete vm.guest);
  }

  /** Waits for a guest that is still booting: until then it does not hear the power button. */
  async powerButton(vm: Vm, timeout: number, task: Task): Promise<boolean> {
    const wait = (vm.guest?.agentAt ?? 0) - Date.now();
    if (wait > 0) {
      if (agentEnabled(vm.config))
        task.log(
          `QEMU Guest Agent is not running - VM ${vm.vmid} qga command 'guest-ping' failed - got timeout`,
        );
      try {
        await sleep(Math.min(wait, timeout * 1000), undefined, { signal: task.signal });
      } catch {
        throw failure('interrupted by signal');
      }
    }
    return wait <= timeout * 1000;
  }

  async reset(vm: Vm): Promise<void> {
    const now = Date.now();
    this.#app.vms.change(vm, () => {
      if (!vm.guest) return;
      const { pid, netin, netout } = vm.guest;
      // The same QEMU process, but nothing of what ran in the guest.
      const agentAt = now + this.#app.settings.agentDelayMillis;
      const hardware = rtcAhead(vm);
      vm.guest = { pid, netin, netout, startedAt: now, agentAt, paused: false, rtcAhead: hardware };
    });
  }

  async console(vm: Vm, serial: string): Promise<GuestConsole> {
    return new SimConsole(this.#app, vm, serial.replace('serial', 'ttyS'));
  }

  readonly mirrorsDisks = true;

  migrated(vm: Vm): void {
    this.#app.vms.change(vm, () => {
      const process = { pid: this.#app.tasks.nextPid(), startedAt: Date.now() };
      if (vm.guest) Object.assign(vm.guest, process);
    });
  }

  async pause(vm: Vm, paused: boolean): Promise<void> {
    this.#app.vms.change(vm, () => {
      if (vm.guest) vm.guest.paused = paused;
    });
  }

  resize(vm: Vm, _key: string, volid: string, size: number): Promise<void> {
    return this.#app.images.resize(vm.node, volid, size);
  }

  checkSaveMemory(): void {}

  async snapshot(): Promise<void> {}

  async deleteSnapshot(): Promise<void> {}

  async rollback(vm: Vm, _name: string, disks: readonly SnapshotDisk[]): Promise<void> {
    for (const { volid, size } of disks)
      if (size !== undefined)
        await this.#app.images.rollback(vm.node, volid, parseSize(String(size)));
  }

  hotplugs(): boolean {
    return true;
  }

  async changeMedium(): Promise<void> {}

  whileStill<T>(_vm: Vm, action: () => Promise<T>): Promise<T> {
    return action();
  }

  async close(): Promise<void> {}
}
