import { Args, Flags } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

interface ContextImportResult {
  contexts: string[];
  secrets: string[];
}

export default class ContextImport extends ChangeCommand<ContextImportResult> {
  static override summary = 'Take over contexts that pmx context export has written.';
  static override examples = [
    '<%= config.bin %> context import contexts.yaml --dry-run',
    '<%= config.bin %> context import lab.age --only lab',
  ];
  static override args = {
    file: Args.string({
      description: 'YAML, JSON or age-encrypted file.',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    only: Flags.string({
      description: 'Only this context. May be given several times.',
      helpValue: 'NAME',
      multiple: true,
    }),
    replace: Flags.boolean({ description: 'Replace contexts of the same name.' }),
  };

  protected override async plan(): Promise<Plan> {
    const { file } = this.argsOf(ContextImport);
    const given = this.flagsOf(ContextImport);
    const { planContextImport } = await import('../../lib/operations/context/portable.js');
    return planContextImport(this.session.contexts, {
      file,
      names: given.only ?? [],
      replace: given.replace,
      prompt: this.session.prompt,
    });
  }

  protected override view({ contexts, secrets }: ContextImportResult): void {
    this.output.print(
      `Stored: ${contexts.join(', ')}${secrets.length > 0 ? ' with their secrets' : ''}.`,
    );
  }
}
