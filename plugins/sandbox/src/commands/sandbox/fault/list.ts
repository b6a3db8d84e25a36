import { type Column, ListCommand } from '@pmx-cli/kit';

import { contextFlag, dataFlag } from '../../../control/flags.js';
import { locate } from '../../../control/location.js';
import { readFaults } from '../../../control/steering.js';
import { actionText } from '../../../server/faults/actions.js';
import type { FaultEntry } from '../../../server/faults/book.js';
import { matchText, startsAtOnce } from '../../../server/faults/rule.js';

export default class SandboxFaultList extends ListCommand<FaultEntry> {
  static override summary = 'List what goes wrong in the sandbox.';
  static override examples = ['<%= config.bin %> sandbox fault list'];
  static override flags = { context: contextFlag, data: dataFlag };

  protected readonly whenEmpty = 'No faults are in force.';
  protected readonly columns: ReadonlyArray<Column<FaultEntry>> = [
    { header: 'id', value: ({ id }) => id },
    {
      header: 'requests',
      key: 'match',
      value: (rule) => (startsAtOnce(rule) ? undefined : matchText(rule.match)),
    },
    { header: 'action', value: ({ action }) => actionText(action) },
    { header: 'seen', value: ({ seen }) => seen, align: 'right' },
    { header: 'happened', key: 'fired', value: ({ fired }) => fired, align: 'right' },
    { header: 'in force', key: 'active', value: ({ active }) => (active ? 'yes' : undefined) },
  ];

  protected override async list(): Promise<FaultEntry[]> {
    const location = locate(this.session.paths.data, this.flagsOf(SandboxFaultList).data);
    return (await readFaults(this.session, location)).faults;
  }
}
