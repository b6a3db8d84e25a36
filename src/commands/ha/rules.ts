import { type Column, ListCommand } from '@pmx-cli/kit';

import type { HaRule } from '../../lib/operations/ha/read.js';

export default class HaRules extends ListCommand<HaRule> {
  static override summary = 'List the rules that say where HA runs guests.';
  static override description = 'Since Proxmox VE 9 they stand where groups were before.';
  static override examples = ['<%= config.bin %> ha rules', '<%= config.bin %> ha rules --json'];

  protected readonly whenEmpty = 'No rules.';
  protected readonly columns: ReadonlyArray<Column<HaRule>> = [
    { header: 'rule', value: (row) => row.rule },
    { header: 'type', value: (row) => row.type },
    { header: 'resources', value: (row) => row.resources.join(',') },
    { header: 'nodes', value: (row) => row.nodes },
    { header: 'affinity', value: (row) => row.affinity },
    { header: 'enabled', value: (row) => (row.enabled ? 'yes' : 'no') },
    { header: 'comment', value: (row) => row.comment },
  ];

  protected override reference({ rule }: HaRule): string {
    return rule;
  }

  protected override async list(): Promise<HaRule[]> {
    const { haRules } = await import('../../lib/operations/ha/read.js');
    return haRules(await this.pve());
  }
}
