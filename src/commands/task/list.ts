import { type Column, flags, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import { duration, timestamp } from '../../lib/output/format.js';
import type { Task, TaskState } from '../../lib/operations/task/read.js';

const moment = Flags.custom<number>({
  parse: async (value) => (await import('../../lib/operations/task/moment.js')).parseMoment(value),
});

export default class TaskList extends ListCommand<Task> {
  static override summary = 'List tasks, newest first.';
  static override examples = [
    '<%= config.bin %> task list',
    '<%= config.bin %> task list --errors --limit 20',
    '<%= config.bin %> task list --vmid 101 --json',
    '<%= config.bin %> task list --type qmclone --since 2h --status error,warning',
  ];
  static override flags = {
    node: flags.onNode('Only tasks of this node.'),
    vmid: flags.vmid({ description: 'Only tasks of this guest.', helpGroup: undefined }),
    errors: Flags.boolean({ description: 'Only tasks that failed or warned.' }),
    status: Flags.option({
      description: 'Only tasks in these states.',
      options: ['running', 'ok', 'warning', 'error'] as const,
      multiple: true,
      delimiter: ',',
    })(),
    type: Flags.string({
      description: 'Only tasks of this type (qmstart, qmclone, vzdump …).',
      helpValue: 'TYPE',
    }),
    user: Flags.string({
      description: 'Only tasks of this user or token, or of those with this in their name.',
      helpValue: 'USER',
    }),
    since: moment({
      description: 'Only tasks begun since then: how long ago (2h), or a time (2026-11-20T08:00).',
      helpValue: 'TIME',
    }),
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
    const { status, ...filter } = this.flagsOf(TaskList);
    return listTasks(await this.pve(), await this.inventory(), {
      ...filter,
      ...(status && { states: status as TaskState[] }),
    });
  }
}
