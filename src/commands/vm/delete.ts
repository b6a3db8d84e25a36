import { args, type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { targetsOf, vm } from '../../lib/operations/guest/kind.js';
import type { DeleteResult } from '../../lib/operations/vm/delete.js';

export default class VmDelete extends GuestChangeCommand<DeleteResult> {
  static override summary = 'Delete VMs with everything that belongs to them.';
  static override description = `Shows beforehand what goes (disks, a cloud-init ISO made for the VM, unreferenced disks, entries in
backup jobs, HA, replication and pools) and what stays and why. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> vm delete web-01',
    '<%= config.bin %> vm delete web-01 --dry-run',
    "<%= config.bin %> vm delete 110-120 'test-*' --stop --yes",
  ];
  static override args = { vm: args.targets('VM') };
  static override flags = {
    stop: Flags.boolean({ description: 'Cut the power of running VMs first.' }),
  };

  protected readonly targets = targetsOf(vm);

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { stop } = this.flagsOf(VmDelete);
    const { planGuestDelete } = await import('../../lib/operations/vm/delete.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return Promise.all(guests.map((guest) => planGuestDelete(pve, inventory, { guest, stop })));
  }

  protected override view(result: DeleteResult): void {
    this.output.print(`VM ${result.vmid} (${result.name}) is gone.`);
    for (const item of result.kept) this.output.print(`  kept: ${item}`);
  }
}
