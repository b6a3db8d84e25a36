import { Flags } from '@oclif/core';
import type { ControllerReader, Plan } from '@pmx-cli/kit';

import { printChange } from '../../../lib/commands/bmc/certificate-change.js';
import {
  controllersFlags,
  ControllersChangeCommand,
} from '../../../lib/commands/bmc/controller-command.js';
import type { CertificateChange } from '../../../lib/operations/idrac/cert/shared.js';

export default class IdracCertReset extends ControllersChangeCommand<CertificateChange> {
  static override summary = 'Have iDRACs make themselves a new certificate, with a new key.';
  static override description = `The cure for an expired certificate when there is no authority at hand. Its dates come from the clock of the iDRAC, so
that is looked at first. Firmware before 6.00.02 restarts the iDRAC, not its server; then pmx waits until the new
certificate is served and shows both fingerprints. Certificates that were pinned are pinned anew where the iDRAC itself
vouches for the new one.

iDRAC 6 to 8 have no way for this over Redfish: the lines for racadm are printed instead.`;
  static override examples = [
    '<%= config.bin %> idrac cert reset idrac-01.example.org --user root --dry-run',
    '<%= config.bin %> idrac cert reset -f expired.txt --yes',
  ];
  static override flags = {
    ...controllersFlags,
    repin: Flags.boolean({
      description: 'Remember what is served afterwards, also when only the network vouches for it.',
    }),
  };
  protected readonly task = 'cert reset';
  protected readonly nine = true;

  protected async planFor(controller: ControllerReader): Promise<Plan> {
    const { planReset } = await import('../../../lib/operations/idrac/cert/reset.js');
    const { pinContext } = await import('../../../lib/operations/idrac/pins.js');
    const { repin } = this.flagsOf(IdracCertReset);
    return planReset(controller, { repin, ...(await pinContext(this.session.paths, controller)) });
  }

  protected override view(result: CertificateChange): void {
    printChange(this.output, result);
  }
}
