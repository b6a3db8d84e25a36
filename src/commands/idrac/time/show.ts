import { Flags } from '@oclif/core';
import { type Column, ExitCode, ListCommand } from '@pmx-cli/kit';

import {
  hostArgs,
  type LoginFlags,
  loginFlags,
  sayWords,
} from '../../../lib/commands/bmc/controller-flags.js';
import { type HostFlags, hostFlags, namedHosts } from '../../../lib/commands/bmc/host-flags.js';
import type { ClockReport } from '../../../lib/operations/idrac/clock.js';

export default class IdracTimeShow extends ListCommand<ClockReport> {
  static override summary = 'Show how far the clocks of controllers are off.';
  static override description = `By a header of their web servers, without a login. With --auth the clock itself is asked, and whether it follows NTP.`;
  static override examples = [
    '<%= config.bin %> idrac time show 10.0.8.0/24',
    '<%= config.bin %> idrac time show idrac-01.example.org --auth --user root',
  ];
  static override strict = false;
  static override args = hostArgs;
  static override flags = {
    ...hostFlags,
    ...loginFlags,
    auth: Flags.boolean({ description: 'Log in, and ask the clock itself.' }),
  };

  protected readonly whenEmpty = 'No controller is named.';
  protected readonly columns: ReadonlyArray<Column<ClockReport>> = [
    { header: 'host', value: (row) => row.host },
    {
      header: 'ahead',
      key: 'skewSeconds',
      value: (row) => (row.skewSeconds === null ? undefined : `${row.skewSeconds} s`),
      align: 'right',
    },
    { header: 'time', value: (row) => row.time ?? undefined },
    {
      header: 'ntp',
      value: (row) => (row.ntp === null ? undefined : row.ntp ? 'on' : 'off'),
    },
    { header: 'servers', value: (row) => row.servers.join(', ') || undefined },
  ];

  protected override reference({ host }: ClockReport): string {
    return host;
  }

  protected override async list(): Promise<ClockReport[]> {
    const flags = this.parsedFlags as unknown as HostFlags & LoginFlags & { auth: boolean };
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    const { readClock, readClocks } = await import('../../../lib/operations/idrac/clock.js');
    if (!flags.auth) return readClocks(targets, this.session.signal);
    sayWords(this.session, flags);
    const { openSome } = await import('../../../lib/operations/idrac/open-all.js');
    const { wantsRedfish } = await import('../../../lib/operations/idrac/racadm.js');
    const open = await openSome(
      this.session.controllers,
      targets,
      wantsRedfish('time show'),
      ({ message }) => {
        this.output.warn(message);
        process.exitCode = ExitCode.proxmox;
      },
    );
    return Promise.all(open.map(readClock));
  }
}
