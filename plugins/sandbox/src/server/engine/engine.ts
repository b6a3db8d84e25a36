import type { Duplex } from 'node:stream';
import type { Vm } from '../state/model.js';
import type { Task } from '../tasks/manager.js';

/** What a guest uses at the moment. */
export interface GuestFigures {
  /** Share of all of its CPUs, 0…1. */
  cpu: number;
  /** Bytes, as the guest and as its host see it. */
  mem: number;
  memhost: number;
  netin: number;
  netout: number;
  diskread: number;
  diskwrite: number;
}

export const NO_FIGURES: GuestFigures = {
  cpu: 0,
  mem: 0,
  memhost: 0,
  netin: 0,
  netout: 0,
  diskread: 0,
  diskwrite: 0,
};

/** A disk that a snapshot covers. */
export interface SnapshotDisk {
  key: string;
  volid: string;
  size: unknown;
}

/** Which bytes of a file, and how they are told. */
export interface FilePart {
  offset: number;
  count: number;
  /** As text with one character for a byte; else in base64. */
  decode: boolean;
}

/** The guest agent of running VMs. All answers are those that PVE hands on. */
export interface GuestAgent {
  /** Does it answer at once? */
  answers(vm: Vm): Promise<boolean>;
  /** Waits for it as PVE does; throws PVE's error when it does not answer or may not do this now. */
  require(vm: Vm, command: string): Promise<void>;
  /** `info`, `get-osinfo` and the other questions without parameters. */
  query(vm: Vm, name: string): Promise<unknown>;
  exec(vm: Vm, command: readonly string[], input: string | undefined): Promise<{ pid: number }>;
  execStatus(vm: Vm, pid: number): Promise<Record<string, unknown>>;
  readFile(vm: Vm, path: string, part: FilePart): Promise<Record<string, unknown>>;
  /** `encode`: the content is text; else it is base64 already. */
  writeFile(vm: Vm, path: string, content: string, encode: boolean): Promise<null>;
  setPassword(vm: Vm, user: string, password: string, crypted: boolean): Promise<unknown>;
  freezeStatus(vm: Vm): Promise<string>;
  /** The number of file systems that were frozen or thawed. */
  freeze(vm: Vm, frozen: boolean): Promise<number>;
  trim(vm: Vm): Promise<unknown>;
  /** Tells the guest to power off; does not wait for it. */
  shutdown(vm: Vm): Promise<void>;
}

/** Keys in, screen out, as long as the guest runs. */
export interface GuestConsole extends Duplex {
  /** The terminal at the other end has this size now. */
  resize?(columns: number, rows: number): void;
}

/** Everything in which a pretended guest and a real one differ. */
export interface Engine {
  readonly name: 'sim' | 'qemu';
  /** How guests are computed, when they are. */
  readonly accel?: 'kvm' | 'tcg';
  readonly agent: GuestAgent;
  /** Do the disks' own files hold what they were at a snapshot? */
  readonly keepsSnapshots: boolean;
  /** Starts the guest and notes it in `vm.guest`; whatever fails leaves nothing behind. */
  start(vm: Vm, task: Task): Promise<void>;
  /** The guest is off when this returns. */
  stop(vm: Vm): Promise<void>;
  /** Asks the guest to power off; false when it has not done so in time (seconds). */
  powerButton(vm: Vm, timeout: number, task: Task): Promise<boolean>;
  reset(vm: Vm): Promise<void>;
  /** Connects to a serial port of a running guest: `serial0`. */
  console(vm: Vm, serial: string): Promise<GuestConsole>;
  pause(vm: Vm, paused: boolean): Promise<void>;
  /** Can a disk be copied to another place and go on there while the guest writes to it? */
  readonly mirrorsDisks: boolean;
  /** The running guest has gone to another node, with a process of its own there. */
  migrated(vm: Vm): void;
  /** Makes a disk bigger, also under a running guest. */
  resize(vm: Vm, key: string, volid: string, size: number): Promise<void>;
  /** Throws when a running VM's memory cannot be kept with a snapshot. */
  checkSaveMemory(vm: Vm): void;
  snapshot(vm: Vm, name: string, disks: readonly SnapshotDisk[], task: Task): Promise<void>;
  deleteSnapshot(vm: Vm, name: string, disks: readonly SnapshotDisk[]): Promise<void>;
  /** Brings the disks back; the VM is off. */
  rollback(vm: Vm, name: string, disks: readonly SnapshotDisk[]): Promise<void>;
  /** Can this option of a running guest be changed at once, as far as the hardware is concerned? */
  hotplugs(key: string): boolean;
  /** Another disc, or none, in a running guest's drive. */
  changeMedium(vm: Vm, key: string, value: string): Promise<void>;
  /** Lets something read a running guest's disks while they do not change. */
  whileStill<T>(vm: Vm, action: () => Promise<T>): Promise<T>;
  figures(vm: Vm): GuestFigures;
  /** Ends all guests that would not outlive the server. */
  close(): Promise<void>;
}
