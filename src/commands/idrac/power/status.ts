import { type Column, ExitCode, ListCommand } from '@pmx-cli/kit';

import {
  hostArgs,
  type LoginFlags,
  loginFlags,
  sayWords,
} from '../../../lib/commands/bmc/controller-flags.js';
import { type HostFlags, hostFlags, namedHosts } from '../../../lib/commands/bmc/host-flags.js';
import type { PowerStatus } from '../../../lib/operations/idrac/power.js';

export default class IdracPowerStatus extends ListCommand<PowerStatus> {
  static override summary = 'Show whether servers are on, as their controllers know it.';
  static override description = `Logs in to each controller once, after its certificate was pinned or verified. A refused login is not tried again.`;
  static override examples = [
    '<%= config.bin %> idrac power status idrac-01.example.org --user root',
    '<%= config.bin %> idrac power status -f idracs.csv -o json',
  ];
  static override strict = false;
  static override args = hostArgs;
  static override flags = { ...hostFlags, ...loginFlags };

  protected readonly whenEmpty = 'No controller is named.';
  protected readonly columns: ReadonlyArray<Column<PowerStatus>> = [
    { header: 'host', value: (row) => row.host },
    { header: 'power', value: (row) => row.power },
    { header: 'health', value: (row) => row.health ?? undefined },
    { header: 'tag', key: 'serviceTag', value: (row) => row.serviceTag ?? undefined },
    { header: 'model', value: (row) => row.model ?? undefined },
    { header: 'os-name', key: 'hostName', value: (row) => row.hostName ?? undefined },
  ];

  protected override reference({ host }: PowerStatus): string {
    return host;
  }

  protected override async list(): Promise<PowerStatus[]> {
    const flags = this.parsedFlags as unknown as HostFlags & LoginFlags;
    sayWords(this.session, flags);
    const { targets } = await namedHosts(this.positionals, flags, this.session);
    const { openSome } = await import('../../../lib/operations/idrac/open-all.js');
    const { readPower } = await import('../../../lib/operations/idrac/power.js');
    const { wantsRedfish } = await import('../../../lib/operations/idrac/racadm.js');
    const open = await openSome(
      this.session.controllers,
      targets,
      wantsRedfish('power status'),
      ({ message }) => {
        this.output.warn(message);
        process.exitCode = ExitCode.proxmox;
      },
    );
    return Promise.all(open.map(readPower));
  }
}
