import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';

import type { ConfigureResult } from '../../../operations/guest/configure.js';
import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';
import { viewConfigured } from '../view-configured.js';
import { nicSettings } from './flags.js';

export interface NicResult extends ConfigureResult {
  device: string;
}

abstract class NicCommand extends GuestChangeCommand<NicResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected override view(result: NicResult): void {
    viewConfigured(this.output, this.kind, result);
  }
}

/** What `vm nic add` and `ct nic add` have in common: GUEST…. */
export abstract class NicAddCommand extends NicCommand {
  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planNicAdd } = await import('../../../operations/guest/nic/change.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const bridge = this.parsedFlags['bridge'] as string;
    const settings = { ...nicSettings(this.parsedFlags), bridge };
    return eachGuest(guests, (guest) => planNicAdd(pve, inventory, guest, settings));
  }
}

/** What `vm nic set` and `ct nic set` have in common: GUEST… DEVICE. */
export abstract class NicSetCommand extends NicCommand {
  protected override get words(): readonly string[] {
    return this.positionals.slice(0, -1);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planNicSet } = await import('../../../operations/guest/nic/change.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const device = this.positionals.at(-1) ?? '';
    const settings = nicSettings(this.parsedFlags);
    return eachGuest(guests, (guest) => planNicSet(pve, inventory, guest, device, settings));
  }
}

/** What `vm nic remove` and `ct nic remove` have in common: GUEST… DEVICE. */
export abstract class NicRemoveCommand extends NicCommand {
  protected override get words(): readonly string[] {
    return this.positionals.slice(0, -1);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planNicRemove } = await import('../../../operations/guest/nic/change.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const pve = await this.pve();
    const device = this.positionals.at(-1) ?? '';
    return eachGuest(guests, (guest) => planNicRemove(pve, guest, device));
  }
}
