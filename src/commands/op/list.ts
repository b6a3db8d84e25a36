import { Flags } from '@oclif/core';
import {
  type Column,
  ListCommand,
  type OperationStatus,
  type OperationSummary,
  parseAge,
} from '@pmx-cli/kit';

export default class OpList extends ListCommand<OperationSummary> {
  static override summary = 'List what pmx has done on this machine, newest first.';
  static override examples = [
    '<%= config.bin %> op list',
    '<%= config.bin %> op list --open --json',
    '<%= config.bin %> op list --status failed --since 7d',
  ];
  static override flags = {
    open: Flags.boolean({
      description:
        'Only operations that are running, were interrupted, or could not be taken back.',
    }),
    status: Flags.option({
      description: 'Only operations that stand so. May be given several times.',
      options: ['running', 'completed', 'rolled-back', 'interrupted', 'failed'] as const,
      multiple: true,
    })(),
    since: Flags.custom<number>({
      description: 'Only operations that began at most so long ago (12h, 30d).',
      helpValue: 'AGE',
      parse: async (value) => parseAge(value),
    })(),
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
    const { open, limit, status, since } = this.flagsOf(OpList);
    const ended: OperationStatus[] = ['completed', 'rolled-back'];
    const from = since === undefined ? '' : new Date(Date.now() - since).toISOString();
    return (await this.session.operations.list())
      .filter((operation) => !open || !ended.includes(operation.status))
      .filter((operation) => status === undefined || status.includes(operation.status))
      .filter(({ startedAt }) => startedAt >= from)
      .slice(0, limit);
  }
}
