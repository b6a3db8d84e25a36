import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

import type { ImportResult } from '../../lib/operations/config/import/plan.js';

export default class ConfigImport extends ChangeCommand<ImportResult> {
  static override summary = "Take over an older tool's configuration.";
  static override description =
    'A token found in it goes to the secret store, never into the configuration. The file is read, not run, and stays as it is.';
  static override examples = [
    '<%= config.bin %> config import .proxmox.conf --from cpcg --dry-run',
    '<%= config.bin %> config import .env --from proxmox-mpc --name lab',
  ];
  static override args = {
    file: Args.string({
      description: 'Configuration of the older tool.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    from: Flags.option({
      description: 'Which tool wrote it.',
      options: ['time-shift', 'homelab', 'cpcg', 'proxmox-mpc'] as const,
      required: true,
    })(),
    name: Flags.string({
      description: "Name of the new context; the tool's when left out.",
      helpValue: 'NAME',
    }),
    replace: Flags.boolean({ description: 'Replace a context of that name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { file } = this.argsOf(ConfigImport);
    const { from, name, replace } = this.flagsOf(ConfigImport);
    const { planConfigImport } = await import('../../lib/operations/config/import/plan.js');
    const { contexts, paths } = this.session;
    return planConfigImport(contexts, { paths, file, tool: from, name: name ?? from, replace });
  }

  protected override view({ context, settings, secretStored }: ImportResult): void {
    const what = [
      ...(context === null ? [] : [`context ${context}${secretStored ? ' with its secret' : ''}`]),
      ...settings,
    ];
    this.output.print(`Taken over: ${what.join(', ')}.`);
  }
}
