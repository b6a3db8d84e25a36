import { type Column, flags, type Guest, ListCommand } from '@pmx-cli/kit';

import { bytes, duration } from '../../lib/output/format.js';

export default class VmList extends ListCommand<Guest> {
  static override summary = 'List VMs.';
  static override description = 'Templates are listed by "pmx template list".';
  static override examples = [
    '<%= config.bin %> vm list',
    '<%= config.bin %> vm list --node pve1 --json',
  ];
  static override flags = { node: flags.onNode('Only VMs on this node.') };

  protected readonly whenEmpty = 'No VMs.';
  protected readonly columns: ReadonlyArray<Column<Guest>> = [
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'name', value: (row) => row.name },
    { header: 'status', value: (row) => row.status },
    { header: 'node', value: (row) => row.node },
    { header: 'cpus', value: (row) => row.cpus, align: 'right' },
    { header: 'memory', value: (row) => bytes(row.memoryBytes), align: 'right' },
    { header: 'disk', value: (row) => bytes(row.diskBytes), align: 'right' },
    { header: 'uptime', value: (row) => duration(row.uptimeSeconds), align: 'right' },
    { header: 'tags', value: (row) => row.tags.join(',') },
  ];

  protected override async list(): Promise<Guest[]> {
    const { node } = this.flagsOf(VmList);
    const guests = await (await this.inventory()).guests();
    return guests
      .filter((guest) => guest.type === 'qemu' && !guest.template)
      .filter((guest) => node === undefined || guest.node === node)
      .sort((a, b) => a.vmid - b.vmid);
  }
}
