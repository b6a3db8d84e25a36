import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { PromoteResult } from '../../lib/operations/template/promote.js';

export default class TemplatePromote extends ChangeCommand<PromoteResult> {
  static override summary = 'Let the bare name of a template mean this version.';
  static override description = `The tag "latest" goes from the present version to this one, with its copies on other nodes. VMs that exist stay as
they are. template rollback goes back to the version before; pmx undo takes the change back.`;
  static override examples = [
    '<%= config.bin %> template promote debian-13@2026.11.20',
    '<%= config.bin %> template promote 9001 --dry-run',
  ];
  static override args = { template: args.one('template, with its version (NAME@VERSION)') };

  protected override async plan(): Promise<Plan> {
    const { planPromote } = await import('../../lib/operations/template/promote.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [template] = await inventory.resolveGuests(this.positionals.slice(0, 1), {
      type: 'qemu',
      template: true,
      exactVersion: true,
      noun: 'template',
    });
    return planPromote(pve, inventory, template!);
  }

  protected override view({ name, version, vmid, before, changed }: PromoteResult): void {
    if (!changed) return;
    this.output.print(`${name} is version ${version} (${vmid}) now.`);
    if (before !== null) this.output.print(`  before: ${before}`);
  }
}
