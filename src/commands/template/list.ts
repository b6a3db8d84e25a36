import { type Column, flags } from '@pmx-cli/kit';

import { templateColumns } from '../../lib/commands/guest/columns.js';
import { GuestListCommand } from '../../lib/commands/guest/list-command.js';
import type { TemplateRow } from '../../lib/operations/template/read.js';

export default class TemplateList extends GuestListCommand<TemplateRow> {
  static override summary = 'List VM templates with their versions.';
  static override description = `Several versions of a template share one name. The one tagged "latest" is what the bare name means
(vm create --template debian-13); another one is named with its version (debian-13@2026.11.20).`;
  static override examples = [
    '<%= config.bin %> template list',
    "<%= config.bin %> template list --filter 'name=debian-13' --sort-by version",
    '<%= config.bin %> template list --json',
  ];
  static override flags = { node: flags.onNode('Only templates on this node.') };

  protected readonly sort = { type: 'qemu', template: true } as const;
  protected readonly whenEmpty = 'No templates. Make one: pmx template create --image FILE';
  protected readonly columns: ReadonlyArray<Column<TemplateRow>> = [
    ...templateColumns.slice(0, 2),
    { header: 'version', value: ({ version }) => version ?? undefined },
    { header: 'latest', value: ({ latest }) => (latest ? 'yes' : undefined) },
    ...templateColumns.slice(2),
  ];

  protected override async list(): Promise<TemplateRow[]> {
    const { templateRow } = await import('../../lib/operations/template/read.js');
    return (await this.guests()).map(templateRow);
  }

  protected override reference(row: TemplateRow): string {
    const { name, version } = row;
    const reference = `${name}@${version}`;
    // Copies of one version on several nodes are told apart by their ids.
    return version !== null && this.#references.get(reference) === 1
      ? reference
      : super.reference(row);
  }

  #references = new Map<string, number>();

  protected override prepare(rows: readonly TemplateRow[]): void {
    super.prepare(rows);
    this.#references = new Map();
    for (const { name, version } of rows) {
      const key = `${name}@${version}`;
      this.#references.set(key, (this.#references.get(key) ?? 0) + 1);
    }
  }
}
