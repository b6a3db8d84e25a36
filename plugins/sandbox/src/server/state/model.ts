/** The data of a sandbox. It is plain JSON: what is here survives a restart. */

export const FORMAT_VERSION = 2;

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
  keys?: string;
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
  /** Where a node sees its volumes: a directory, or where block devices appear. */
  path: string;
  content: string[];
  shared?: 1;
  disable?: 1;
  nodes?: string[];
  /** What else its type knows: volume group, pool, server… */
  options?: Record<string, ConfigValue>;
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
  /** When somebody set it; an NTP service takes that back. */
  clockSetAt?: number;
  /** How far the VM's hardware clock is ahead of the host's; left out: as `startdate` says. */
  rtcAhead?: number;
  /** Services that were started or stopped since the boot. */
  units?: Record<string, { active: boolean; since: number }>;
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
  /** Services that are not as they were installed. */
  units?: Record<string, 'enabled' | 'disabled' | 'masked'>;
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

/** What a number in the VMID space stands for. */
export type GuestKind = 'qemu' | 'lxc';

export interface Vm {
  vmid: number;
  /** Containers share numbers, rights and pools with VMs; without it, it is a VM. */
  kind?: 'lxc';
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

/** A record of a file of sections; a list is a parameter that may come several times. */
export type SectionRow = Record<string, ConfigValue | string[]>;

/** A firewall's configuration: of the cluster, a node, a guest. */
export interface FirewallConfig {
  options: Record_;
  rules: Record_[];
  aliases: Record<string, Record_>;
  ipset: Record<string, { comment?: string; entries: Record_[] }>;
  /** Security groups; only the cluster has them. */
  groups: Record<string, { comment?: string; rules: Record_[] }>;
}

/** What was set on a node by hand; what is not here is as the installer left it. */
export interface NodeSettings {
  timezone?: string;
  dns?: Record_;
  hosts?: string;
  options?: Record_;
  /** Interfaces in use, and those of `interfaces.new`, which wait for a reload. */
  interfaces?: Record<string, SectionRow>;
  newInterfaces?: Record<string, SectionRow>;
  /** Left out: it has run since the sandbox was made. Times in milliseconds, the boot in seconds. */
  power?: { off?: true; backAt?: number; bootedAt?: number };
}

export interface State {
  format: number;
  /** The first journal that is newer than this. */
  generation?: number;
  /** How many pretended guests were ever added. */
  pretended?: number;
  /** How often a seed was asked, by purpose. */
  drawn?: Record<string, number>;
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
  /** Files of sections that only the API looks at. */
  sections?: Record<string, Record<string, SectionRow>>;
  /** By `cluster`, `node/NAME` and `guest/VMID`. */
  firewall?: Record<string, FirewallConfig>;
  nodeSettings?: Record<string, NodeSettings>;
}
