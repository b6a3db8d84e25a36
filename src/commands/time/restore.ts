import { Flags } from '@oclif/core';
import { args, type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';

import { targetsOf, vm } from '../../lib/operations/guest/kind.js';
import type { RestoreResult } from '../../lib/operations/time/restore.js';

export default class TimeRestore extends GuestChangeCommand<RestoreResult> {
  static override summary = 'Bring shifted clocks home.';
  static override description = `The clock goes to where it was before the first shift, the NTP service comes back last, then the clock is measured:
with an error of 1 s or more the exit code is 2 and the shift stays open. It goes by what was written down on this
machine, so it works after a crash of pmx, a reboot or rollback of the guest, and on another node. Doing it twice
does no harm.`;
  static override examples = [
    '<%= config.bin %> time restore jump-01',
    '<%= config.bin %> time restore --all',
    '<%= config.bin %> time restore --due --yes',
  ];
  static override strict = false;
  static override args = { vm: args.targets('VM') };
  static override flags = {
    all: Flags.boolean({
      description: 'Every VM that was shifted from this machine.',
      exclusive: ['due', 'selector'],
    }),
    due: Flags.boolean({
      description:
        'Those whose time has come, and those whose shift was cut off by a crash; for cron.',
      exclusive: ['selector'],
    }),
  };

  protected readonly targets = targetsOf(vm);

  protected override async plan(): Promise<Plan[]> {
    const { all, due } = this.flagsOf(TimeRestore);
    if (!all && !due) return super.plan();
    const [{ dueRecords }, inventory, pve] = await Promise.all([
      import('../../lib/operations/time/due.js'),
      this.inventory(),
      this.pve(),
    ]);
    const { guests, missing } = await dueRecords(
      pve,
      await inventory.freshGuests(),
      this.session.paths.state,
      { all, words: this.words },
    );
    for (const text of missing) this.output.warn(text);
    if (guests.length === 0) this.output.note('No shift is to be restored.');
    return this.planFor(guests);
  }

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const [{ planRestore }, pve] = await Promise.all([
      import('../../lib/operations/time/restore.js'),
      this.pve(),
    ]);
    return Promise.all(guests.map((guest) => planRestore(pve, guest, this.session.paths.state)));
  }

  protected override view({ vmid, name, changed, error, started }: RestoreResult): void {
    if (!changed) {
      this.output.note(`VM ${vmid} (${name}): no shift is open here; nothing to do.`);
      return;
    }
    const services = started.length > 0 ? `, ${started.join(', ')} runs again` : '';
    const off = error === null ? 'not measured, since no agent answers' : `${error} ms off`;
    this.output.print(`VM ${vmid} (${name}): the clock is back, ${off}${services}.`);
  }
}
