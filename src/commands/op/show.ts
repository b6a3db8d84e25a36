import { Args } from '@oclif/core';
import { type OperationSummary, ShowCommand } from '@pmx-cli/kit';

const marks = {
  pending: ' ',
  started: '?',
  done: '✓',
  failed: '✗',
  undone: '↩',
  'undo-failed': '!',
};

export default class OpShow extends ShowCommand<OperationSummary> {
  static override summary = 'Show the steps of an operation and how far each one came.';
  static override examples = ['<%= config.bin %> op show 20261120-104233-k3f9a'];
  static override args = {
    id: Args.string({ description: 'Id of the operation.', required: true, ignoreStdin: true }),
  };

  protected override async show(): Promise<OperationSummary> {
    const { id } = this.argsOf(OpShow);
    return this.session.operations.show(id);
  }

  protected override view(operation: OperationSummary): void {
    this.output.fields([
      ['Operation', operation.id],
      ['What', operation.title],
      ['Status', operation.status],
      ['Context', operation.context],
      ['Server', operation.endpoint],
      ['Started', operation.startedAt],
      ['Ended', operation.endedAt],
    ]);
    this.output.print('');
    for (const step of operation.steps) {
      this.output.print(`${marks[step.status]} ${step.title} (${step.status})`);
      for (const upid of step.upids) this.output.print(`    ${upid}`);
      for (const text of step.warnings ?? []) this.output.print(`    ! ${text}`);
      if (step.error !== undefined) this.output.print(`    ${step.error}`);
    }
    if (operation.status === 'interrupted' || operation.status === 'failed') {
      this.output.note(`  → ${this.config.bin} op rollback ${operation.id}`);
    }
  }
}
