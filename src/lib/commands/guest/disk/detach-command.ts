import type { Guest, Plan } from '@pmx-cli/kit';

import type { ConfigureResult } from '../../../operations/guest/configure.js';
import { viewConfigured } from '../view-configured.js';
import { DiskSlotCommand } from './slot-command.js';

export interface DetachResult extends ConfigureResult {
  slot: string;
  volid: string | null;
}

/** What `vm disk detach` and `ct disk detach` have in common. */
export abstract class DiskDetachCommand extends DiskSlotCommand<DetachResult> {
  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planDetach } = await import('../../../operations/guest/disk/remove.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const pve = await this.pve();
    return eachGuest(guests, (guest) => planDetach(pve, guest, this.slot));
  }

  protected override view(result: DetachResult): void {
    viewConfigured(this.output, this.kind, result);
    if (result.changed) this.output.print(`  ${result.volid} stays as an unused disk.`);
  }
}
