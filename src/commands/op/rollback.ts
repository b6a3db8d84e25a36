import { Args } from '@oclif/core';
import { ChangeCommand, type Plan } from '@pmx-cli/kit';

interface TakenBack {
  operation: string;
  /** `completed`: what cannot be taken back had happened, so the rest was carried out. */
  status: 'rolled-back' | 'completed';
  /** Titles of the steps that this took. */
  done: string[];
}

export default class OpRollback extends ChangeCommand<TakenBack> {
  static override summary = 'Take back an operation that was interrupted or could not be undone.';
  static override examples = [
    '<%= config.bin %> op rollback 20261120-104233-k3f9a',
    '<%= config.bin %> op rollback 20261120-104233-k3f9a --dry-run',
  ];
  static override args = {
    id: Args.string({ description: 'Id of the operation.', required: true, ignoreStdin: true }),
  };

  protected override plan(): Promise<Plan> {
    const { id } = this.argsOf(OpRollback);
    return this.session.operations.continuation(id, 'rollback');
  }

  protected override view(): void {
    this.output.print(`Operation ${this.argsOf(OpRollback).id} is taken back.`);
  }
}
