import { Args, Flags } from '@oclif/core';
import { ChangeCommand, flags, parseGuestName, type Plan } from '@pmx-cli/kit';

import { requestOf } from '../../lib/commands/guest/vm-create-request.js';
import { vmHardware } from '../../lib/commands/guest/vm-hardware-flags.js';
import type { VmCreateResult } from '../../lib/operations/vm/create-request.js';

export default class VmDeployTimeshift extends ChangeCommand<VmCreateResult> {
  static override summary =
    'Create a jump VM for shifted clocks: guest agent, curl, and a client for old TLS.';
  static override description = `As "vm create" from a template of the catalogue, with cloud-init that installs the guest agent, curl and openssl and
adds "curl-legacy", which also speaks TLS 1.0 and takes small keys. Its address comes by DHCP, or from --network-config.
Then "pmx time shift" moves its clock, and "pmx time run" runs something in it at another date.`;
  static override examples = [
    '<%= config.bin %> vm deploy-timeshift jump-01 --ssh-key ~/.ssh/id_ed25519.pub',
    '<%= config.bin %> vm deploy-timeshift jump-01 --template ubuntu-24.04 --package firefox --memory 2G',
    '<%= config.bin %> vm deploy-timeshift jump-01 --dry-run',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Name of the new VM, a DNS name.',
      required: true,
      ignoreStdin: true,
      parse: async (value) => parseGuestName(value),
    })(),
  };
  static override flags = {
    template: Flags.string({
      char: 't',
      description: 'Name or id of the template; "pmx template create" makes one.',
      helpValue: 'TEMPLATE',
      default: 'debian-13',
    }),
    package: Flags.string({
      description:
        'Another package for it, as its distribution calls it. May be given several times.',
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    user: Flags.string({
      description: 'User that cloud-init makes; that of the distribution when left out.',
      helpValue: 'NAME',
    }),
    'ssh-key': Flags.string({
      description: 'File with public SSH keys of that user. May be given several times.',
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'network-config': Flags.string({
      description: 'Own cloud-init network-config.',
      helpValue: 'FILE',
    }),
    vmid: flags.vmid(),
    node: flags.node('Node for the VM; that of the template when left out.'),
    'iso-storage': Flags.string({
      description: 'Storage for the ISO with its cloud-init files.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    pool: flags.pool(),
    memory: flags.memory(),
    cores: flags.cores(),
    net: vmHardware.net,
    tags: flags.tags(),
    wait: flags.wait(),
    'wait-timeout': flags.timeout('How long to wait for the guest agent.', 600),
  };

  protected override async plan(): Promise<Plan> {
    const given = this.flagsOf(VmDeployTimeshift);
    const { template, package: packages = [], 'ssh-key': sshKeyFiles = [], user } = given;
    const [{ planJumpHost }, pve, inventory, defaults] = await Promise.all([
      import('../../lib/operations/vm/jump-host.js'),
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const { wait, 'wait-timeout': seconds, ...rest } = given;
    const vm = requestOf(
      {
        ...rest,
        'ssh-key': [],
        start: true,
        ...(wait && { wait: 'agent', 'wait-timeout': seconds }),
      },
      defaults,
    );
    const name = this.argsOf(VmDeployTimeshift).name!;
    return planJumpHost(pve, inventory, {
      vm: { ...vm, name, template },
      user,
      sshKeyFiles,
      packages,
    });
  }

  protected override view({ vmid, name, node }: VmCreateResult): void {
    this.output.print(`VM ${vmid} (${name}) on node ${node} is running.`);
    this.output.note(`  → pmx time run ${name} --to DATE -- curl-legacy https://HOST/`);
  }
}
