import { args, type Column } from '@pmx-cli/kit';

import { AgentListCommand } from '../../../lib/commands/agent-read-command.js';

interface GuestInterface {
  name: string;
  mac?: string;
  addresses: string[];
}

interface Answer {
  name: string;
  'hardware-address'?: string;
  'ip-addresses'?: Array<{ 'ip-address': string; prefix: number }>;
}

export default class VmAgentNetwork extends AgentListCommand<GuestInterface> {
  static override summary = "List a guest's network interfaces with their addresses.";
  static override examples = ['<%= config.bin %> vm agent network web-01'];
  static override args = { vm: args.one('VM') };

  protected readonly whenEmpty = 'The agent reports no interface.';
  protected readonly columns: ReadonlyArray<Column<GuestInterface>> = [
    { header: 'name', value: (row) => row.name },
    { header: 'mac', value: (row) => row.mac },
    { header: 'addresses', value: (row) => row.addresses.join(', ') || undefined },
  ];

  protected override async list(): Promise<GuestInterface[]> {
    return (await this.ask<Answer[]>('network-get-interfaces')).map((device) => ({
      name: device.name,
      ...(device['hardware-address'] !== undefined && { mac: device['hardware-address'] }),
      addresses: (device['ip-addresses'] ?? []).map(
        (entry) => `${entry['ip-address']}/${entry.prefix}`,
      ),
    }));
  }
}
