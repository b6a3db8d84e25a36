import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ContextRemove extends ChangeCommand<{ name: string }> {
  static override summary = 'Remove a context and its stored secret.';
  static override examples = ['<%= config.bin %> context remove lab'];
  static override args = {
    name: Args.string({ description: 'Name of the context.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(ContextRemove);
    const { planContextRemove } = await import('../../lib/operations/context/change.js');
    return planContextRemove(this.session.contexts, name);
  }

  protected override view({ name }: { name: string }): void {
    this.output.print(`Context ${name} is gone.`);
  }
}
