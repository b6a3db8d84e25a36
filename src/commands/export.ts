import { Args } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { ExportedManifest } from '../lib/operations/declare/export.js';

export default class Export extends ShowCommand<ExportedManifest[]> {
  static override summary = 'Print guests and pools as documents for pmx apply.';
  static override description = `Says everything that pmx apply compares and that is not as it would be anyway. Passwords are never part of it.
Applying what was exported changes nothing.`;
  static override examples = [
    '<%= config.bin %> export vm/web-01 > web.yaml',
    "<%= config.bin %> export 'vm/web-*' ct/proxy pool/lab",
    '<%= config.bin %> export template/debian-12 --json',
  ];
  static override strict = false;
  static override args = {
    what: Args.string({
      description:
        "KIND/NAME with vm, ct, template or pool; any number, also ranges and patterns ('vm/web-*').",
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<ExportedManifest[]> {
    const { exportManifests } = await import('../lib/operations/declare/export.js');
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    return exportManifests(pve, inventory, this.positionals);
  }

  protected override async view(documents: ExportedManifest[]): Promise<void> {
    const { toYaml } = await import('../lib/operations/declare/export.js');
    this.output.print(toYaml(documents).trimEnd());
  }
}
