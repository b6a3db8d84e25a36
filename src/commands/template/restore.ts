import { ChangeCommand, flags, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { TemplateRestoreResult } from '../../lib/operations/template/restore.js';

export default class TemplateRestore extends ChangeCommand<TemplateRestoreResult> {
  static override summary = 'Make a template from its backup.';
  static override description = `Takes an archive, or the name of a template whose newest backup is meant, also when the template is gone. The
template gets its old VMID if that is free, its version, and its notes. It is latest when it was and no other
version is, or with --promote. An archive of a VM is refused.`;
  static override examples = [
    '<%= config.bin %> template restore debian-13@2026.11.20',
    '<%= config.bin %> template restore debian-13 --storage local-lvm --promote',
    '<%= config.bin %> template restore local:backup/vzdump-qemu-900-2026_11_20-02_00_00.vma.zst --name debian-old --dry-run',
  ];
  static override args = {
    backup: Args.string({
      description: 'Archive, or a template: its newest backup.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    vmid: flags.vmid(),
    node: flags.onNode('Node to restore on; where the template is, or the backup.'),
    storage: Flags.string({
      description: 'Storage for all disks; where they were when left out.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    name: flags.name(),
    promote: Flags.boolean({ description: 'Let the bare name mean it from then on.' }),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(TemplateRestore);
    const { planTemplateRestore } = await import('../../lib/operations/template/restore.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planTemplateRestore(pve, inventory, {
      backup: this.argsOf(TemplateRestore).backup,
      vmid: given.vmid,
      vmids: defaults.vmids,
      node: given.node,
      storage: given.storage,
      name: given.name,
      promote: given.promote,
    });
  }

  protected override view({
    vmid,
    name,
    version,
    latest,
    node,
    backup,
  }: TemplateRestoreResult): void {
    const reference = version === null ? name : `${name}@${version}`;
    this.output.print(
      `Template ${vmid} (${reference}) is back on node ${node}${latest ? ', and latest' : ''}, from ${backup}.`,
    );
  }
}
