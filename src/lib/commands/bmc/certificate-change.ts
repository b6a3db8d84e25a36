import type { Output } from '@pmx-cli/kit';

import type { CertificateChange } from '../../operations/idrac/cert/shared.js';

/** Before and after, for comparing. */
export function printChange(
  output: Output,
  { host, before, after, pinned }: CertificateChange,
): void {
  output.fields([
    ['Host', host],
    ['Before', before.sha256],
    ['After', after.sha256 as string],
    ['Subject', after.subject as string],
    ['Begins', after.notBefore as string],
    ['Ends', after.notAfter as string],
    ['Remembered', pinned === true ? 'yes' : undefined],
  ]);
}
