import { Args } from '@oclif/core';
import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';

import type { DeletedVolume } from '../../lib/operations/storage/delete.js';

export default class StorageDelete extends ChangeCommand<DeletedVolume> {
  static override summary = 'Delete volumes of a storage that no guest uses.';
  static override description = `Refuses disks and ISOs that stand in the configuration or in a snapshot of a guest, and names it. Asks, unless --yes
is given.`;
  static override examples = [
    '<%= config.bin %> storage delete local:iso/debian-12.iso',
    '<%= config.bin %> storage delete $(<%= config.bin %> storage orphans -o name) --dry-run',
  ];
  static override strict = false;
  static override args = {
    volume: Args.string({
      description: 'Volume as lists show it (local:iso/debian-12.iso); several may be given.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    node: flags.onNode('Node that has it, where several have one of that name.'),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planVolumeDelete } = await import('../../lib/operations/storage/delete.js');
    const { node } = this.flagsOf(StorageDelete);
    return planVolumeDelete(await this.pve(), await this.inventory(), this.positionals, node);
  }

  protected override view({ volid }: DeletedVolume): void {
    this.output.print(`${volid} is gone.`);
  }
}
