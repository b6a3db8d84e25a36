import { failure } from '../../errors.js';

/** Refuses a guest that would take more memory than guests may have together. */
export function checkMemory(wanted: number, taken: number, limit: number): void {
  if (wanted + taken <= limit) return;
  throw failure(
    `start failed: the running guests have ${taken} MiB of memory and this one asks for ${wanted} MiB, ` +
      `but the limit of this sandbox is ${limit} MiB (pmx sandbox start --memory-limit)`,
  );
}
