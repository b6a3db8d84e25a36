/** The data of a sandbox. It is plain JSON: what is here survives a restart. */

export const FORMAT_VERSION = 1;

export type ConfigValue = string | number;
export type VmConfig = Record<string, ConfigValue>;

export interface SecretHash {
  salt: string;
  hash: string;
}

export interface Token {
  secret: SecretHash;
  privsep: 0 | 1;
  expire: number;
  comment?: string;
}

export interface User {
  enable: 0 | 1;
  expire: number;
  password?: SecretHash;
  comment?: string;
  email?: string;
  firstname?: string;
  lastname?: string;
  groups: string[];
  tokens: Record<string, Token>;
}

export interface AclEntry {
  path: string;
  type: 'user' | 'group' | 'token';
  ugid: string;
  roleid: string;
  propagate: 0 | 1;
}

export interface StorageConfig {
  type: string;
  path: string;
  content: string[];
  shared?: 1;
  disable?: 1;
  nodes?: string[];
}

export interface Guest {
  /** Milliseconds since the epoch. */
  startedAt: number;
  pid: number;
  paused: boolean;
  /** When the guest agent begins to answer. */
  agentAt: number;
  netin: number;
  netout: number;
  /** It has a QEMU process of its own. */
  real?: true;
  /** The file systems are frozen: the agent answers to little else until they are thawed. */
  frozen?: true;
  /** How far the guest's clock is ahead of the host's, in milliseconds. */
  clockAhead?: number;
  /** What the agent was told to run, by process number. */
  processes?: Record<string, GuestProcess>;
}

/** A program in a guest; what it will have said is known from the beginning. */
export interface GuestProcess {
  /** Milliseconds since the epoch. */
  endsAt: number;
  exitcode: number;
  out: string;
  err: string;
}

/** What lies on a guest's disk beyond a fresh system. */
export interface Inside {
  /** One character is one byte; null: the file was removed. */
  files: Record<string, string | null>;
  /** Passwords that the agent has set. */
  passwords: Record<string, SecretHash>;
}

export interface Snapshot {
  config: VmConfig;
  /** Seconds since the epoch. */
  snaptime: number;
  description?: string;
  inside?: Inside;
  /** The volume with the memory of a VM that was running. */
  vmstate?: string;
}

export interface Vm {
  vmid: number;
  node: string;
  config: VmConfig;
  /** Changes that wait for the next start. */
  pending: VmConfig;
  pendingDelete: string[];
  guest?: Guest;
  inside?: Inside;
  snapshots?: Record<string, Snapshot>;
  /** The EFI disk that has been given UEFI's first variables. */
  efiReady?: string;
  /** Cloud-init options that were changed while the VM ran, as they stand on its drive; null: not there. */
  cloudInit?: Record<string, ConfigValue | null>;
}

export interface Pool {
  comment?: string;
  vms: number[];
  storages: string[];
}

export interface TaskRecord {
  upid: string;
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  type: string;
  id: string;
  user: string;
  endtime?: number;
  exitstatus?: string;
  log: string[];
}

export interface LogEntry {
  uid: number;
  msg: string;
  user: string;
  tag: string;
  time: number;
  node: string;
  pid: number;
  pri: number;
}

export type Record_ = Record<string, ConfigValue>;

export interface State {
  format: number;
  createdAt: number;
  nodes: string[];
  nextPid: number;
  users: Record<string, User>;
  groups: Record<string, { comment?: string }>;
  roles: Record<string, string[]>;
  acl: AclEntry[];
  storages: Record<string, StorageConfig>;
  vms: Record<string, Vm>;
  pools: Record<string, Pool>;
  backupJobs: Record<string, Record_>;
  haResources: Record<string, Record_>;
  replication: Record<string, Record_>;
  clusterOptions: Record_;
  tasks: TaskRecord[];
  log: LogEntry[];
}
