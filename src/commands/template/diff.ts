import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { TemplateDifference } from '../../lib/operations/template/diff.js';

export default class TemplateDiff extends ShowCommand<TemplateDifference[]> {
  static override summary = 'Show what two templates have differently.';
  static override description = `Options of the configuration, and what is recorded of how they came about: source, digest, recipe. Names of volumes
and MAC addresses are left out. Exit code as with diff: 0 when nothing differs, 1 when something does, or when the
request is wrong (then nothing is on standard output but the error).`;
  static override examples = [
    '<%= config.bin %> template diff debian-13@2026.11.13 debian-13@2026.11.20',
    '<%= config.bin %> template diff debian-13 ubuntu-24-04 --json',
  ];
  static override args = {
    a: Args.string({ description: 'Name or id of a template.', required: true, ignoreStdin: true }),
    b: Args.string({
      description: 'Name or id of the other template.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<TemplateDifference[]> {
    const { diffTemplates } = await import('../../lib/operations/template/diff.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const options = { type: 'qemu', template: true, noun: 'template' } as const;
    const { a, b } = this.argsOf(TemplateDiff);
    const [one] = await inventory.resolveGuests([a], options);
    const [other] = await inventory.resolveGuests([b], options);
    const differences = await diffTemplates(pve, one!, other!);
    if (differences.length > 0) process.exitCode = 1;
    return differences;
  }

  protected override view(differences: TemplateDifference[]): void {
    if (differences.length === 0) this.output.note('Nothing differs.');
    for (const { field, a, b } of differences) {
      this.output.print(field);
      if (a !== null) this.output.print(`  - ${a.split('\n').join('\n    ')}`);
      if (b !== null) this.output.print(`  + ${b.split('\n').join('\n    ')}`);
    }
  }
}
