import type { ControllerStepArgs } from './controller-steps.js';
import type { MachineStepArgs } from './machine-steps.js';
import type { PluginStepArgs } from './plugin-steps.js';
import type { ProgramStepArgs } from './program-steps.js';
import type { ReachStepArgs } from './reach-steps.js';
import type { TimeStepArgs } from './time-steps.js';
import type { Json, NumberValue, TextValue, Value } from './values.js';

/** A change over the API. Reads are done while planning, never by a step. */
export interface PveCallArgs {
  method: 'POST' | 'PUT' | 'DELETE';
  /** API path without `/api2/json`, for example `/nodes/pve1/qemu/101/config`. */
  path: TextValue;
  params?: { readonly [name: string]: Value | undefined };
  /** When the answer is a UPID: wait for the task (default), or only hand the UPID on. */
  task?: 'wait' | 'detach';
  /** How the task list names this call's task, so that a lost answer can be looked up. */
  lookup?: { type: string; id: TextValue | NumberValue };
  /** Doing it twice gives the same state, so a lost answer may simply be asked again. */
  idempotent?: boolean;
  /** The variable to bind anew with the next free VMID when PVE says that the id is taken. */
  vmidVariable?: string;
  /** Range that the next VMID must lie in: `100-199`. */
  vmids?: string;
  /** Limit for the task in seconds; the context's limit when left out. */
  timeoutSeconds?: number;
}

/** An option of a guest's configuration; null: it is not there. */
export type ConfigValue = string | number | null;

/**
 * Changes options of a guest's configuration, but only while they are as they were when this was
 * planned: the digest goes along, and a stale one is read again as long as these options stayed.
 * Results: `after` (the options as they are then) and `pending` (those that wait for a restart).
 */
export interface PveConfigureArgs {
  /** The guest's path in the API, without `/config`. */
  path: TextValue;
  set: { readonly [option: string]: Value };
  remove?: readonly string[];
  /** The options in question as they were while planning, secret ones left out. */
  before: { readonly [option: string]: ConfigValue };
  /** In a task of the server, for what takes longer than a request may: new disks of VMs. */
  inTask?: boolean;
}

/** Undo of it: restores each option that is as that step left it; what somebody else changed stays. */
export interface PveRestoreConfigArgs extends PveConfigureArgs {
  /** Variable that the step bound to its `after`; null when nobody saw its end. */
  after: Value;
  /** Options whose volumes the step made; they are deleted, not kept as unused ones. */
  discard?: readonly string[];
}

/** Undo of moving a volume: moves it back if it is there. */
export interface PveMoveBackArgs {
  /** The guest's path in the API. */
  path: string;
  slot: string;
  /** The storage that it came from, and its format there. */
  home: { storage: string; format?: string };
  away: string;
  /** The volume as it was called before. */
  volid: string;
  lookup: { type: string; id: TextValue | NumberValue };
}

/** Where the bytes of an upload come from. */
export type UploadSource =
  | {
      type: 'file';
      path: string;
      /** Byte range of the file: an OVA holds its disk in the middle of a tar. */
      offset: number;
      length: number;
      /** Size and modification time of the file seen while planning; a later change stops the upload. */
      fileSize: number;
      modifiedMillis: number;
    }
  | {
      /** Fetched by pmx, checked and unpacked on the way; nothing of it is kept here. */
      type: 'download';
      url: string;
      /** Of the file as the publisher has it, before it is unpacked. */
      checksum?: { algorithm: string; value: string };
      compression?: 'xz' | 'gz' | 'zst' | 'bz2' | 'zip' | 'tar.xz' | 'tar.gz';
      /** What it must turn out to be. */
      format: 'qcow2' | 'raw' | 'vmdk';
    }
  | {
      type: 'cloud-init-seed';
      layout: 'nocloud' | 'configdrive';
      /** Paths, not contents: user-data may hold passwords and must not enter a journal. */
      userData?: string;
      metaData?: string;
      networkConfig?: string;
      vendorData?: string;
      /** User-data that pmx itself has put together, with nothing secret in it. */
      userDataText?: string;
      hostname: string;
    }
  | {
      /** Seed for the first boot of a template-to-be: it brings the guest agent, and nothing secret. */
      type: 'agent-seed';
      hostname: string;
    };

export interface PveUploadArgs {
  node: string;
  storage: string;
  content: 'import' | 'iso' | 'vztmpl';
  /**
   * Holds `ref('operation')`, so that undo can never hit somebody else's file; where a person chose
   * it, undo goes by what was bound (`made` of `pve.discard-volume`).
   */
  filename: TextValue;
  source: UploadSource;
  /** SHA-256 in hex, checked by the server after the upload. */
  sha256?: string;
  /** The same with another algorithm. */
  checksum?: { algorithm: string; value: string };
}

export interface PveWaitArgs {
  /** Left out: `qemu`. Containers have no guest agent; PVE itself knows their addresses. */
  type?: 'qemu' | 'lxc';
  node: string;
  vmid: NumberValue;
  /** `agent`: guest agent answers; `ip`: it reports an address; `ssh`: port 22 of it accepts. */
  until: 'agent' | 'ip' | 'ssh';
  timeoutSeconds: number;
}

/**
 * Undo of a create or clone: the guest goes, but only when its description carries this
 * operation's marker (`operationMarker`).
 */
export interface PveDiscardGuestArgs {
  /** Left out: `qemu`. */
  type?: 'qemu' | 'lxc';
  node: string;
  vmid: NumberValue;
  lookup: { type: string; id: TextValue | NumberValue };
}

/** Undo of a snapshot: it goes, but only when its description carries this operation's marker. */
export interface PveDiscardSnapshotArgs {
  /** API path of the guest: `/nodes/pve1/qemu/101`. */
  guest: string;
  name: string;
}

/** Waits until a guest is on or off: HA does that behind the task that asked it to. */
export interface PveAwaitStatusArgs {
  /** API path of the guest. */
  guest: string;
  status: 'running' | 'stopped';
  timeoutSeconds: number;
}

/** Makes a backup of one guest. Its notes carry the operation, by which it is found again. */
export interface PveBackupArgs {
  type: 'qemu' | 'lxc';
  node: string;
  vmid: number;
  storage: string;
  mode: 'snapshot' | 'suspend' | 'stop';
  compress: string;
  /** What a person reads; `{{guestname}}` and the like are PVE's. */
  notes: string;
  protected: boolean;
}

/** Undo of it: a backup that still runs is stopped, and the archive goes if it is this operation's. */
export interface PveDiscardBackupArgs {
  node: string;
  vmid: number;
  storage: string;
}

/** Removes a volume if it is there. */
export interface PveDiscardVolumeArgs {
  node: string;
  storage: string;
  volid: TextValue;
  /**
   * Undo of a volume whose name is not the operation's own: what the making step bound when it had
   * succeeded, empty before. It goes only then, or when nobody saw the end.
   */
  made?: TextValue;
  /** API paths of guests that go at the same time; while one that is still there has it, it stays. */
  unlessUsedBy?: readonly string[];
}

/** Starts a detached process of this Node and waits for its ready file (JSON with `pid`). */
export interface ProcessSpawnArgs {
  /** Absolute path of the module to run. */
  module: string;
  env: { readonly [name: string]: Value };
  /** JSON file that the process writes once it is ready; its content is the step's result. */
  readyFile: string;
  logFile: string;
  timeoutSeconds: number;
}

/** Stops the process whose pid stands in the ready file, and waits until it is gone. */
export interface ProcessStopArgs {
  readyFile: string;
  timeoutSeconds: number;
}

/** Removes a file or folder that pmx made. */
export interface PathRemoveArgs {
  path: string;
}

/** Removes the journals of operations, but only of those that have ended. */
export interface JournalsRemoveArgs {
  ids: readonly string[];
}

export interface ContextSaveArgs {
  name: string;
  context: { readonly [key: string]: Value | undefined };
  /** Token secret, stored apart from the configuration and bound to the endpoint. */
  secret?: Value;
  /** Make it the current context. */
  use?: boolean;
}

export interface ContextRemoveArgs {
  name: string;
}

export interface ContextUseArgs {
  name: string;
}

/** Takes the stored secret of a context away; the context stays. */
export interface ContextForgetArgs {
  name: string;
}

/** Makes an API token; its secret becomes the plan's secret `keep` and is written nowhere. */
export interface PveTokenArgs {
  /** With realm. */
  user: string;
  token: string;
  keep: string;
  /** Stands before what pmx writes there itself. */
  comment?: string;
  /** Rights of its own (default), or all that its user has. */
  privsep?: boolean;
  /** Seconds since 1970; never when left out. */
  expire?: number;
}

/** Undo of it: the token goes with its grants, but only when its comment names this operation. */
export interface PveDiscardTokenArgs {
  user: string;
  token: string;
  grants: ReadonlyArray<{ path: string; role: string }>;
}

/**
 * Makes an entry of a list that has names and no tasks: a user, a group. None of that name was there
 * while planning, so a lost answer is looked up in the list.
 */
export interface PveEntryArgs {
  /** `/access/users` */
  list: string;
  /** What the name is called, as parameter and in the rows of the list: `userid`. */
  key: string;
  name: string;
  params: { readonly [name: string]: Value | undefined };
}

/** Undo of it: the entry goes if this operation made it. */
export interface PveDiscardEntryArgs {
  list: string;
  key: string;
  name: string;
  /** Variable that the step bound to the name; undone only then, or when nobody saw its end. */
  made: TextValue;
}

/** Makes a role. */
export interface PveRoleArgs {
  role: string;
  privileges: readonly string[];
}

/** Undo of it: the role goes if it is as this operation made it and nobody has been given it. */
export interface PveDiscardRoleArgs extends PveRoleArgs {
  /** Variable that the step bound to the role's name; undone only then, or when nobody saw its end. */
  made: TextValue;
}

/** Makes a pool. */
export interface PvePoolArgs {
  pool: string;
  comment?: string;
}

/** Removes an empty pool if it is there. */
export interface PveDiscardPoolArgs {
  pool: string;
  /** Undo: variable that the making step bound to the pool's name; it goes only then, or in doubt. */
  made?: TextValue;
}

/** Puts guests and storages into a pool, or takes them out; those that are as wanted are left alone. */
export interface PvePoolMembersArgs {
  pool: string;
  member: boolean;
  vms: readonly number[];
  storages: readonly string[];
  /** Also guests of other pools. */
  move?: boolean;
}

/** Brings a guest to a node, wherever it is; one that is there already is left alone. */
export interface PveMigrateArgs {
  type: 'qemu' | 'lxc';
  vmid: number;
  /** Where it was seen while planning. */
  from: string;
  to: string;
  /** Whether it ran while planning; what counts is the state when the step runs. */
  running?: boolean;
  /** Copy disks that only the present node has. */
  localDisks?: boolean;
  /** Where the copies go; a storage of the same name when left out. */
  targetStorage?: string;
}

export interface ContextRenameArgs {
  from: string;
  to: string;
}

/** Copies a stored secret to another context of the same endpoint, or moves it. */
export interface SecretTransferArgs {
  from: string;
  to: string;
  keep: boolean;
}

/** Encrypts the stored secrets with a passphrase, or takes the encryption off. */
export interface SecretsEncryptArgs {
  encrypted: boolean;
}

/** Sets and removes single values of a configuration file; comments stay. */
export interface ConfigWriteArgs {
  file: string;
  edits: ReadonlyArray<{
    path: readonly string[];
    /** Left out: the key goes. */
    value?: Json | undefined;
  }>;
}

/** Replaces a configuration file as a whole. */
export interface ConfigReplaceArgs {
  file: string;
  content: string;
  /** SHA-256 of what it replaces; something else there stops the step. */
  expected?: string;
}

/** Writes a catalogue file of the user's, while it is as it was. */
export interface CatalogSaveArgs {
  file: string;
  /** Null: it is removed. */
  text: string | null;
  /** SHA-256 of what it replaces; null: there is none. */
  expected: string | null;
}

/** Remembers the certificate of a management controller, or forgets it. */
export interface BmcPinArgs {
  file: string;
  /** `host:port`. */
  key: string;
  /** SHA-256; null: nothing is remembered any more. */
  fingerprint: TextValue | null;
  /** When this is false, nothing is done. */
  only?: Value;
}

/** The few kinds of effect there are, each with exactly one handler in the host. */
export interface StepArgs
  extends
    ReachStepArgs,
    TimeStepArgs,
    ControllerStepArgs,
    MachineStepArgs,
    PluginStepArgs,
    ProgramStepArgs {
  'pve.call': PveCallArgs;
  'pve.configure': PveConfigureArgs;
  'pve.restore-config': PveRestoreConfigArgs;
  'pve.move-back': PveMoveBackArgs;
  'pve.upload': PveUploadArgs;
  'pve.wait': PveWaitArgs;
  'pve.discard-guest': PveDiscardGuestArgs;
  'pve.discard-volume': PveDiscardVolumeArgs;
  'pve.discard-snapshot': PveDiscardSnapshotArgs;
  'pve.await-status': PveAwaitStatusArgs;
  'pve.backup': PveBackupArgs;
  'pve.discard-backup': PveDiscardBackupArgs;
  'process.spawn': ProcessSpawnArgs;
  'process.stop': ProcessStopArgs;
  'path.remove': PathRemoveArgs;
  'journals.remove': JournalsRemoveArgs;
  'context.save': ContextSaveArgs;
  'context.remove': ContextRemoveArgs;
  'context.use': ContextUseArgs;
  'context.forget': ContextForgetArgs;
  'pve.token': PveTokenArgs;
  'pve.discard-token': PveDiscardTokenArgs;
  'pve.entry': PveEntryArgs;
  'pve.discard-entry': PveDiscardEntryArgs;
  'pve.role': PveRoleArgs;
  'pve.discard-role': PveDiscardRoleArgs;
  'pve.pool': PvePoolArgs;
  'pve.discard-pool': PveDiscardPoolArgs;
  'pve.pool-members': PvePoolMembersArgs;
  'pve.migrate': PveMigrateArgs;
  'context.rename': ContextRenameArgs;
  'secret.transfer': SecretTransferArgs;
  'secrets.encrypt': SecretsEncryptArgs;
  'config.write': ConfigWriteArgs;
  'config.replace': ConfigReplaceArgs;
  'bmc.pin': BmcPinArgs;
  'catalog.save': CatalogSaveArgs;
}

export type StepKind = keyof StepArgs;

/** One effect, as data. `K` spreads over the kinds so that `args` always fits `kind`. */
export type Effect<K extends StepKind = StepKind> = {
  [P in K]: { kind: P; args: StepArgs[P] };
}[K];

export type Step = Effect & {
  /** Unique within the plan. */
  id: string;
  /** What a person reads: "Clone template 9000 to VM 101". */
  title: string;
  /** Variables bound from the step's result: name → key of the result. */
  bind?: { readonly [variable: string]: string };
  /** What takes this step back; run last first, also when it is unknown whether the step happened. */
  undo?: ReadonlyArray<Effect & { title: string }>;
  /**
   * Cannot be taken back. Once such a step has begun, the operation is finished forward: the steps
   * behind it are carried out instead of the steps before it undone.
   */
  destructive?: boolean;
};

export interface ParallelSteps {
  parallel: readonly Step[];
}

export type PlanNode = Step | ParallelSteps;

export type StepResult = { [key: string]: Json };

/** All steps in order, groups flattened. */
export function allSteps(nodes: readonly PlanNode[]): Step[] {
  return nodes.flatMap((node) => ('parallel' in node ? [...node.parallel] : [node]));
}
