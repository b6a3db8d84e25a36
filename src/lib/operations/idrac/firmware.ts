import { compareVersions, type Generation } from '../../bmc/index.js';

/**
 * What is worth having, by generation; as of 2026-11-20. Numbers of different generations must not
 * be compared: iDRAC10 begins with 1 again.
 */
export const worthHaving: Readonly<Record<Generation, { version: string; why: string }>> = {
  6: { version: '2.92', why: 'the last one that was made' },
  7: { version: '2.40.40.40', why: 'the first one with Redfish and without TLS 1.0' },
  8: { version: '2.40.40.40', why: 'the first one with Redfish and without TLS 1.0' },
  9: { version: '6.00.02.00', why: 'since then certificates are taken without a restart' },
  10: { version: '1.10.17.00', why: 'the first one that was shipped' },
};

/** @returns the version to have, when this one is older */
export function olderThan(
  generation: Generation,
  firmware: string,
): { version: string; why: string } | undefined {
  const wanted = worthHaving[generation];
  return compareVersions(firmware, wanted.version) < 0 ? wanted : undefined;
}
