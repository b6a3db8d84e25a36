import { cpus, totalmem } from 'node:os';
import type { PersonaOptions } from './idrac/options.js';
import { bootDuration } from './tasks/durations.js';

/** `auto`: real guests where QEMU is installed. */
export type EngineChoice = 'auto' | 'sim' | 'qemu';

/** What a caller decides about a sandbox; see `index.ts` for the way to start one. */
export interface SandboxOptions {
  /** iDRACs to serve beside it; their user root has the token secret as password. */
  idrac?: Array<Pick<PersonaOptions, 'generation' | 'certificate'>>;
  /** Everything lives here: state, storages, certificate, logs. */
  dataDir: string;
  /** 0 = any free port. Only 127.0.0.1 is ever bound. */
  port: number;
  /** pve1…pveN, default 1. */
  nodes: number;
  /** Secret of the API token root@pam!pmx (Administrator, privsep 0), set again at each start. It is also root@pam's password. */
  tokenSecret: string;
  /** `sim` (default) pretends guests, `qemu` boots them, `auto` boots them where QEMU is installed. */
  engine?: EngineChoice;
  /** Engine qemu: memory of all running guests together, default half of the machine's. */
  qemuMemoryMib?: number;
  /** Engine qemu: CPUs that one guest gets at most, default as many as the machine has. */
  qemuCpus?: number;
  /** Engine qemu: guests reach this machine as 10.0.2.2 and what it reaches, default not. */
  qemuOpenNetwork?: boolean;
  /** Engine qemu: the program, default qemu-system-x86_64. */
  qemuBinary?: string;
  /** Minimum time that every task takes, default 150; wins over `speed`. */
  taskMillis?: number;
  /** 1: tasks and boots take as long as on an ordinary server, 10: a tenth of it, 0: as fast as it goes. */
  speed?: number;
  /** Each request takes this much longer, default 0. */
  latencyMillis?: number;
  /** Chance is worked out from this text, so that the same calls get the same answers. */
  seed?: string;
  /** How many pretended guests a sandbox begins with, default 0. */
  guests?: number;
  /** The guest agent answers this long after a start, default 2000 or what `speed` makes of it. */
  agentDelayMillis?: number;
  /** Size of each storage, default 64 GiB; a write beyond it fails like a full disk. */
  capacityBytes?: number;
  /** How long cluster/resources lags after a change, default 3000 (real servers: up to 10 s). */
  staleMillis?: number;
  /** Delay of a 401, default 3000. */
  authFailureMillis?: number;
  /** How long a call waits for a busy VM's lock, default 10000 as in PVE. */
  lockTimeoutMillis?: number;
  /** How long a call waits for a guest agent that is not there, default 3000 as in PVE. */
  agentTimeoutMillis?: number;
  /** How long an error takes whose text cannot be sent, default 5000 as in PVE. */
  brokenPipeMillis?: number;
  /** Hosts beside this machine that download-url may fetch from, default none. */
  allowHosts?: string[];
}

/** The options with every default filled in; the token secret is left out on purpose so that no service can store it. */
export interface Settings extends Required<
  Omit<SandboxOptions, 'tokenSecret' | 'idrac' | 'speed' | 'seed'>
> {
  /** undefined: every task takes `taskMillis`. */
  speed: number | undefined;
  seed: string | undefined;
}

/** More than this is no sandbox any more; 10,000 are measured. */
export const MAX_GUESTS = 50_000;
export const MAX_SPEED = 1000;
export const MAX_LATENCY_MILLIS = 60_000;

/** Fills in the defaults and refuses values that make no sense. */
export function settingsOf(options: SandboxOptions): Settings {
  const settings: Settings = {
    dataDir: options.dataDir,
    port: options.port,
    nodes: options.nodes,
    taskMillis: options.taskMillis ?? 150,
    speed: options.taskMillis === undefined ? options.speed : undefined,
    latencyMillis: options.latencyMillis ?? 0,
    seed: options.seed,
    guests: options.guests ?? 0,
    agentDelayMillis: options.agentDelayMillis ?? bootDuration(options.speed),
    capacityBytes: options.capacityBytes ?? 64 * 1024 ** 3,
    staleMillis: options.staleMillis ?? 3000,
    authFailureMillis: options.authFailureMillis ?? 3000,
    lockTimeoutMillis: options.lockTimeoutMillis ?? 10_000,
    agentTimeoutMillis: options.agentTimeoutMillis ?? 3000,
    brokenPipeMillis: options.brokenPipeMillis ?? 5000,
    allowHosts: options.allowHosts ?? [],
    engine: options.engine ?? 'sim',
    qemuMemoryMib: options.qemuMemoryMib ?? Math.floor(totalmem() / 2 / 1024 ** 2),
    qemuCpus: options.qemuCpus ?? cpus().length,
    qemuOpenNetwork: options.qemuOpenNetwork ?? false,
    qemuBinary: options.qemuBinary ?? 'qemu-system-x86_64',
  };
  if (!settings.dataDir) throw new Error('sandbox: dataDir is missing');
  if (!Number.isInteger(settings.port) || settings.port < 0 || settings.port > 65_535)
    throw new Error(`sandbox: port ${settings.port} is not between 0 and 65535`);
  if (!Number.isInteger(settings.nodes) || settings.nodes < 1 || settings.nodes > 32)
    throw new Error(`sandbox: nodes must be between 1 and 32, got ${settings.nodes}`);
  if (!Number.isInteger(settings.guests) || settings.guests < 0 || settings.guests > MAX_GUESTS)
    throw new Error(`sandbox: guests must be between 0 and ${MAX_GUESTS}, got ${settings.guests}`);
  const { latencyMillis, seed } = settings;
  const { speed } = options;
  if (speed !== undefined && !(speed >= 0 && speed <= MAX_SPEED))
    throw new Error(`sandbox: speed must be between 0 and ${MAX_SPEED}, got ${speed}`);
  if (!(latencyMillis >= 0 && latencyMillis <= MAX_LATENCY_MILLIS))
    throw new Error(
      `sandbox: latencyMillis must be between 0 and ${MAX_LATENCY_MILLIS}, got ${latencyMillis}`,
    );
  if (seed === '') throw new Error('sandbox: the seed is empty');
  if (!['auto', 'sim', 'qemu'].includes(settings.engine))
    throw new Error(`sandbox: there is no engine '${settings.engine}'`);
  if (!(settings.qemuMemoryMib > 0) || !(settings.qemuCpus >= 1))
    throw new Error('sandbox: the limits of memory and CPUs must be above 0');
  if (!options.tokenSecret) throw new Error('sandbox: the token secret is missing');
  return settings;
}
