/**
 * An error as PVE's API words it. The first line of the message becomes the HTTP reason phrase,
 * the whole of it (plus a newline) the JSON field `message`.
 */
export class PveError extends Error {
  readonly status: number;
  readonly errors: Record<string, string> | undefined;
  /** How the body looks: JSON with message, the bare text, or nothing at all. */
  readonly body: 'json' | 'text' | 'none';

  constructor(
    status: number,
    message: string,
    extra: { errors?: Record<string, string>; body?: 'json' | 'text' | 'none' } = {},
  ) {
    super(message);
    this.name = 'PveError';
    this.status = status;
    this.errors = extra.errors;
    this.body = extra.body ?? 'json';
  }
}

/** A domain error: PVE answers nearly all of them with 500. */
export function failure(message: string): PveError {
  return new PveError(500, message);
}

/** 400 with one text per parameter. */
export function parameterError(errors: Record<string, string>): PveError {
  return new PveError(400, 'Parameter verification failed.', { errors });
}

/** 403; without a detail PVE says only `Permission check failed`. */
export function forbidden(detail?: string): PveError {
  return new PveError(
    403,
    detail === undefined ? 'Permission check failed' : `Permission check failed (${detail})`,
  );
}

/** The text of anything that was thrown, as a task's exit status or a log would show it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The text of an error inside a task: a 403 keeps its number there (`403 Permission check failed (…)`). */
export function taskMessageOf(error: unknown): string {
  if (error instanceof PveError && error.status !== 500) {
    const details = Object.entries(error.errors ?? {}).map(
      ([name, text]) => `${name}: ${text.trimEnd()}`,
    );
    return [`${error.status} ${error.message}`, ...details].join('\n');
  }
  return messageOf(error);
}
