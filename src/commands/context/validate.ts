import { Args } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import type { ContextCheck } from '../../lib/operations/context/validate.js';

export default class ContextValidate extends ListCommand<ContextCheck> {
  static override summary = 'Check contexts without asking their servers.';
  static override description = 'Exit code 1 when something is wrong with one of them.';
  static override examples = [
    '<%= config.bin %> context validate',
    '<%= config.bin %> context validate lab --json',
  ];
  static override args = {
    name: Args.string({ description: 'Context; all when left out.', ignoreStdin: true }),
  };

  protected readonly whenEmpty = 'No contexts.';
  protected readonly columns: ReadonlyArray<Column<ContextCheck>> = [
    { header: 'name', value: (row) => row.name },
    { header: 'ok', value: (row) => (row.ok ? 'yes' : 'no') },
    { header: 'problems', value: (row) => row.problems.join(' ') || undefined },
  ];

  protected override async list(): Promise<ContextCheck[]> {
    const { name } = this.argsOf(ContextValidate);
    const { requireAllGood, validateContexts } =
      await import('../../lib/operations/context/validate.js');
    const checks = await validateContexts(this.session.contexts, name === undefined ? [] : [name]);
    requireAllGood(checks);
    return checks;
  }
}
