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
}

export interface Vm {
  vmid: number;
  node: string;
  config: VmConfig;
  /** Changes that wait for the next start. */
  pending: VmConfig;
  pendingDelete: string[];
  guest?: Guest;
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
