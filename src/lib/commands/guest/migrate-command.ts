import { type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { type GuestKind, targetsOf } from '../../operations/guest/kind.js';
import type { MigrateResult } from '../../operations/guest/migrate.js';

export const migrateFlags = {
  to: Flags.string({
    description: 'Node that it goes to.',
    required: true,
    aliases: ['target'],
    helpValue: 'NODE',
  }),
  'target-storage': Flags.string({
    description: 'Storage there for copied disks; one of the same name when left out.',
    helpValue: 'STORAGE',
  }),
};

/** What `vm migrate` and `ct migrate` have in common. */
export abstract class GuestMigrateCommand extends GuestChangeCommand<MigrateResult> {
  protected abstract readonly kind: GuestKind;

  protected get targets() {
    return targetsOf(this.kind);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planMigrate } = await import('../../operations/guest/migrate.js');
    const { eachGuest } = await import('../../operations/guest/reads.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const given = this.parsedFlags as Record<string, string | boolean | undefined>;
    const storage = given['target-storage'];
    return eachGuest(guests, (guest) =>
      planMigrate(pve, inventory, {
        guest,
        to: String(given['to']),
        whileRunning: given['online'] === true || given['restart'] === true,
        localDisks: given['with-local-disks'] === true,
        ...(typeof storage === 'string' && { targetStorage: storage }),
      }),
    );
  }

  protected override view({ vmid, name, node, from, changed }: MigrateResult): void {
    const label = `${this.kind.noun} ${vmid} (${name})`;
    this.output.print(
      changed
        ? `${label} is on node ${node} now, it was on ${from}.`
        : `${label} is on node ${node} already; nothing to change.`,
    );
  }
}
