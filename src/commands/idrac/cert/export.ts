import { Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import {
  type LoginFlags,
  loginFlags,
  oneHost,
  openOne,
} from '../../../lib/commands/bmc/controller-flags.js';
import type { ExportedCertificate } from '../../../lib/operations/idrac/cert/export.js';

export default class IdracCertExport extends ShowCommand<ExportedCertificate> {
  static override summary = 'Print a certificate that an iDRAC keeps, as PEM.';
  static override description = `Also those that it does not serve: authorities, and that of its directory. Keys cannot be read out. What is served needs
no login: "idrac cert show --pem".`;
  static override examples = [
    '<%= config.bin %> idrac cert export idrac-01.example.org --user root > idrac-01.pem',
    '<%= config.bin %> idrac cert export 10.0.8.5 --type CA --user root',
  ];
  static override args = oneHost;
  static override flags = {
    ...loginFlags,
    type: Flags.option({
      description: 'Which one.',
      options: ['Server', 'CA', 'CSC', 'ClientTrustCertificate'] as const,
      default: 'Server' as const,
    })(),
  };

  protected override async show(): Promise<ExportedCertificate> {
    const flags = this.flagsOf(IdracCertExport);
    const { exportCertificate } = await import('../../../lib/operations/idrac/cert/export.js');
    const { host } = this.argsOf(IdracCertExport);
    const controller = await openOne(this.session, host, flags as LoginFlags, 'cert export');
    return exportCertificate(controller, flags.type);
  }

  protected override view({ pem }: ExportedCertificate): void {
    this.output.print(pem.trimEnd());
  }
}
