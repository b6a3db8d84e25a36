import { Flags } from '@oclif/core';
import { type Column, ShowCommand, watchInterval } from '@pmx-cli/kit';

import { bytes, percent } from '../lib/output/format.js';
import type { Level, Overview, Use } from '../lib/operations/cluster/overview.js';

type Line = readonly [label: string, value: string | undefined];

const columns: ReadonlyArray<Column<Line>> = [
  { header: 'what', value: ([label]) => label },
  { header: 'state', value: ([, value]) => value },
];

export default class Status extends ShowCommand<Overview> {
  static override summary = 'Show the connection, what there is, and how much of it is used.';
  static override description =
    'Use is moderate from 70 % and critical from 85 %; the load is that of the nodes themselves.';
  static override examples = [
    '<%= config.bin %> status',
    '<%= config.bin %> status --watch 10s',
    '<%= config.bin %> status --json',
  ];
  static override flags = {
    watch: Flags.string({
      description: 'Show it again and again, until Ctrl-C; --watch alone means every 2s.',
      helpValue: 'INTERVAL',
    }),
  };

  override async run(): Promise<Overview> {
    const interval = watchInterval(this.flagsOf(Status).watch, this.output.format);
    if (interval === undefined) return super.run();
    const { watched } = await import('../lib/commands/watched.js');
    const show = (): Promise<Overview> => this.show();
    return watched(this.session, { interval, columns, headers: false, show, linesOf });
  }

  protected override async show(): Promise<Overview> {
    const { readOverview } = await import('../lib/operations/cluster/overview.js');
    const pve = await this.pve();
    const asked = this.parsedFlags['context'] as string | undefined;
    return readOverview(pve, asked ?? (await this.session.contexts.current()));
  }

  protected override view(overview: Overview): void {
    this.output.fields(linesOf(overview));
  }
}

function linesOf(overview: Overview): Line[] {
  const { context, nodes, vms, containers, storages } = overview;
  const server = `${overview.endpoint} as ${overview.user}, Proxmox VE ${overview.version}`;
  const lines: Line[] = [
    ['Connection', context === undefined ? server : `${context}: ${server}`],
    ['Nodes', `${nodes.online} of ${nodes.total} online`],
    ['VMs', `${vms.running} of ${vms.total} running`],
    ['Containers', `${containers.running} of ${containers.total} running`],
    ['Templates', String(overview.templates)],
    ['Storages', `${storages.available} of ${storages.total} available`],
    ['CPU', useText(overview.cpu, (count) => `${Number(count.toFixed(1))}`, 'CPUs')],
    ['Memory', useText(overview.memory, (size) => bytes(size)!)],
    ['Storage', useText(overview.storage, (size) => bytes(size)!)],
    ...overview.load.map(({ node, average, cpus, level }): Line => [
      `Load of ${node}`,
      `${average.map((load) => load.toFixed(2)).join(' ')} on ${cpus} CPUs${remark(level)}`,
    ]),
  ];
  return lines.filter(([, value]) => value !== undefined);
}

function useText(
  use: Use | undefined,
  amount: (value: number) => string,
  unit?: string,
): string | undefined {
  if (!use) return undefined;
  const of = `${amount(use.used)} of ${amount(use.total)}${unit === undefined ? '' : ` ${unit}`}`;
  return `${percent(use.ratio)} (${of})${remark(use.level)}`;
}

function remark(level: Level): string {
  return level === 'ok' ? '' : `, ${level}`;
}
