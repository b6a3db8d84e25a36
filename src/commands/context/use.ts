import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

export default class ContextUse extends ChangeCommand<{ name: string }> {
  static override summary = 'Make a context the current one.';
  static override examples = [
    '<%= config.bin %> context use lab',
    '<%= config.bin %> context use -',
  ];
  static override args = {
    name: Args.string({
      description: 'Name of the context, or - for the one before.',
      required: true,
      ignoreStdin: true,
    }),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(ContextUse);
    const { planContextUse } = await import('../../lib/operations/context/change.js');
    return planContextUse(this.session.contexts, name);
  }

  protected override async afterwards(): Promise<void> {
    const { name } = this.argsOf(ContextUse);
    const current = await this.session.contexts.current();
    if (name === '-' || current === name) return;
    this.output.warn(`Here the project file chooses '${current}' (pmx config path).`);
  }

  protected override view({ name }: { name: string }): void {
    this.output.print(`Context ${name} is current now.`);
  }
}
