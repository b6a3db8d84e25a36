import { Flags } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import { bytes, duration, percent } from '../../lib/output/format.js';
import type { Resource, ResourceType } from '../../lib/operations/cluster/resources.js';

export default class ClusterResources extends ListCommand<Resource> {
  static override summary = 'List everything in the cluster: guests, nodes, storages, pools.';
  static override description =
    'One request. It lags up to 10 s behind a change, as the web interface does.';
  static override examples = [
    '<%= config.bin %> cluster resources',
    '<%= config.bin %> cluster resources --type vm,ct --sort-by -memoryUsedBytes',
    "<%= config.bin %> cluster resources --filter 'node=pve1' -o wide",
  ];
  static override flags = {
    type: Flags.option({
      description: 'Only these.',
      options: ['vm', 'ct', 'node', 'storage', 'pool', 'sdn'] as const,
      multiple: true,
      delimiter: ',',
    })(),
  };

  protected readonly whenEmpty = 'Nothing that you may see.';
  protected readonly columns: ReadonlyArray<Column<Resource>> = [
    { header: 'type', value: (row) => row.type },
    { header: 'id', value: (row) => row.id, wide: true },
    { header: 'vmid', value: (row) => row.vmid, align: 'right' },
    { header: 'name', value: (row) => row.name },
    { header: 'node', value: (row) => row.node },
    {
      header: 'status',
      value: (row) => (row.template === true ? 'template' : row.status),
    },
    { header: 'cpus', value: (row) => row.cpus, align: 'right' },
    { header: 'cpu', key: 'cpuUsage', value: (row) => percent(row.cpuUsage), align: 'right' },
    {
      header: 'mem used',
      key: 'memoryUsedBytes',
      value: (row) => bytes(row.memoryUsedBytes),
      align: 'right',
    },
    {
      header: 'memory',
      key: 'memoryBytes',
      value: (row) => bytes(row.memoryBytes),
      align: 'right',
    },
    {
      header: 'disk used',
      key: 'diskUsedBytes',
      value: (row) => bytes(row.diskUsedBytes),
      align: 'right',
    },
    { header: 'disk', key: 'diskBytes', value: (row) => bytes(row.diskBytes), align: 'right' },
    {
      header: 'uptime',
      key: 'uptimeSeconds',
      value: (row) => duration(row.uptimeSeconds),
      align: 'right',
      wide: true,
    },
    { header: 'pool', value: (row) => row.pool, wide: true },
  ];

  protected override reference({ vmid, name, id }: Resource): string {
    return vmid === undefined ? name || id : String(vmid);
  }

  protected override async list(): Promise<Resource[]> {
    const { listResources } = await import('../../lib/operations/cluster/resources.js');
    const { type } = this.flagsOf(ClusterResources);
    return listResources(
      await this.pve(),
      await this.inventory(),
      type as ResourceType[] | undefined,
    );
  }
}
