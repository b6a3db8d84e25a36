import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { RestoreResult } from '../../lib/operations/backup/restore.js';

export default class BackupRestore extends ChangeCommand<RestoreResult> {
  static override summary = 'Make a guest from a backup.';
  static override description = `Takes an archive, or a guest whose newest backup is meant. The guest gets its old VMID if that is free, else the
next free one and new MAC addresses. When something fails, the restored guest is removed again. --force replaces
the guest that has the VMID: that cannot be taken back, so it asks.`;
  static override examples = [
    '<%= config.bin %> backup restore web-01',
    '<%= config.bin %> backup restore web-01@latest --vmid 900 --name web-copy --start',
    '<%= config.bin %> backup restore local:backup/vzdump-qemu-101-2026_11_20-02_00_00.vma.zst --dry-run',
    '<%= config.bin %> backup restore 101 --force',
  ];
  static override args = {
    backup: Args.string({
      description: 'Archive, or a guest: its newest backup (web-01, 101@latest).',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    vmid: flags.vmid(),
    node: flags.onNode('Node to restore on; where the guest is, or the backup.'),
    storage: Flags.string({
      description: 'Storage for all disks; where they were when left out.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    name: flags.name(),
    start: Flags.boolean({ description: 'Start it afterwards.' }),
    force: Flags.boolean({ description: 'Replace the stopped guest that has the VMID.' }),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(BackupRestore);
    const { planRestore } = await import('../../lib/operations/backup/restore.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planRestore(pve, inventory, {
      backup: this.argsOf(BackupRestore).backup,
      vmid: given.vmid,
      vmids: defaults.vmids,
      node: given.node,
      storage: given.storage,
      name: given.name,
      start: given.start,
      force: given.force,
    });
  }

  protected override view({ vmid, name, node, backup, started }: RestoreResult): void {
    this.output.print(`${vmid} (${name}) is back on node ${node}, from ${backup}.`);
    if (started) this.output.print('It is running.');
  }
}
