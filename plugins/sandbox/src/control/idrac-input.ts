import { invalid } from '@pmx-cli/kit';

import type { CertificateKind, Generation } from '../server/idrac/options.js';

const generations: readonly Generation[] = ['6', '7', '8', '9-old', '9', '10'];
const certificates: readonly CertificateKind[] = [
  'healthy',
  'expired',
  'not-yet-valid',
  'weak-sha1',
  'weak-1024',
  'wrong-name',
  'self-signed-expired',
];

export interface IdracRequest {
  generation: Generation;
  /** Left out: the certificate that Dell ships with the generation. */
  certificate?: CertificateKind;
}

/**
 * `8,9-old:expired` → one persona each.
 * @throws RequestError `PMX_INVALID_IDRAC`
 */
export function parseIdracs(value: string): IdracRequest[] {
  return value.split(',').map((word) => {
    const [name = '', kind, ...rest] = word.trim().split(':');
    const generation = generations.find((known) => known === name);
    const certificate = certificates.find((known) => known === kind);
    if (generation === undefined || rest.length > 0 || (kind !== undefined && !certificate)) {
      throw invalid(
        'PMX_INVALID_IDRAC',
        'iDRAC',
        word,
        `it must be one of ${generations.join(', ')}, and behind a colon may stand one of ${certificates.join(', ')}`,
        'For example: --idrac 8,9-old:expired',
      );
    }
    return certificate ? { generation, certificate } : { generation };
  });
}
