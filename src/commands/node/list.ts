import { type Column, ListCommand, type Node } from '@pmx-cli/kit';

import { bytes, duration, percent } from '../../lib/output/format.js';

export default class NodeList extends ListCommand<Node> {
  static override summary = 'List the nodes of the cluster.';
  static override examples = ['<%= config.bin %> node list', '<%= config.bin %> node list --json'];

  protected readonly whenEmpty = 'No nodes.';
  protected readonly columns: ReadonlyArray<Column<Node>> = [
    { header: 'node', value: (row) => row.node },
    { header: 'status', value: (row) => row.status },
    { header: 'cpus', value: (row) => row.cpus, align: 'right' },
    { header: 'cpu', key: 'cpuUsage', value: (row) => percent(row.cpuUsage), align: 'right' },
    {
      header: 'memory',
      key: 'memoryBytes',
      value: (row) => bytes(row.memoryBytes),
      align: 'right',
    },
    {
      header: 'used',
      key: 'memoryUsedBytes',
      value: (row) => bytes(row.memoryUsedBytes),
      align: 'right',
    },
    {
      header: 'uptime',
      key: 'uptimeSeconds',
      value: (row) => duration(row.uptimeSeconds),
      align: 'right',
    },
  ];

  protected override async list(): Promise<Node[]> {
    const inventory = await this.inventory();
    const nodes = await inventory.nodes();
    for (const { node, status } of nodes) if (status === 'offline') inventory.unreachable.add(node);
    return nodes;
  }
}
