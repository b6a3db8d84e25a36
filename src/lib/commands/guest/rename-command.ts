import { type Guest, GuestChangeCommand, parseGuestName, type Plan } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import type { ConfigureResult } from '../../operations/guest/configure.js';
import type { GuestKind } from '../../operations/guest/kind.js';
import { viewConfigured } from './view-configured.js';

/** What `vm rename` and `ct rename` have in common; templates have names, too. */
export abstract class GuestRenameCommand extends GuestChangeCommand<ConfigureResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return { type: this.kind.type, noun: this.kind.noun };
  }

  protected override get words(): readonly string[] {
    return this.positionals.slice(0, -1);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const name = parseGuestName(this.positionals.at(-1) ?? '');
    const [guest] = guests;
    if (guests.length !== 1) {
      throw new RequestError({
        code: 'PMX_ONE_GUEST_ONLY',
        message: `${guests.length} ${this.kind.noun}s cannot all be called ${name}.`,
        hints: [`Name one ${this.kind.noun}, then its new name.`],
      });
    }
    const { planRename } = await import('../../operations/guest/rename.js');
    return [await planRename(await this.pve(), await this.inventory(), guest!, name)];
  }

  protected override view(result: ConfigureResult): void {
    viewConfigured(this.output, this.kind, result);
  }
}
