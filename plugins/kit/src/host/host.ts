import type { OutputFormat } from '../format/index.js';
import type { Logger, LogSettings } from '../log/index.js';
import type { Impact, Plan } from '../plan/index.js';
import type { ErrorDocument } from '../errors/index.js';
import type { Inventory, PveReader, QueryParams } from '../pve/index.js';
import type { Access } from './access.js';
import type { Controllers } from './controllers.js';
import type { Settings } from './settings.js';

/** Flags that every command has, before or after the verb. */
export interface GlobalFlags {
  context?: string;
  /** This and what `log` leaves out: as the settings say. */
  format?: OutputFormat;
  log: LogSettings;
  /** The id of the command, `vm create`, for the audit log. */
  command?: string;
  'no-color': boolean;
  /** Never ask, also at a terminal. */
  'no-input'?: boolean;
  /** Limit in seconds for each API request. */
  'request-timeout'?: number;
}

/** What the user stored about one endpoint. Secrets are never part of it. */
export interface ContextRecord {
  endpoint: string;
  /** Further addresses of the same cluster, for when the first does not answer. */
  endpoints?: string[];
  tokenId?: string;
  user?: string;
  /** Pinned SHA-256 of the server's certificate, `AA:BB:…`. */
  fingerprint?: string;
  caFile?: string;
  insecure?: boolean;
  /** `http://host:port`; without user and password. */
  proxy?: string;
  /** Sent with every request, for a gateway in front of the server. */
  headers?: Record<string, string>;
  /** Every write is refused before it is sent. */
  readOnly?: boolean;
  /** `always`: also changes that can be taken back are asked about. */
  confirm?: 'always' | 'destructive';
  node?: string;
  storage?: string;
  bridge?: string;
  pool?: string;
  /** New guests get their VMID from here: `100-199`. */
  vmids?: string;
  /** New guests get these, beside their own. */
  tags?: string[];
  /** Program with its arguments, run without a shell, that prints the secret. */
  secretCommand?: string[];
}

/** What a context or the settings say about flags that were left out. */
export type ContextDefaults = Pick<
  ContextRecord,
  'node' | 'storage' | 'bridge' | 'pool' | 'vmids' | 'tags' | 'confirm' | 'readOnly'
>;

export interface Contexts {
  current(): Promise<string | undefined>;
  /** The one before it, for `context use -`. */
  previous(): Promise<string | undefined>;
  list(): Promise<Record<string, ContextRecord>>;
  /** @throws RequestError `PMX_CONTEXT_NOT_FOUND` */
  get(name: string): Promise<ContextRecord>;
  hasSecret(name: string): Promise<boolean>;
  /**
   * The stored secret, to hand it to another program on the user's word; everything else goes
   * through `Session.pve`. Undefined when there is none for the context's endpoint.
   */
  secret(name: string): Promise<string | undefined>;
}

export interface Column<T> {
  header: string;
  /** What the cell shows; undefined shows as `-`. */
  value: (row: T) => string | number | boolean | undefined;
  /** The field of the row that it shows, for machines, filters and sorting; the header when left out. */
  key?: string;
  align?: 'left' | 'right';
  /** Only with `-o wide`. */
  wide?: boolean;
}

/** How a list is drawn, or written for a machine. */
export interface ListShape<T = unknown> {
  columns: ReadonlyArray<Column<T>>;
  headers: boolean;
  /** What other commands take for this row: `-o name`. */
  reference(row: T): string;
}

/** stdout holds the result only; everything else goes to stderr. */
export interface Output {
  readonly format: OutputFormat;
  /** A format for programs: what is for people only is silent then. */
  readonly machine: boolean;
  readonly color: boolean;
  /** Result and notes both go to a terminal, so a person watches. */
  readonly live: boolean;
  /** Aborts when it is found that nobody reads stdout any more, as behind `| head`. */
  readonly closed: AbortSignal;
  /** One line at the end of the terminal, drawn again in place: how far something is. Else silent. */
  status(text: string | undefined): void;
  /** A line of the result. Silent for machines. */
  print(text: string): void;
  /** Something for the person at the terminal, on stderr. Silent for machines. */
  note(text: string): void;
  /** What a guest or a file says, byte by byte as it is. Silent for machines. */
  raw(bytes: Uint8Array, stream?: 'stdout' | 'stderr'): void;
  /** A warning on stderr, also for machines. */
  warn(text: string): void;
  /** On a terminal that it does not fit onto, through the pager: wait for it. */
  table<T>(rows: readonly T[], shape: ListShape<T>): Promise<void>;
  /** Draws a list in place of what was drawn before. */
  redraw<T>(rows: readonly T[], shape: ListShape<T>, title: string): void;
  fields(
    entries: ReadonlyArray<readonly [label: string, value: string | number | undefined]>,
  ): void;
  /** The result for a machine, in the format that was asked for. */
  document(value: unknown, shape?: ListShape): Promise<void>;
  /** An error in the format of documents; as text on stderr where a format has no place for it. */
  failure(error: ErrorDocument, text: string): Promise<void>;
  /** An error for a person, on stderr. */
  problem(text: string): void;
  impact(impact: Impact): void;
}

export interface Prompter {
  /** False without a terminal, for machines, in CI and with --no-input: then nothing ever asks. */
  readonly possible: boolean;
  confirm(question: string): Promise<boolean>;
  secret(question: string): Promise<string>;
  /** A line of text; Enter takes `initial`. */
  text(question: string, initial?: string): Promise<string>;
  /** One of several; the first is the default. */
  choose(question: string, choices: readonly Choice[]): Promise<string>;
}

export interface Choice {
  value: string;
  /** What a person reads beside it. */
  hint?: string;
}

export type DryRunStyle = 'words' | 'curl' | 'pvesh';

export interface RunOptions {
  /** Leave what was made when a step fails, for a look at it. */
  keepOnFailure?: boolean;
  /** Milliseconds to wait for who else works on a guest or storage; a minute when left out. */
  waitLock?: number;
  /** Draws progress; left out where several operations run at once. */
  quiet?: boolean;
}

export type OperationStatus =
  | 'running'
  | 'completed'
  | 'rolled-back'
  /** Its process is gone or gave up; `pmx op rollback` or `resume` goes on. */
  | 'interrupted'
  /** Undo did not succeed in everything. */
  | 'failed';

export interface OperationSummary {
  id: string;
  operation: string;
  target: string;
  title: string;
  status: OperationStatus;
  context: string | undefined;
  endpoint: string | undefined;
  startedAt: string;
  endedAt: string | undefined;
  steps: Array<{
    id: string;
    title: string;
    status: 'pending' | 'started' | 'done' | 'failed' | 'undone' | 'undo-failed';
    upids: string[];
    /** What has to be known even when all went well. */
    warnings?: string[];
    error?: string;
  }>;
}

/** The engine, as a command sees it. */
export interface Operations {
  /**
   * Carries a plan out; undoes it when a step fails or the user interrupts.
   * @returns the plan's `result` with its references replaced.
   */
  run(plan: Plan, options?: RunOptions): Promise<unknown>;
  /** What a dry run prints: the steps in order, as words or as lines to paste into a shell. */
  describe(plan: Plan, style: DryRunStyle): Promise<string[]>;
  /** Checks every API call of the plan against the server's own API description, if it has one. */
  check(plan: Plan): Promise<string[]>;
  list(): Promise<OperationSummary[]>;
  /** @throws RequestError `PMX_OPERATION_NOT_FOUND` */
  show(id: string): Promise<OperationSummary>;
  /** A plan that takes the operation back (or up again) from its journal alone. */
  continuation(id: string, mode: 'rollback' | 'resume'): Promise<Plan>;
  /**
   * A plan that takes a completed operation back, the last one without an id.
   * @throws RequestError that says what stands against it
   */
  undoing(id?: string): Promise<Plan>;
}

export interface Paths {
  config: string;
  data: string;
  state: string;
  cache: string;
}

/** A GET that planning did. */
export interface Read {
  path: string;
  params?: QueryParams;
}

/** A session for planning only: its reads are noted, and it carries nothing out. */
export interface Rehearsal {
  session: Session;
  reads: readonly Read[];
}

/** What one run of a command may ask for. Everything is built on first use. */
export interface Session {
  /** Of this run: in its log, its errors and the audit log. */
  readonly requestId: string;
  readonly output: Output;
  readonly log: Logger;
  readonly prompt: Prompter;
  readonly paths: Paths;
  readonly contexts: Contexts;
  readonly settings: Settings;
  readonly operations: Operations;
  /** Aborts on the first Ctrl-C. */
  readonly signal: AbortSignal;
  /**
   * Reads the settings that output and log follow. Until then, and when they cannot be read, the
   * flags alone count.
   */
  ready(): Promise<void>;
  /**
   * Resolves at the next Ctrl-C, which then stops nothing, or when nobody reads stdout any more: for
   * commands that stay in the foreground.
   */
  untilInterrupted(): Promise<void>;
  /** While another program has the terminal, Ctrl-C is meant for that program. */
  lendTerminal<T>(use: () => Promise<T>): Promise<T>;
  pve(): Promise<PveReader>;
  inventory(): Promise<Inventory>;
  /** Getting in: servers before they are trusted, logins, and how this run got its own. */
  readonly access: Access;
  /** Management controllers that changes log in to. */
  readonly controllers: Controllers;
  /** Environment, project file, context, settings, in this order, for flags that were left out. */
  defaults(): Promise<ContextDefaults>;
  /** Everything printed from now on hides this value. */
  protect(secret: string): void;
  redact(text: string): string;
  /** For commands about other commands: what would this one do? */
  rehearsal(): Rehearsal;
  /** Closes connections, so that the process can end. */
  close(): Promise<void>;
}

/** The running pmx. Plugins find it here, whichever copy of kit they brought along. */
export interface PmxHost {
  readonly apiVersion: typeof hostApiVersion;
  readonly version: string;
  open(flags: GlobalFlags): Session;
}

export const hostApiVersion = 1;
