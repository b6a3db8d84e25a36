import { args, type Guest, GuestChangeCommand, type Plan } from '@pmx-cli/kit';

import type { DeleteResult } from '../../lib/operations/vm/delete.js';

export default class TemplateDelete extends GuestChangeCommand<DeleteResult> {
  static override summary = 'Delete templates that no linked clone is built on.';
  static override examples = [
    '<%= config.bin %> template delete debian-12',
    '<%= config.bin %> template delete 9000 --dry-run',
  ];
  static override args = { template: args.targets('template') };

  protected readonly targets = { type: 'qemu', template: true, noun: 'template' } as const;

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { planGuestDelete } = await import('../../lib/operations/vm/delete.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return Promise.all(
      guests.map((guest) => planGuestDelete(pve, inventory, { guest, stop: false })),
    );
  }

  protected override view(result: DeleteResult): void {
    this.output.print(`Template ${result.vmid} (${result.name}) is gone.`);
  }
}
