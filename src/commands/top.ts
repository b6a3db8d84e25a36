import { Args, Flags } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import { bytes, percent } from '../lib/output/format.js';
import type { Top as Meter, TopRow } from '../lib/operations/cluster/top.js';

const rate = (
  name: 'netIn' | 'netOut' | 'diskRead' | 'diskWrite',
  header: string,
): Column<TopRow> => ({
  header,
  key: `rates.${name}`,
  value: (row) => (row.rates === undefined ? undefined : `${bytes(row.rates[name])}/s`),
  align: 'right',
});

const guestOrNode: ReadonlyArray<Column<TopRow>> = [
  { header: 'vmid', value: (row) => row.vmid, align: 'right' },
  { header: 'name', value: (row) => row.name },
  { header: 'node', value: (row) => row.node },
  { header: 'cpu', key: 'cpuUsage', value: (row) => percent(row.cpuUsage), align: 'right' },
  { header: 'cpus', value: (row) => row.cpus, align: 'right' },
  {
    header: 'mem',
    key: 'memoryUsage',
    value: (row) => percent(row.memoryUsage),
    align: 'right',
  },
  {
    header: 'mem used',
    key: 'memoryUsedBytes',
    value: (row) => bytes(row.memoryUsedBytes),
    align: 'right',
  },
  rate('netIn', 'net in'),
  rate('netOut', 'net out'),
  rate('diskRead', 'read'),
  rate('diskWrite', 'written'),
];

const storage: ReadonlyArray<Column<TopRow>> = [
  { header: 'name', value: (row) => row.name },
  { header: 'node', value: (row) => row.node },
  { header: 'full', key: 'diskUsage', value: (row) => percent(row.diskUsage), align: 'right' },
  {
    header: 'used',
    key: 'diskUsedBytes',
    value: (row) => bytes(row.diskUsedBytes),
    align: 'right',
  },
  { header: 'total', key: 'diskBytes', value: (row) => bytes(row.diskBytes), align: 'right' },
];

export default class Top extends ListCommand<TopRow> {
  static override summary = 'Show who uses the most: processors, memory, network, disks.';
  static override description = `The busiest first (storages: the fullest), only what runs. Proxmox VE measures every 10 s. With --watch rates come
from one look to the next, before that from what the server has recorded of the last minute.`;
  static override examples = [
    '<%= config.bin %> top',
    '<%= config.bin %> top node --watch 5s',
    '<%= config.bin %> top vm --sort-by -memoryUsedBytes --limit 5',
    '<%= config.bin %> top storage --json',
  ];
  static override args = {
    kind: Args.string({
      description: 'Only these; guests of both kinds when left out.',
      options: ['vm', 'ct', 'node', 'storage'],
      ignoreStdin: true,
    }),
  };
  static override flags = {
    limit: Flags.integer({ description: 'At most so many.', default: 20, min: 1, max: 10_000 }),
  };

  #meter: Meter | undefined;

  protected get whenEmpty(): string {
    return 'Nothing runs that you may see.';
  }

  protected get columns(): ReadonlyArray<Column<TopRow>> {
    return this.argsOf(Top).kind === 'storage' ? storage : guestOrNode;
  }

  protected override reference({ vmid, name }: TopRow): string {
    return vmid === undefined ? name : String(vmid);
  }

  protected override async list(): Promise<TopRow[]> {
    this.#meter ??= await this.#newMeter();
    return this.#meter.round();
  }

  async #newMeter(): Promise<Meter> {
    const { Top: Rounds } = await import('../lib/operations/cluster/top.js');
    const { kind } = this.argsOf(Top);
    const types = kind === undefined ? (['vm', 'ct'] as const) : [kind as 'vm'];
    return new Rounds(await this.pve(), { types, limit: this.flagsOf(Top).limit });
  }
}
