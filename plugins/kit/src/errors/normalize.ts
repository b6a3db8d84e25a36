import { stripVTControlCharacters } from 'node:util';

import {
  InterruptedError,
  isPmxError,
  type PmxError,
  RequestError,
  SurroundingsError,
} from './pmx-error.js';

interface OclifError extends NodeJS.ErrnoException {
  oclif?: { exit?: number | false };
  parse?: unknown;
}

const parserPrefix = /^(?:Parsing --\S+ \n\t|The following errors? occurred:\s+)/;
const parserSuffix = /\nSee more help with --help$/;

/** The value is pmx's own where `--watch` was typed alone. */
const unknownFlag = /^(Nonexistent flag: --[^\s=]+)=\S*$/;

/** What oclif's parser says without what it adds, colours among it. */
function withoutFrame(message: string): string {
  return stripVTControlCharacters(message)
    .replace(parserPrefix, '')
    .replace(parserSuffix, '')
    .replace(unknownFlag, '$1');
}

/** Anything thrown → the error that is shown: oclif's parse errors are requests, the rest are bugs. */
export function normalizeError(error: unknown): PmxError {
  if (isPmxError(error)) {
    // oclif's parser wraps the message of an error that a flag's own parser threw.
    const plain = withoutFrame(error.message);
    if (plain !== error.message) error.message = plain;
    return error;
  }
  const { message, oclif, parse, name, code, path } = toError(error);
  // What Node's own APIs throw when our signal aborts them.
  if (name === 'AbortError') return new InterruptedError();
  if (parse !== undefined || oclif !== undefined || name.startsWith('CLIParse')) {
    return new RequestError({
      code: 'PMX_USAGE',
      message: withoutFrame(message),
      hints: ['Add --help to see what this command takes.'],
    });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error);
  return new SurroundingsError({
    code: 'PMX_BUG',
    message: `Unexpected error: ${message}`,
    hints: ['This is a defect in pmx. Run again with --debug and report what it prints.'],
    cause: error,
  });
}

/** No defect, wherever it was found out. */
function diskFull(path: string | undefined, cause: unknown): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_DISK_FULL',
    message: `There is no room left on the disk of this machine${path === undefined ? '' : ` that has ${path}`}.`,
    hints: ['Make room (df -h), then run it again.', 'What was begun and not ended: pmx op list'],
    ...(path !== undefined && { data: { path } }),
    cause,
  });
}

function toError(error: unknown): OclifError {
  return error instanceof Error ? (error as OclifError) : new Error(String(error));
}

/** The one shape of an error with `--json`. */
export interface ErrorDocument {
  error: {
    code: string;
    message: string;
    hints: readonly string[];
    exitCode: number;
    /** Of the run: the same as in logs and the audit log. */
    requestId?: string;
    data?: Record<string, unknown>;
    cause?: string;
  };
}

export function errorDocument(error: PmxError, requestId?: string): ErrorDocument {
  const { code, message, hints, exitCode, data, cause } = error;
  return {
    error: {
      code,
      message,
      hints,
      exitCode,
      ...(requestId !== undefined && { requestId }),
      ...(data && { data }),
      ...(cause instanceof Error && { cause: cause.message }),
    },
  };
}

/** What a person reads on stderr. */
export function errorText(
  error: PmxError,
  { stack, requestId }: { stack: boolean; requestId: string },
): string {
  const lines = [
    `Error: ${error.message}`,
    ...error.hints.map((hint) => `  → ${hint}`),
    `  (${error.code}, request ${requestId})`,
  ];
  if (stack) {
    for (let at: unknown = error; at instanceof Error; at = at.cause)
      lines.push(at.stack ?? at.message);
  }
  return lines.join('\n');
}
