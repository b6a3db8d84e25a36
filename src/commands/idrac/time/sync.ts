import { Flags } from '@oclif/core';
import type { ControllerReader, Plan } from '@pmx-cli/kit';

import {
  controllersFlags,
  ControllersChangeCommand,
} from '../../../lib/commands/bmc/controller-command.js';
import type { SyncResult } from '../../../lib/operations/idrac/clock.js';

export default class IdracTimeSync extends ControllersChangeCommand<SyncResult> {
  static override summary = 'Set the clocks of iDRACs, by NTP servers or by this machine.';
  static override description = `New certificates get their dates from this clock, so it comes before "idrac cert reset". By servers it lasts; set by this
machine, it lasts until the server restarts, which sets it from the BIOS again.`;
  static override examples = [
    '<%= config.bin %> idrac time sync idrac-01.example.org --ntp ntp1.example.org,ntp2.example.org --user root',
    '<%= config.bin %> idrac time sync 10.0.8.5 --now --dry-run',
  ];
  static override flags = {
    ...controllersFlags,
    ntp: Flags.string({
      description: 'One to three NTP servers that it is to follow.',
      helpValue: 'HOST,…',
      multiple: true,
      multipleNonGreedy: true,
      delimiter: ',',
    }),
    now: Flags.boolean({ description: 'Set it to the time of this machine.' }),
  };
  protected readonly task = 'time sync';
  protected readonly nine = true;

  protected async planFor(controller: ControllerReader): Promise<Plan> {
    const { planSync } = await import('../../../lib/operations/idrac/clock.js');
    return planSync(controller, this.flagsOf(IdracTimeSync));
  }

  protected override view({ host, skewBefore, ntp }: SyncResult): void {
    const before = skewBefore === null ? '' : ` (was ${skewBefore} s ahead)`;
    this.output.print(`${host}: ${ntp ? `follows ${ntp.join(', ')}` : 'set'}${before}`);
  }
}
