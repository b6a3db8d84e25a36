import { args, ChangeCommand, type Plan } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { DeleteResult } from '../../lib/operations/guest/delete/plan.js';

export default class TemplatePrune extends ChangeCommand<DeleteResult> {
  static override summary = 'Delete old versions of templates.';
  static override description = `Of each name the newest --keep versions stay, the one tagged "latest" whatever its age, and those that linked
clones stand on: they are named. Templates without a version are not touched. Asks, unless --yes is given.`;
  static override examples = [
    '<%= config.bin %> template prune debian-13 --keep 3',
    '<%= config.bin %> template prune --keep 2 --dry-run',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };
  static override flags = {
    keep: Flags.integer({
      description: 'How many versions of each name stay, the newest ones.',
      helpValue: 'N',
      required: true,
      min: 1,
      max: 1000,
    }),
  };

  protected override async plan(): Promise<Plan[]> {
    const { planTemplatePrune } = await import('../../lib/operations/template/prune.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const named = await inventory.resolveGuests(
      this.positionals.length > 0 ? this.positionals : ['*'],
      { type: 'qemu', template: true, noun: 'template', allowEmpty: this.positionals.length === 0 },
    );
    const { keep } = this.flagsOf(TemplatePrune);
    const { plans, kept } = await planTemplatePrune(pve, inventory, named, keep);
    for (const text of kept) this.output.note(text);
    if (plans.length === 0) this.output.note('No version is to be deleted.');
    return plans;
  }

  protected override view({ removed: [template = ''] }: DeleteResult): void {
    this.output.print(`${template.charAt(0).toUpperCase()}${template.slice(1)} is gone.`);
  }
}
