import { Args } from '@oclif/core';
import { ChangeCommand, type Json, type Plan } from '@pmx-cli/kit';

export default class OpResume extends ChangeCommand<Json> {
  static override summary = 'Go on with an operation that was interrupted.';
  static override examples = [
    '<%= config.bin %> op resume 20261120-104233-k3f9a',
    '<%= config.bin %> op resume 20261120-104233-k3f9a --dry-run',
  ];
  static override args = {
    id: Args.string({ description: 'Id of the operation.', required: true, ignoreStdin: true }),
  };

  protected override plan(): Promise<Plan> {
    const { id } = this.argsOf(OpResume);
    return this.session.operations.continuation(id, 'resume');
  }

  protected override view(): void {
    this.output.print(`Operation ${this.argsOf(OpResume).id} is finished.`);
  }
}
