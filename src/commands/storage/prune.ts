import { Args, Flags } from '@oclif/core';
import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';

import type { PruneResult } from '../../lib/operations/storage/prune.js';

const keep = (what: string) =>
  Flags.integer({ description: `Keep ${what}.`, min: 0, helpGroup: 'KEEP', helpValue: 'N' });

export default class StoragePrune extends ChangeCommand<PruneResult> {
  static override summary = 'Delete the backups of a storage that its rules do not keep.';
  static override description = `Without any --keep-… the rules of the storage itself count. What would go is what the server says; --dry-run shows
it with what stays and why. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> storage prune local --keep-last 3 --dry-run',
    '<%= config.bin %> storage prune local --vmid 101 --keep-daily 7 --keep-weekly 4 --yes',
  ];
  static override args = {
    storage: Args.string({ description: 'Storage.', required: true, ignoreStdin: true }),
  };
  static override flags = {
    'keep-last': keep('that many of the newest'),
    'keep-hourly': keep('the newest of each of that many hours'),
    'keep-daily': keep('the newest of each of that many days'),
    'keep-weekly': keep('the newest of each of that many weeks'),
    'keep-monthly': keep('the newest of each of that many months'),
    'keep-yearly': keep('the newest of each of that many years'),
    vmid: flags.vmid({ description: 'Only backups of this guest.', helpGroup: undefined }),
    type: Flags.option({
      description: 'Only backups of VMs, or only of containers.',
      options: ['qemu', 'lxc'] as const,
    })(),
    node: flags.onNode('Node to work on; any that has the storage when left out.'),
  };

  protected override async plan(): Promise<Plan> {
    const { keepKinds, planPrune } = await import('../../lib/operations/storage/prune.js');
    const given = this.flagsOf(StoragePrune);
    const counts = keepKinds
      .map((kind) => [kind, given[`keep-${kind}`]] as const)
      .filter(([, count]) => count !== undefined);
    return planPrune(await this.pve(), await this.inventory(), {
      storage: this.argsOf(StoragePrune).storage,
      node: given.node,
      keep: Object.fromEntries(counts),
      vmid: given.vmid,
      type: given.type,
    });
  }

  protected override view({ storage, removed, kept }: PruneResult): void {
    this.output.print(`${storage}: ${removed.length} backups deleted, ${kept.length} kept.`);
  }
}
