import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';

import { type GuestKind, targetsOf } from '../../operations/guest/kind.js';
import type { ConfigureResult } from '../../operations/guest/configure.js';
import type { Wanted } from '../../operations/guest/set.js';
import { plainOptions } from './set-flags.js';
import { viewConfigured } from './view-configured.js';

/** What `vm set` and `ct set` have in common. */
export abstract class GuestSetCommand extends GuestChangeCommand<ConfigureResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { parseSettings, planSet } = await import('../../operations/guest/set.js');
    const given = this.parsedFlags as Record<string, unknown>;
    const tags = given['tags'] as string[] | undefined;
    const set: Record<string, Wanted> = {
      ...plainOptions(given),
      ...(tags && { tags: tags.join(';') }),
      ...(await this.moreOptions()),
      ...parseSettings((given['set'] ?? []) as string[]),
    };
    const remove = ((given['delete'] ?? []) as string[]).flatMap((keys) => keys.split(','));
    const secrets = await this.secrets();
    return planSet(await this.pve(), this.session.operations, { guests, set, remove, secrets });
  }

  /** Options whose flags say something else than the API does. */
  protected async moreOptions(): Promise<Record<string, Wanted>> {
    return {};
  }

  protected async secrets(): Promise<Record<string, string>> {
    return {};
  }

  protected override view(result: ConfigureResult): void {
    viewConfigured(this.output, this.kind, result);
  }
}
