import { Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import {
  type LoginFlags,
  loginFlags,
  oneHost,
  openOne,
} from '../../../lib/commands/bmc/controller-flags.js';
import type { CsrResult } from '../../../lib/operations/idrac/cert/csr.js';

const group = 'SUBJECT';

export default class IdracCertCsr extends ChangeCommand<CsrResult> {
  static override summary = 'Have an iDRAC make a key and a certificate request.';
  static override description = `The key never leaves the iDRAC. Give the request to your authority, then install what it issues: "idrac cert replace
--cert … --csr …". An iDRAC has one such key: what was requested before and is not installed yet will not fit any more.
What is left out of the subject is taken from the present certificate.`;
  static override examples = [
    '<%= config.bin %> idrac cert csr idrac-01.example.org --user root > idrac-01.csr',
    '<%= config.bin %> idrac cert csr 10.0.8.5 --cn idrac-01.example.org --san idrac-01.example.org,10.0.8.5 --country DE',
  ];
  static override args = oneHost;
  static override flags = {
    ...loginFlags,
    cn: Flags.string({
      description: 'Common name; the host when left out.',
      helpGroup: group,
      helpValue: 'NAME',
    }),
    san: Flags.string({
      description: 'Names and addresses that it is for; the common name when left out.',
      helpGroup: group,
      helpValue: 'NAME,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    organization: Flags.string({
      description: 'Organization.',
      helpGroup: group,
      helpValue: 'TEXT',
    }),
    unit: Flags.string({
      description: 'Organizational unit.',
      helpGroup: group,
      helpValue: 'TEXT',
    }),
    city: Flags.string({ description: 'City.', helpGroup: group, helpValue: 'TEXT' }),
    state: Flags.string({ description: 'State or province.', helpGroup: group, helpValue: 'TEXT' }),
    country: Flags.string({
      description: 'Country, two letters.',
      helpGroup: group,
      helpValue: 'XX',
    }),
    email: Flags.string({ description: 'Mail address.', helpGroup: group, helpValue: 'ADDRESS' }),
  };

  protected override async plan(): Promise<Plan> {
    const flags = this.flagsOf(IdracCertCsr);
    const { planCsr } = await import('../../../lib/operations/idrac/cert/csr.js');
    const { host } = this.argsOf(IdracCertCsr);
    const controller = await openOne(this.session, host, flags as LoginFlags, 'cert csr');
    return planCsr(controller, flags);
  }

  protected override view({ csr }: CsrResult): void {
    this.output.print(csr.trimEnd());
  }
}
