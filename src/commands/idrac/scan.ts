import { Args, Flags } from '@oclif/core';
import { type Column, ListCommand } from '@pmx-cli/kit';

import { type HostFlags, hostFlags, namedHosts } from '../../lib/commands/bmc/host-flags.js';
import type { FoundHost } from '../../lib/operations/idrac/look.js';

export default class IdracScan extends ListCommand<FoundHost> {
  static override summary = 'Find the management controllers of networks.';
  static override description = `No credentials are sent. Networks are IPv4 and at most /20; wider or public ones need --yes. With -o name each
is a line that "idrac check -f" takes.`;
  static override examples = [
    '<%= config.bin %> idrac scan 10.0.8.0/24',
    '<%= config.bin %> idrac scan 10.0.8.0/24 -o name',
  ];
  static override strict = false;
  static override args = {
    network: Args.string({
      description: 'Network (10.0.8.0/24) or host; any number.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...hostFlags,
    all: Flags.boolean({ description: 'Everything that speaks TLS there.' }),
    parallel: Flags.integer({
      description: 'Addresses that are tried at the same time.',
      default: 256,
      min: 1,
      max: 1024,
    }),
  };

  protected readonly whenEmpty = 'No management controller answers there.';
  protected readonly columns: ReadonlyArray<Column<FoundHost>> = [
    { header: 'host', value: (row) => row.host },
    { header: 'port', value: (row) => row.port, align: 'right', wide: true },
    { header: 'vendor', value: (row) => row.vendor ?? undefined },
    { header: 'generation', value: (row) => row.generation ?? undefined, align: 'right' },
    { header: 'firmware', value: (row) => row.firmware ?? undefined },
    { header: 'tag', key: 'serviceTag', value: (row) => row.serviceTag ?? undefined },
    { header: 'cert-ends', key: 'notAfter', value: (row) => row.notAfter?.slice(0, 10) },
    { header: 'tls', value: (row) => row.tls ?? undefined },
    { header: 'product', value: (row) => row.product ?? undefined, wide: true },
  ];

  protected override reference({ host, port }: FoundHost): string {
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  }

  protected override async list(): Promise<FoundHost[]> {
    const flags = this.parsedFlags as unknown as HostFlags & { all: boolean; parallel: number };
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    const { scan } = await import('../../lib/operations/idrac/look.js');
    const { output, signal } = this.session;
    const { parallel, all } = flags;
    const progress = (count: number): void =>
      output.status(count < targets.length ? `${count} of ${targets.length} addresses` : undefined);
    return scan({ targets, parallel, signal, progress }, all);
  }
}
