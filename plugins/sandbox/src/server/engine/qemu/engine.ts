import { connect } from 'node:net';
import type { App } from '../../app.js';
import { failure, messageOf } from '../../errors.js';
import { isCdrom, isCloudInit, parseDrive, volumeOf } from '../../qemu/drive.js';
import { applyPending } from '../../qemu/update.js';
import { agentEnabled, cpuCount, memoryBytes } from '../../qemu/vms.js';
import type { Vm } from '../../state/model.js';
import { parseVolume } from '../../storage/volumes.js';
import { configLock } from '../../tasks/locks.js';
import type { Task } from '../../tasks/manager.js';
import { NO_FIGURES } from '../engine.js';
import type { Engine, GuestConsole, GuestFigures, SnapshotDisk } from '../engine.js';
import type { Acceleration } from './accel.js';
import { QemuAgent } from './agent.js';
import { writeCloudInitDrive } from './cloudinit-drive.js';
import { checkRunnable } from './command/index.js';
import { dropSnapshot, fileOf, offline, takeSnapshot } from './disks.js';
import { Meter } from './figures.js';
import { launchGuest } from './launch.js';
import { checkMemory } from './limits.js';
import type { QemuProcess } from './process.js';
import { makeRuntimeDir, removeRuntimeDir, serialSocket } from './runtime.js';

const MIB = 1024 * 1024;
/** At the end of the sandbox a guest gets no longer than this to write its disks. */
const CLOSE_MILLIS = 1000;

interface Running {
  process: QemuProcess;
  meter: Meter;
}

/** Real guests: one QEMU each. */
export class QemuEngine implements Engine {
  readonly name = 'qemu';
  readonly keepsSnapshots = true;
  readonly accel: 'kvm' | 'tcg';
  readonly agent: QemuAgent;
  readonly #app: App;
  readonly #runtimeDir: string;
  readonly #guests = new Map<number, Running>();
  /** Memory of guests that are only just being started. */
  readonly #starting = new Map<number, number>();
  #closing = false;

  private constructor(app: App, acceleration: Acceleration, runtimeDir: string) {
    this.#app = app;
    this.#runtimeDir = runtimeDir;
    this.accel = acceleration.accel;
    this.agent = new QemuAgent(app, (vm) => this.#processOf(vm));
  }

  static async open(app: App, acceleration: Acceleration): Promise<QemuEngine> {
    app.report(`engine qemu, ${acceleration.accel}: ${acceleration.reason}`);
    return new QemuEngine(app, acceleration, await makeRuntimeDir(app.settings.dataDir));
  }

  #processOf({ vmid }: Vm): QemuProcess | undefined {
    return this.#guests.get(vmid)?.process;
  }

  #needed(vm: Vm): QemuProcess {
    const guest = this.#processOf(vm);
    if (!guest) throw failure(`VM ${vm.vmid} not running`);
    return guest;
  }

  async start(vm: Vm, task: Task): Promise<void> {
    if (this.#closing) throw failure('the sandbox is being stopped');
    checkRunnable(vm.config);
    const memoryMib = Math.floor(memoryBytes(vm.config) / MIB);
    const taken = [...this.#guests.values()].map(({ process }) => process.memoryMib);
    checkMemory(
      memoryMib,
      [...taken, ...this.#starting.values()].reduce((sum, size) => sum + size, 0),
      this.#app.settings.qemuMemoryMib,
    );
    this.#starting.set(vm.vmid, memoryMib);
    try {
      const host = { accel: this.accel, runtimeDir: this.#runtimeDir, memoryMib };
      const guest = await launchGuest(this.#app, vm, host, task);
      this.#adopt(vm, guest);
    } finally {
      this.#starting.delete(vm.vmid);
    }
  }

  #adopt(vm: Vm, guest: QemuProcess): void {
    const cpus = Math.min(cpuCount(vm.config), this.#app.settings.qemuCpus);
    const meter = new Meter(guest, cpus, memoryBytes(vm.config));
    this.#guests.set(vm.vmid, { process: guest, meter });
    const now = Date.now();
    this.#app.vms.change(vm, () => {
      vm.guest = {
        startedAt: now,
        pid: guest.pid,
        paused: vm.config['freeze'] === 1,
        agentAt: now,
        netin: 0,
        netout: 0,
        real: true,
      };
    });
    void guest.ended.then(() => this.#gone(vm, guest));
    void meter.measure();
  }

  /** However a guest has ended: it is off now, and what waited for that is applied as soon as nobody works on the VM. */
  async #gone(vm: Vm, guest: QemuProcess): Promise<void> {
    if (this.#guests.get(vm.vmid)?.process === guest) this.#guests.delete(vm.vmid);
    if (vm.guest?.pid === guest.pid) this.#app.vms.change(vm, () => delete vm.guest);
    if (this.#closing) return;
    try {
      const release = await this.#app.locks.acquire(configLock(vm.vmid), {
        timeoutMillis: this.#app.settings.lockTimeoutMillis,
      });
      try {
        if (!vm.guest && this.#app.vms.find(vm.vmid) === vm) await applyPending(this.#app, vm);
      } finally {
        release();
      }
    } catch (error) {
      this.#app.report(`VM ${vm.vmid} has ended: ${messageOf(error)}`);
    }
  }

  async stop(vm: Vm): Promise<void> {
    await this.#processOf(vm)?.stop();
    if (vm.guest) this.#app.vms.change(vm, () => delete vm.guest);
  }

  async powerButton(vm: Vm, timeout: number, task: Task): Promise<boolean> {
    const guest = this.#processOf(vm);
    if (!guest) return true;
    if (await this.agent.answers(vm)) await this.agent.shutdown(vm);
    else {
      if (agentEnabled(vm.config))
        task.log(
          `QEMU Guest Agent is not running - VM ${vm.vmid} qga command 'guest-ping' failed - got timeout`,
        );
      await guest.qmp.run('system_powerdown');
    }
    return guest.endsWithin(timeout * 1000, task.signal);
  }

  async reset(vm: Vm): Promise<void> {
    await this.#needed(vm).qmp.run('system_reset');
  }

  async console(vm: Vm, serial: string): Promise<GuestConsole> {
    this.#needed(vm);
    const socket = connect(serialSocket(this.#runtimeDir, vm.vmid, serial));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return socket;
  }

  async pause(vm: Vm, paused: boolean): Promise<void> {
    await this.#needed(vm).qmp.run(paused ? 'stop' : 'cont');
    this.#app.vms.change(vm, () => {
      if (vm.guest) vm.guest.paused = paused;
    });
  }

  async resize(vm: Vm, key: string, volid: string, size: number): Promise<void> {
    const guest = this.#processOf(vm);
    if (!guest) return this.#app.images.resize(vm.node, volid, size);
    await guest.qmp.run('block_resize', { device: `drive-${key}`, size });
    this.#app.storages.changed(vm.node, parseVolume(volid).storage);
  }

  checkSaveMemory(vm: Vm): void {
    throw failure(
      `the memory of VM ${vm.vmid} cannot be kept: engine qemu of this sandbox takes snapshots of disks only (leave vmstate out)`,
    );
  }

  snapshot(vm: Vm, name: string, disks: readonly SnapshotDisk[], task: Task): Promise<void> {
    return takeSnapshot(this.#app, vm, this.#processOf(vm), this.agent, name, disks, task);
  }

  deleteSnapshot(vm: Vm, name: string, disks: readonly SnapshotDisk[]): Promise<void> {
    return dropSnapshot(this.#app, vm, this.#processOf(vm), name, disks);
  }

  async rollback(vm: Vm, name: string, disks: readonly SnapshotDisk[]): Promise<void> {
    for (const disk of disks) await offline(this.#app, vm, '-a', name, disk);
  }

  hotplugs(key: string): boolean {
    return !/^(?:net|usb|scsi|virtio)\d+$|^efidisk0$/.test(key);
  }

  async changeMedium(vm: Vm, key: string, value: string): Promise<void> {
    const guest = this.#needed(vm);
    const drive = parseDrive(key, value);
    const volid = volumeOf(drive);
    const device = `drive-${key}`;
    await guest.qmp.run('eject', { device, force: true });
    if (volid === undefined || !isCdrom(drive)) return;
    const file = fileOf(this.#app, vm.node, volid);
    if (isCloudInit(drive)) await writeCloudInitDrive(this.#app, vm, file, this.#runtimeDir);
    await guest.qmp.run('blockdev-change-medium', {
      device,
      filename: file.path,
      format: file.format,
      'read-only-mode': 'read-only',
    });
  }

  readonly mirrorsDisks = false;

  /** All nodes are this machine: the process stays. */
  migrated(): void {}

  /** QEMU writes everything out when it pauses a guest. */
  async whileStill<T>(vm: Vm, action: () => Promise<T>): Promise<T> {
    const guest = this.#processOf(vm);
    if (!guest || vm.guest?.paused) return action();
    await guest.qmp.run('stop');
    try {
      return await action();
    } finally {
      if (guest.running) await guest.qmp.run('cont');
    }
  }

  figures(vm: Vm): GuestFigures {
    return this.#guests.get(vm.vmid)?.meter.figures ?? NO_FIGURES;
  }

  async close(): Promise<void> {
    this.#closing = true;
    const all = [...this.#guests.values()].map(({ process }) => process);
    await Promise.all(all.map((guest) => guest.stop(CLOSE_MILLIS)));
    await removeRuntimeDir(this.#app.settings.dataDir, this.#runtimeDir);
  }
}
