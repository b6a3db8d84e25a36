import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan, RequestError } from '@pmx-cli/kit';

import { printChange } from '../../../lib/commands/bmc/certificate-change.js';
import {
  type LoginFlags,
  loginFlags,
  oneHost,
  openOne,
} from '../../../lib/commands/bmc/controller-flags.js';
import type { CertificateChange } from '../../../lib/operations/idrac/cert/shared.js';

export default class IdracCertReplace extends ChangeCommand<CertificateChange> {
  static override summary = 'Install a certificate of your own on an iDRAC.';
  static override description = `Key, dates, strength and names are checked here before anything is sent. A certificate that was issued for a request of
the iDRAC ("idrac cert csr") comes with --csr, one with a key of your own with --key (firmware 6.00.02 and newer) or as
PKCS#12 with --pfx. Firmware before 6.00.02 restarts the iDRAC, not its server; then pmx waits until the new certificate is
served. The passphrase of a PKCS#12 file comes from PMX_IDRAC_PFX_PASSPHRASE or a question.

iDRAC 6 to 8 have no way for this over Redfish: the lines for racadm are printed instead.`;
  static override examples = [
    '<%= config.bin %> idrac cert replace idrac-01.example.org --cert idrac-01.pem --csr idrac-01.csr --user root',
    '<%= config.bin %> idrac cert replace idrac-01.example.org --cert idrac-01.pem --key idrac-01.key --dry-run',
    '<%= config.bin %> idrac cert replace idrac-01.example.org --pfx idrac-01.pfx --yes',
  ];
  static override args = oneHost;
  static override flags = {
    ...loginFlags,
    cert: Flags.file({
      description: 'The new certificate (PEM).',
      exists: true,
      helpValue: 'FILE',
      exclusive: ['pfx'],
    }),
    key: Flags.file({
      description: 'Its private key (PEM).',
      exists: true,
      helpValue: 'FILE',
      dependsOn: ['cert'],
    }),
    csr: Flags.file({
      description: 'The request that the iDRAC made, for which it was issued.',
      exists: true,
      helpValue: 'FILE',
      dependsOn: ['cert'],
      exclusive: ['key'],
    }),
    pfx: Flags.file({
      description: 'Certificate and key in one (PKCS#12).',
      exists: true,
      helpValue: 'FILE',
    }),
  };

  protected override async plan(): Promise<Plan> {
    const flags = this.flagsOf(IdracCertReplace);
    const { cert, key, csr, pfx } = flags;
    if (cert === undefined && pfx === undefined)
      throw new RequestError({
        code: 'PMX_BMC_CERT_UNFIT',
        message: 'No certificate is given. Nothing was changed.',
        hints: ['--cert FILE with --csr or --key, or --pfx FILE'],
      });
    const { planReplace } = await import('../../../lib/operations/idrac/cert/replace.js');
    const { pinContext } = await import('../../../lib/operations/idrac/pins.js');
    const { host } = this.argsOf(IdracCertReplace);
    const controller = await openOne(this.session, host, flags as LoginFlags, 'cert replace');
    const passphrase = (): Promise<string> => this.#passphrase();
    return planReplace(
      controller,
      { cert, key, csr, pfx, passphrase },
      await pinContext(this.session.paths, controller),
    );
  }

  async #passphrase(): Promise<string> {
    const given = process.env['PMX_IDRAC_PFX_PASSPHRASE'];
    if (given !== undefined) return given;
    const { prompt } = this.session;
    return prompt.possible ? prompt.secret('Passphrase of the PKCS#12 file') : '';
  }

  protected override view(result: CertificateChange): void {
    printChange(this.output, result);
  }
}
