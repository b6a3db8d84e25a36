import { type Guest, GuestChangeCommand, parseDiskSize, type Plan } from '@pmx-cli/kit';

import type { ResizeResult } from '../../../operations/guest/disk/resize.js';
import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';

const slotName = /^(?:(?:scsi|virtio|sata|ide|efidisk|tpmstate|unused|mp)\d+|rootfs)$/;

/** What `resize` and `disk resize` of VMs and containers have in common: GUEST… [SLOT] SIZE. */
export abstract class ResizeCommand extends GuestChangeCommand<ResizeResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  /** The slot, if the last word but one is one. */
  get #slot(): string | undefined {
    const word = this.positionals.at(-2);
    return word !== undefined && slotName.test(word) ? word : undefined;
  }

  protected override get words(): readonly string[] {
    return this.positionals.slice(0, this.#slot === undefined ? -1 : -2);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const size = parseDiskSize(this.positionals.at(-1) ?? '');
    const { planResize } = await import('../../../operations/guest/disk/resize.js');
    const { eachGuest } = await import('../../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const slot = this.#slot;
    return eachGuest(guests, (guest) =>
      planResize(pve, inventory, { guest, size, ...(slot !== undefined && { slot }) }),
    );
  }

  protected override view({ vmid, name, slot, changed, oldSize, newSize }: ResizeResult): void {
    const label = `${this.kind.noun} ${vmid} (${name})`;
    this.output.print(
      changed
        ? `${label}: ${slot} has ${newSize} now, it had ${oldSize}.`
        : `${label}: ${slot} has ${oldSize} already; nothing to change.`,
    );
  }
}
