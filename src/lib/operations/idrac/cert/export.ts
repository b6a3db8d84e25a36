import type { ControllerReader } from '@pmx-cli/kit';

import { nameOf } from '../../../bmc/index.js';
import { cardOf } from './card.js';

export const exportTypes = ['Server', 'CA', 'CSC', 'ClientTrustCertificate'] as const;
export type ExportType = (typeof exportTypes)[number];

export interface ExportedCertificate {
  host: string;
  type: ExportType;
  pem: string;
}

/** Certificates that the controller keeps; keys cannot be read out. */
export async function exportCertificate(
  controller: ControllerReader,
  type: ExportType,
): Promise<ExportedCertificate> {
  const card = await cardOf(controller);
  const { target } = card.action('ExportSSLCertificate');
  const { CertificateFile: pem } = await controller.query(target, { SSLCertType: type });
  return { host: nameOf(controller), type, pem: String(pem ?? '') };
}
