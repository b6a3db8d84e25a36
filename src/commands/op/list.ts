import { Flags } from '@oclif/core';
import { type Column, ListCommand, type OperationSummary } from '@pmx-cli/kit';

export default class OpList extends ListCommand<OperationSummary> {
  static override summary = 'List what pmx has done on this machine, newest first.';
  static override examples = [
    '<%= config.bin %> op list',
    '<%= config.bin %> op list --open --json',
  ];
  static override flags = {
    open: Flags.boolean({
      description:
        'Only operations that are running, were interrupted, or could not be taken back.',
    }),
    limit: Flags.integer({ description: 'At most so many.', default: 50, min: 1, max: 10_000 }),
  };

  protected readonly whenEmpty = 'No operations.';
  protected readonly columns: ReadonlyArray<Column<OperationSummary>> = [
    { header: 'id', value: (row) => row.id },
    { header: 'status', value: (row) => row.status },
    { header: 'operation', value: (row) => row.operation },
    { header: 'target', value: (row) => row.target },
    { header: 'context', value: (row) => row.context },
    {
      header: 'started',
      key: 'startedAt',
      value: (row) => row.startedAt.slice(0, 19).replace('T', ' '),
    },
  ];

  protected override async list(): Promise<OperationSummary[]> {
    const { open, limit } = this.flagsOf(OpList);
    const ended = ['completed', 'rolled-back'];
    return (await this.session.operations.list())
      .filter((operation) => !open || !ended.includes(operation.status))
      .slice(0, limit);
  }
}
