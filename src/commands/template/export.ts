import { args, ShowCommand } from '@pmx-cli/kit';

import type { TemplateExport } from '../../lib/operations/template/build/export.js';

export default class TemplateExportCommand extends ShowCommand<TemplateExport> {
  static override summary = 'Print how templates are made up, as a file that makes them elsewhere.';
  static override description = `The file is one for template build (also called template import): distribution, memory, cores, devices, tags,
options. The other cluster takes the image from its publisher, so it has the newest one. Disks are not in it: the
API of Proxmox VE gives none of them away. A template of another origin goes by template backup and template
restore. Without names all templates of distributions; of several versions the latest.`;
  static override examples = [
    '<%= config.bin %> template export > templates.yaml',
    '<%= config.bin %> template export debian-13 --json',
    '<%= config.bin %> template export debian-13 | <%= config.bin %> template import -f - --context other',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };

  protected override async show(): Promise<TemplateExport> {
    const [{ exportTemplates }, { newestOfEach }] = await Promise.all([
      import('../../lib/operations/template/build/export.js'),
      import('../../lib/operations/template/outdated.js'),
    ]);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const all = this.positionals.length === 0;
    const guests = await inventory.resolveGuests(all ? ['*'] : this.positionals, {
      type: 'qemu',
      template: true,
      noun: 'template',
      allowEmpty: all,
    });
    const { document, notes } = await exportTemplates(pve, newestOfEach(guests), all);
    for (const text of notes) this.output.note(text);
    return document;
  }

  protected override async view(document: TemplateExport): Promise<void> {
    const { exportText } = await import('../../lib/operations/template/build/export.js');
    this.output.print(exportText(document).trimEnd());
  }
}
