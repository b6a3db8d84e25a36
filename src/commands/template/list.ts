import { type Column, flags, type Guest, ListCommand } from '@pmx-cli/kit';

import { bytes } from '../../lib/output/format.js';

export default class TemplateList extends ListCommand<Guest> {
  static override summary = 'List VM templates.';
  static override examples = [
    '<%= config.bin %> template list',
    '<%= config.bin %> template list --json',
  ];
  static override flags = { node: flags.onNode('Only templates on this node.') };

  protected readonly whenEmpty = 'No templates. Make one: pmx template create --image FILE';
  protected readonly columns: ReadonlyArray<Column<Guest>> = [
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'name', value: (row) => row.name },
    { header: 'node', value: (row) => row.node },
    { header: 'cpus', value: (row) => row.cpus, align: 'right' },
    { header: 'memory', value: (row) => bytes(row.memoryBytes), align: 'right' },
    { header: 'disk', value: (row) => bytes(row.diskBytes), align: 'right' },
    { header: 'tags', value: (row) => row.tags.join(',') },
  ];

  protected override async list(): Promise<Guest[]> {
    const { node } = this.flagsOf(TemplateList);
    const guests = await (await this.inventory()).guests();
    return guests
      .filter((guest) => guest.type === 'qemu' && guest.template)
      .filter((guest) => node === undefined || guest.node === node)
      .sort((a, b) => a.vmid - b.vmid);
  }
}
