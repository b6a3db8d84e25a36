import { Flags } from '@oclif/core';
import { args, ShowCommand } from '@pmx-cli/kit';

import type { ValidationResult } from '../../lib/operations/template/validate.js';

export default class TemplateValidate extends ShowCommand<ValidationResult[]> {
  static override summary = 'Look for what will go wrong with VMs made from templates.';
  static override description = `Reads the configuration only: memory, cores, disk and its bus, discard, boot order, network, cloud-init drive,
agent, serial port, EFI, tags, and leftovers such as media and unused disks. Whether it boots says template test.

Exit code 0 whatever is found. With --exit-code 1 when there is an error, and also a warning with --strict.`;
  static override examples = [
    '<%= config.bin %> template validate debian-13',
    '<%= config.bin %> template validate --exit-code --json',
  ];
  static override strict = false;
  static override args = { template: args.targets('template') };
  static override flags = {
    'exit-code': Flags.boolean({ description: 'End with 1 when there is an error.' }),
    strict: Flags.boolean({
      description: 'Warnings count as errors.',
      dependsOn: ['exit-code'],
    }),
  };

  protected override async show(): Promise<ValidationResult[]> {
    const { validateTemplate } = await import('../../lib/operations/template/validate.js');
    const { inParallel } = await import('../../lib/operations/shared/parallel.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    // Also VMs that are to become templates; without a name all templates.
    const all = this.positionals.length === 0;
    const guests = await inventory.resolveGuests(all ? ['*'] : this.positionals, {
      type: 'qemu',
      ...(all && { template: true, allowEmpty: true }),
      noun: all ? 'template' : 'VM',
    });
    const results = await inParallel(guests, (guest) => validateTemplate(pve, guest));
    const { 'exit-code': exitCode, strict } = this.flagsOf(TemplateValidate);
    const bad = results.some(({ findings }) =>
      findings.some(({ severity }) => severity === 'error' || (strict && severity === 'warning')),
    );
    if (exitCode && bad) process.exitCode = 1;
    return results;
  }

  protected override view(results: ValidationResult[]): void {
    if (results.length === 0) this.output.note('No templates.');
    for (const { vmid, name, findings } of results) {
      this.output.print(`${vmid} (${name}): ${findings.length === 0 ? 'ok' : ''}`.trimEnd());
      for (const { rule, severity, message, remedy } of findings) {
        this.output.print(`  ${severity.padEnd(7)}  ${rule}: ${message}`);
        if (severity !== 'info') this.output.print(`           → ${remedy}`);
      }
    }
  }
}
