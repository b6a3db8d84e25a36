import type { TargetResult } from '@pmx-cli/kit';
import { ProxmoxError } from '@pmx-cli/kit/errors';

/** What a process may end with; Windows has larger ones, of which none may look like success. */
export function statusOf(exitCode: number): number {
  return exitCode >= 0 && exitCode <= 255 ? exitCode : exitCode & 255 || 1;
}

/** Each line with the name of its guest in front. */
export function prefixed(bytes: Buffer, prefix: string): Buffer {
  if (bytes.length === 0) return bytes;
  const text = bytes.toString('latin1');
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const front = Buffer.from(prefix).toString('latin1');
  return Buffer.from(lines.map((line) => `${front}${line}\n`).join(''), 'latin1');
}

/** @throws ProxmoxError `PMX_PARTIAL_FAILURE` when a program ended with anything but 0 */
export function refuseFailures(
  results: ReadonlyArray<TargetResult<{ exitCode: number | null }>>,
): void {
  const failed = results.filter(
    ({ result }) => result !== undefined && result.exitCode !== null && result.exitCode !== 0,
  );
  if (failed.length === 0) return;
  throw new ProxmoxError({
    code: 'PMX_PARTIAL_FAILURE',
    message: `${failed.length} of ${results.length} ended with an error: ${failed
      .map(({ target, result }) => `${target} (${result!.exitCode})`)
      .join(', ')}.`,
    hints: failed.length < results.length ? ['The others ended with 0.'] : [],
    data: { results: [...results] },
  });
}
