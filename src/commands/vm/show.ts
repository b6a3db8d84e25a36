import { args, type Guest, ShowCommand } from '@pmx-cli/kit';

import { bytes, duration } from '../../lib/output/format.js';

interface VmDetails extends Guest {
  config: Record<string, string | number>;
}

export default class VmShow extends ShowCommand<VmDetails> {
  static override summary = 'Show a VM or template with its configuration.';
  static override examples = [
    '<%= config.bin %> vm show web-01',
    '<%= config.bin %> vm show 101 --json',
  ];
  static override args = { vm: args.one('VM') };

  protected override async show(): Promise<VmDetails> {
    const { vm } = this.argsOf(VmShow);
    const [guest] = await (
      await this.inventory()
    ).resolveGuests([vm], { type: 'qemu', noun: 'VM' });
    const pve = await this.pve();
    const config = await pve.get<Record<string, string | number>>(
      `/nodes/${guest!.node}/qemu/${guest!.vmid}/config`,
    );
    return { ...guest!, config };
  }

  protected override view(vm: VmDetails): void {
    const { digest: _, ...config } = vm.config;
    this.output.fields([
      ['VMID', vm.vmid],
      ['Name', vm.name],
      ['Kind', vm.template ? 'template' : 'VM'],
      ['Status', vm.status],
      ['Node', vm.node],
      ['Lock', vm.lock],
      ['Uptime', duration(vm.uptimeSeconds)],
      ['Memory', bytes(vm.memoryBytes)],
      ['Tags', vm.tags.join(', ')],
    ]);
    this.output.print('');
    this.output.fields(Object.entries(config).sort(([a], [b]) => a.localeCompare(b)));
  }
}
