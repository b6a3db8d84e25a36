import { expect } from 'chai';

import { isPmxError, type PmxError } from '../dist/index.js';

/** The pmx error that `job` throws; anything else fails the test. */
export function thrownBy(job: () => unknown): PmxError {
  let result: unknown;
  try {
    result = job();
  } catch (error) {
    if (isPmxError(error)) return error;
    throw error;
  }
  return expect.fail(`nothing was thrown; the result is ${JSON.stringify(result)}`);
}
