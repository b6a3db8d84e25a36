import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ContextRename extends ChangeCommand<{ name: string }> {
  static override summary = 'Rename a context; its secret goes along.';
  static override examples = ['<%= config.bin %> context rename lab home'];
  static override args = {
    name: Args.string({ description: 'Name of the context.', required: true, ignoreStdin: true }),
    'new-name': Args.string({ description: 'The other name.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan> {
    const { name, 'new-name': other } = this.argsOf(ContextRename);
    const { planContextRename } = await import('../../lib/operations/context/copy.js');
    return planContextRename(this.session.contexts, name, other);
  }

  protected override view({ name }: { name: string }): void {
    this.output.print(`Context ${this.argsOf(ContextRename).name} is now ${name}.`);
  }
}
