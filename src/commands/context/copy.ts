import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ContextCopy extends ChangeCommand<{ name: string }> {
  static override summary = 'Copy a context with its stored secret.';
  static override examples = ['<%= config.bin %> context copy lab lab-read-only'];
  static override args = {
    name: Args.string({ description: 'Name of the context.', required: true, ignoreStdin: true }),
    'new-name': Args.string({ description: 'The other name.', required: true, ignoreStdin: true }),
  };

  protected override async plan(): Promise<Plan> {
    const { name, 'new-name': other } = this.argsOf(ContextCopy);
    const { planContextCopy } = await import('../../lib/operations/context/copy.js');
    return planContextCopy(this.session.contexts, name, other);
  }

  protected override view({ name }: { name: string }): void {
    this.output.print(`Context ${this.argsOf(ContextCopy).name} is copied to ${name}.`);
  }
}
