import { args, type Guest, type Plan } from '@pmx-cli/kit';

import { BackupCommand, backupFlags } from '../../lib/commands/guest/backup-command.js';

export default class TemplateBackup extends BackupCommand {
  static override summary = 'Back templates up, each into an archive.';
  static override description = `One archive for each. Its notes have name and version, by which template restore finds it when the template is
gone. The bare name means the version that is latest.`;
  static override examples = [
    '<%= config.bin %> template backup debian-13',
    '<%= config.bin %> template backup debian-13@2026.11.20 --storage local --protected',
    "<%= config.bin %> template backup '*' --keep 2 --dry-run",
  ];
  static override args = { template: args.targets('template') };
  static override flags = backupFlags;

  protected readonly targets = { type: 'qemu', template: true, noun: 'template' } as const;

  protected override async planFor(guests: readonly Guest[]): Promise<Plan[]> {
    const { templateReference } = await import('../../lib/operations/template/read.js');
    return this.plansWith(guests, (guest, notes) =>
      notes === backupFlags.notes.default ? templateReference(guest) : notes,
    );
  }
}
