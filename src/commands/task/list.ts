import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { duration, timestamp } from '../../lib/output/format.js';
import type { Task } from '../../lib/operations/task/read.js';

export default class TaskList extends ListCommand<Task> {
  static override summary = 'List tasks, newest first.';
  static override examples = [
    '<%= config.bin %> task list',
    '<%= config.bin %> task list --errors --limit 20',
    '<%= config.bin %> task list --vmid 101 --json',
  ];
  static override flags = {
    node: flags.onNode('Only tasks of this node.'),
    vmid: flags.vmid({ description: 'Only tasks of this guest.', helpGroup: undefined }),
    errors: Flags.boolean({ description: 'Only tasks that failed or warned.' }),
    limit: Flags.integer({ description: 'At most so many.', default: 50, min: 1, max: 10_000 }),
  };

  protected readonly whenEmpty = 'No tasks that you may see.';
  protected readonly columns: ReadonlyArray<Column<Task>> = [
    { header: 'started', key: 'startedSeconds', value: (row) => timestamp(row.startedSeconds) },
    { header: 'type', value: (row) => row.type },
    { header: 'id', value: (row) => row.id },
    { header: 'node', value: (row) => row.node },
    { header: 'user', value: (row) => row.user },
    {
      header: 'took',
      key: 'tookSeconds',
      value: (row) => duration(row.tookSeconds),
      align: 'right',
    },
    { header: 'status', value: (row) => row.status },
    { header: 'upid', value: (row) => row.upid },
  ];

  protected override async list(): Promise<Task[]> {
    const { listTasks } = await import('../../lib/operations/task/read.js');
    return listTasks(await this.pve(), await this.inventory(), this.flagsOf(TaskList));
  }
}
