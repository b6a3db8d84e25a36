import { args, ShowCommand } from '@pmx-cli/kit';

import type { TemplateDetails } from '../../lib/operations/template/read.js';
import { bytes } from '../../lib/output/format.js';

export default class TemplateShow extends ShowCommand<TemplateDetails> {
  static override summary = 'Show where a template comes from and what was made from it.';
  static override description = `Source, digest and recipe are those that pmx wrote into its notes. Clones are found by their disks (linked
clones) and by their notes (vm create), which needs a look at the configuration of every VM.`;
  static override examples = [
    '<%= config.bin %> template show debian-13',
    '<%= config.bin %> template show debian-13@2026.11.20 --json',
  ];
  static override args = { template: args.one('template') };

  protected override async show(): Promise<TemplateDetails> {
    const { showTemplate } = await import('../../lib/operations/template/read.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [template] = await inventory.resolveGuests(this.positionals.slice(0, 1), {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    return showTemplate(pve, inventory, template!);
  }

  protected override view(template: TemplateDetails): void {
    const { config, clones, versions, recipe } = template;
    this.output.fields([
      ['VMID', template.vmid],
      ['Name', template.name],
      ['Version', template.version ?? undefined],
      ['Latest', template.latest ? 'yes' : undefined],
      ['Node', template.node],
      ['Source', template.source ?? undefined],
      ['SHA-256', template.sha256 ?? undefined],
      ['Made', template.made ?? undefined],
      ['Recipe', Object.keys(recipe).length > 0 ? JSON.stringify(recipe) : undefined],
      ['Memory', bytes(template.memoryBytes)],
      ['Tags', template.tags.join(', ')],
      ['Notes', template.notes || undefined],
      ['Clones', clones.length],
      ['Versions', versions.map((one) => one.version + (one.latest ? ' (latest)' : '')).join(', ')],
    ]);
    for (const { vmid, name, node, linked } of clones)
      this.output.print(`  ${linked ? 'linked' : 'copied'}  ${vmid} (${name}) on node ${node}`);
    const { digest: _, description: __, ...options } = config;
    this.output.print('');
    this.output.fields(Object.entries(options).sort(([a], [b]) => a.localeCompare(b)));
  }
}
