import { PmxError, SurroundingsError } from '@pmx-cli/kit/errors';

export interface UndoReport {
  /** Titles of what was taken back, or finished. */
  done: string[];
  /** What is still there, and why. */
  left: string[];
  /** Left on purpose (`--keep-on-failure`). */
  kept?: boolean;
}

/** The error that a person sees after a failed operation: what went wrong, what was undone, what not. */
export function failureReport(
  operationId: string,
  title: string,
  cause: PmxError | undefined,
  report: UndoReport,
): PmxError {
  const hints = [...(cause?.hints ?? [])];
  if (report.done.length > 0) hints.push(`Cleaned up: ${report.done.join('; ')}.`);
  if (report.kept) {
    hints.push(`What was made is kept. Take it back: pmx op rollback ${operationId}`);
  }
  if (report.left.length > 0) {
    hints.push(
      `Not cleaned up: ${report.left.join('; ')}.`,
      `Try again once the cause is gone: pmx op rollback ${operationId}`,
    );
  }
  if (!cause) {
    return new SurroundingsError({
      code: 'PMX_ROLLBACK_INCOMPLETE',
      message: `${title}: not everything could be taken back.`,
      hints,
      data: { operation: operationId, ...report },
    });
  }
  return new PmxError(cause.exitCode, {
    code: cause.code,
    message:
      cause.exitCode === 130 ? `Interrupted: ${title}.` : `${title} failed: ${cause.message}`,
    hints,
    data: { ...cause.data, operation: operationId, undone: report.done, left: report.left },
    cause,
  });
}
