import { Args, Flags } from '@oclif/core';
import { ShowCommand } from '@pmx-cli/kit';

import type { Exported } from '../../lib/operations/context/portable.js';

export default class ContextExport extends ShowCommand<Exported> {
  static override summary = 'Print contexts as a file for another machine, without secrets.';
  static override description = `With --with-secrets the output is encrypted with a passphrase (age format; asked for, or PMX_PASSPHRASE).
It is read by pmx context import, and by age -d.`;
  static override examples = [
    '<%= config.bin %> context export > contexts.yaml',
    '<%= config.bin %> context export lab --with-secrets > lab.age',
  ];
  static override args = {
    name: Args.string({ description: 'Context; all when left out.', ignoreStdin: true }),
  };
  static override flags = {
    format: Flags.option({
      description: 'Format of the file.',
      options: ['yaml', 'json'] as const,
      default: 'yaml' as const,
    })(),
    'with-secrets': Flags.boolean({ description: 'With the stored secrets, encrypted.' }),
  };

  protected override async show(): Promise<Exported> {
    const { name } = this.argsOf(ContextExport);
    const given = this.flagsOf(ContextExport);
    const { exportContexts } = await import('../../lib/operations/context/portable.js');
    return exportContexts(this.session.contexts, {
      names: name === undefined ? [] : [name],
      format: given.format,
      withSecrets: given['with-secrets'],
      prompt: this.session.prompt,
    });
  }

  protected override view({ text }: Exported): void {
    this.output.print(text.trimEnd());
  }
}
