import type { Duplex, Readable } from 'node:stream';

import type { PveReader, QueryParams } from '@pmx-cli/kit';

import type { Credentials, TlsTrust } from '../auth/credentials.js';

export interface PveConnection {
  /** `https://host:port[/prefix]` */
  endpoint: string;
  /** Where the same cluster answers, too: tried in order when `endpoint` cannot be reached. */
  alternatives?: readonly string[];
  /** Endpoints that could not be reached a short while ago, kept from run to run. */
  reachability?: Reachability;
  /** `http://host:port`: connections are made through this proxy (CONNECT). */
  proxy?: string;
  /** Sent with every request, for a gateway in front of the server. */
  headers?: Readonly<Record<string, string>>;
  credentials: Credentials;
  trust: TlsTrust;
  /** Milliseconds. */
  timeouts?: {
    /** Name lookup, connection and TLS handshake together; 10 s. */
    connect?: number;
    /** Silence of the server after the request was sent; 60 s (some calls of PVE take 10 s). */
    response?: number;
    /** One call with all its tries; no limit unless given. Uploads have none. */
    overall?: number;
    /** No byte of an upload accepted; 60 s. */
    stall?: number;
  };
  /** For reads only, writes are never repeated. */
  retry?: {
    /** 3. */
    tries?: number;
    /** Milliseconds before the second try, doubled up to 30 s; 2000. */
    baseDelay?: number;
  };
  /** Aborts whatever is under way. */
  signal?: AbortSignal;
  /** Called with every secret as soon as it is known (ticket, CSRF token), so that output hides it. */
  protect?: (secret: string) => void;
  /** One line for each request and answer, without secrets. */
  debug?: (line: string) => void;
  /** Called for each answer. */
  answered?: (answer: {
    method: string;
    path: string;
    status: number;
    /** From the request to the end of the answer. */
    millis: number;
    characters: number;
  }) => void;
  /** Something the person should know: another endpoint was taken. */
  notice?: (text: string) => void;
}

/** A memory of dead endpoints. Must not throw: it only saves time. */
export interface Reachability {
  isDown(endpoint: string): boolean;
  note(endpoint: string, down: boolean): void;
}

export type WriteMethod = 'POST' | 'PUT' | 'DELETE';

/** Booleans go out as 0/1, arrays as repeated fields, undefined not at all. */
export type WriteParams = Record<string, string | number | boolean | string[] | undefined>;

export interface UploadRequest {
  node: string;
  storage: string;
  content: 'import' | 'iso' | 'vztmpl';
  filename: string;
  body: Readable;
  /** Exact number of bytes that `body` will give. */
  length: number;
  sha256?: string;
  /** Instead of `sha256`: another algorithm that the server knows. */
  checksum?: { algorithm: string; value: string };
  signal?: AbortSignal;
  onProgress?: (sentBytes: number) => void;
}

export interface TaskStatus {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  starttime: number;
  status: 'running' | 'stopped';
  /** `OK`, `WARNINGS: 1`, or the error. Only when stopped. */
  exitstatus?: string;
}

export interface TaskListRow {
  upid: string;
  node: string;
  type: string;
  id: string;
  user: string;
  starttime: number;
  endtime?: number;
  /** Result of an ended task. */
  status?: string;
}

export interface WaitOptions {
  signal?: AbortSignal;
  /** Milliseconds; SurroundingsError `PMX_TASK_TIMEOUT` after that, the task goes on. */
  timeout?: number;
  onStatus?: (status: TaskStatus) => void;
}

/** The whole server. Handed to step handlers only; commands and planners get the `PveReader`. */
export interface PveClient extends PveReader {
  /** A write; sent exactly once. A lost answer is `PMX_ANSWER_LOST`: it may have happened. */
  send<T>(
    method: WriteMethod,
    path: string,
    params?: WriteParams,
    signal?: AbortSignal,
  ): Promise<T>;
  /** @returns UPID of the task that moves the file into the storage */
  upload(request: UploadRequest): Promise<string>;
  /**
   * Opens a WebSocket at the endpoint that answered last: a console waits only there. The stream
   * fails with SurroundingsError `PMX_STREAM_BROKEN`. Left out by fakes.
   * @throws ProxmoxError when the server refuses; SurroundingsError `PMX_STREAM_BROKEN`
   */
  openStream?(path: string, params?: QueryParams, signal?: AbortSignal): Promise<Duplex>;
  /**
   * Polls until the task has ended.
   * @throws ProxmoxError `PMX_TASK_FAILED` with the exit status and the end of the log
   */
  waitForTask(upid: string, options?: WaitOptions): Promise<TaskStatus>;
  taskLog(upid: string, start?: number): Promise<{ lines: string[]; total: number }>;
  /**
   * Milliseconds to add to this machine's clock to get the server's, from the last answer's `Date`
   * (resolution 1 s); 0 before the first answer. Left out by fakes.
   */
  clockOffset?(): number;
  /**
   * The endpoint that was asked last, or would be asked first: with several of them not always the
   * first. Left out by fakes.
   */
  endpoint?(): string;
  /**
   * Text of a document beside the API, such as `/pve-docs/api-viewer/apidoc.js`; asked for without
   * credentials. Left out by fakes.
   * @returns undefined unless the server answers 200
   */
  fetchDocument?(path: string): Promise<string | undefined>;
  close(): void;
}

export type { PveReader, QueryParams };
