import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { PromoteResult } from '../../lib/operations/template/promote.js';

export default class TemplateRollback extends ChangeCommand<PromoteResult> {
  static override summary = 'Let the bare name of a template mean the version before.';
  static override description = `The version that is "latest" now stays where it is and can be promoted again. VMs that exist stay as they are.`;
  static override examples = [
    '<%= config.bin %> template rollback debian-13',
    '<%= config.bin %> template rollback debian-13 --dry-run',
  ];
  static override args = { template: args.one('template') };

  protected override async plan(): Promise<Plan> {
    const { olderVersion, planPromote } = await import('../../lib/operations/template/promote.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [template] = await inventory.resolveGuests(this.positionals.slice(0, 1), {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    return planPromote(pve, inventory, await olderVersion(inventory, template!), 'rollback');
  }

  protected override view({ name, version, vmid, before }: PromoteResult): void {
    this.output.print(`${name} is version ${version} (${vmid}) again.`);
    if (before !== null) this.output.print(`  before: ${before}`);
  }
}
