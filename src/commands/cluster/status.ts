import { type Column, type ListShape, ShowCommand } from '@pmx-cli/kit';

import type { ClusterNode, ClusterStatus } from '../../lib/operations/cluster/status.js';

const columns: ReadonlyArray<Column<ClusterNode>> = [
  { header: 'node', value: (row) => row.node },
  { header: 'online', value: (row) => row.online },
  { header: 'id', value: (row) => row.id, align: 'right' },
  { header: 'address', value: (row) => row.address },
  { header: 'version', value: (row) => row.version },
];

export default class ClusterStatusCommand extends ShowCommand<ClusterStatus> {
  static override summary =
    'Show whether the cluster has quorum, and its nodes with their versions.';
  static override examples = [
    '<%= config.bin %> cluster status',
    '<%= config.bin %> cluster status --json',
  ];

  protected override async show(): Promise<ClusterStatus> {
    const { readClusterStatus } = await import('../../lib/operations/cluster/status.js');
    return readClusterStatus(await this.pve(), await this.inventory());
  }

  protected override async view({ name, quorate, nodes }: ClusterStatus): Promise<void> {
    const versions = new Set(nodes.flatMap(({ version }) => version ?? []));
    const online = nodes.filter((node) => node.online).length;
    this.output.fields([
      ['Cluster', name ?? 'none: a single node'],
      [
        'Quorum',
        quorate === undefined ? undefined : quorate ? 'yes' : 'no: nothing can be changed',
      ],
      ['Nodes', `${online} of ${nodes.length} online`],
      ['Versions', versions.size > 1 ? `differ: ${[...versions].sort().join(', ')}` : undefined],
    ]);
    this.output.print('');
    const shape: ListShape<ClusterNode> = { columns, headers: true, reference: (row) => row.node };
    await this.output.table(nodes, shape);
  }
}
