import { ExitCode } from './exit-codes.js';

export interface PmxErrorOptions {
  /** Stable identifier, `PMX_…` for pmx itself; scripts may compare it. */
  code: string;
  /** What happened and why: one sentence that names the value and the rule. */
  message: string;
  /** What to type or do next, most useful first. */
  hints?: readonly string[];
  /** Machine-readable details for `--json`; must not hold secrets. */
  data?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * Base of every error that pmx shows. Compare `code`, never `instanceof`, across packages: a plugin
 * may bring its own copy of this class.
 */
export class PmxError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly hints: readonly string[];
  readonly data: Record<string, unknown> | undefined;
  /** oclif reads the exit status from here. */
  readonly oclif: { exit: number };

  constructor(exitCode: ExitCode, options: PmxErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.exitCode = exitCode;
    this.hints = options.hints ?? [];
    this.data = options.data;
    this.oclif = { exit: exitCode };
  }
}

/** Exit 1: the caller has to change the request. Nothing was changed. */
export class RequestError extends PmxError {
  constructor(options: PmxErrorOptions) {
    super(ExitCode.request, options);
  }
}

/** Exit 2: network, TLS, time-out, local file, missing tool, or a bug. */
export class SurroundingsError extends PmxError {
  constructor(options: PmxErrorOptions) {
    super(ExitCode.surroundings, options);
  }
}

/** Exit 3: Proxmox VE refused, or a task of it failed. */
export class ProxmoxError extends PmxError {
  constructor(options: PmxErrorOptions) {
    super(ExitCode.proxmox, options);
  }
}

/** Exit 130: the user pressed Ctrl-C or the process got SIGTERM. */
export class InterruptedError extends PmxError {
  constructor(options: Partial<PmxErrorOptions> = {}) {
    super(ExitCode.interrupted, {
      code: 'PMX_INTERRUPTED',
      message: 'Interrupted.',
      ...options,
    });
  }
}

/** True for errors of this or another copy of kit. */
export function isPmxError(error: unknown): error is PmxError {
  return (
    error instanceof Error &&
    typeof (error as { code?: unknown }).code === 'string' &&
    typeof (error as { exitCode?: unknown }).exitCode === 'number' &&
    Array.isArray((error as { hints?: unknown }).hints)
  );
}
