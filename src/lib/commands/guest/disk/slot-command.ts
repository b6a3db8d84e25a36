import { GuestChangeCommand } from '@pmx-cli/kit';

import { type GuestKind, targetsOf } from '../../../operations/guest/kind.js';

/** Commands whose last word is a slot: GUEST… SLOT. */
export abstract class DiskSlotCommand<Result> extends GuestChangeCommand<Result> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected get slot(): string {
    return this.positionals.at(-1) ?? '';
  }

  protected override get words(): readonly string[] {
    return this.positionals.slice(0, -1);
  }

  protected label({ vmid, name }: { vmid: number; name: string }): string {
    return `${this.kind.noun} ${vmid} (${name})`;
  }
}
