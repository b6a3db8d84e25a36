import { junit } from '../template/junit.js';
import type { Verification } from './read.js';

/** One test case for each distribution. */
export function verifyReport(rows: readonly Verification[]): string {
  return junit(
    'pmx catalog verify',
    rows.map(({ id, result, detail }) => ({
      suite: 'catalog',
      name: id,
      ...((result === 'failed' || result === 'offline') && {
        failure: detail === null ? result : `${result}: ${detail}`,
      }),
    })),
  );
}
