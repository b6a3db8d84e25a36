import type { Interfaces } from '@oclif/core';

import { changeFlags } from '../flags/change.js';
import { globalFlags } from '../flags/global.js';
import { targetFlags } from '../flags/target.js';
import type { Plan } from '../plan/index.js';
import type { Guest, ResolveOptions } from '../pve/index.js';
import { ChangeCommand } from './change-command.js';
import { selectGuests } from './guest-targets.js';

/**
 * Base of every change to any number of guests: names, ids, ranges, patterns, selectors and stdin
 * become guests, each guest gets a plan of its own.
 *
 * A subclass declares `static args = { vm: args.targets('VM') }` and gives `targets` and `planFor`.
 */
export abstract class GuestChangeCommand<Result> extends ChangeCommand<Result> {
  static override baseFlags: Interfaces.FlagInput = {
    ...globalFlags,
    ...changeFlags,
    ...targetFlags,
  };
  static override strict = false;

  /** Which guests the command takes. */
  protected abstract readonly targets: ResolveOptions;

  /** One plan for each guest; reads may be shared, for all guests are known here. */
  protected abstract planFor(guests: readonly Guest[]): Promise<Plan[]>;

  /** The positional words that name guests; all of them when not overridden. */
  protected get words(): readonly string[] {
    return this.positionals;
  }

  protected override async plan(): Promise<Plan[]> {
    const { words, parsedFlags: flags, targets } = this;
    const guests = await selectGuests(this.session, { words, flags }, targets);
    if (guests.length === 0) this.output.note(`No ${targets.noun} matches; nothing to do.`);
    return guests.length === 0 ? [] : this.planFor(guests);
  }
}
