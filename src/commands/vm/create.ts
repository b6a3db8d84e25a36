import { ChangeCommand, flags, parseGuestName, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import type { VmCreateResult } from '../../lib/operations/vm/create-request.js';

const cloudInit = 'CLOUD-INIT';

export default class VmCreate extends ChangeCommand<VmCreateResult> {
  static override summary = 'Create a VM from a template.';
  static override description = `Clones the template, sets what the flags say, and starts the VM if asked. When a step fails, everything
that was made is taken back.

Own cloud-init files go as an ISO, for the API of Proxmox VE takes no snippets. Without them the flags
--user, --ssh-key and --ip set up the cloud-init drive of Proxmox VE itself.`;
  static override examples = [
    '<%= config.bin %> vm create web-01 --template debian-12',
    '<%= config.bin %> vm create web-01 --template debian-12 --memory 2G --disk 20G --ip 10.0.0.5/24,gw=10.0.0.1 --user admin --ssh-key ~/.ssh/id_ed25519.pub --wait ip',
    '<%= config.bin %> vm create web-02 --template debian-12 --user-data web.yaml --start',
    '<%= config.bin %> vm create web-03 --template debian-12 --dry-run --as curl',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Name of the new VM, a DNS name.',
      ignoreStdin: true,
      parse: async (value) => parseGuestName(value),
    })({ required: true }),
  };
  static override flags = {
    template: Flags.string({
      char: 't',
      description: 'Name or id of the template.',
      required: true,
      helpValue: 'TEMPLATE',
    }),
    linked: Flags.boolean({
      description: "Linked clone: fast and small, on the template's storage.",
      exclusive: ['full'],
    }),
    full: Flags.boolean({ description: 'Full clone: independent of the template.' }),
    vmid: flags.vmid(),
    node: flags.node('Node for the VM; that of the template when left out.'),
    storage: flags.storage('Storage for the disks of a full clone.'),
    'iso-storage': Flags.string({
      description: 'Storage for the ISO with own cloud-init files.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    pool: flags.pool(),
    memory: flags.memory(),
    cores: flags.cores(),
    disk: flags.disk(),
    net: flags.net({ multiple: true }),
    ip: flags.ip({ helpGroup: cloudInit }),
    user: Flags.string({
      description: 'User that cloud-init makes.',
      helpGroup: cloudInit,
      helpValue: 'NAME',
    }),
    'ssh-key': Flags.string({
      description: 'File with public SSH keys of that user. May be given several times.',
      helpGroup: cloudInit,
      helpValue: 'FILE',
      multiple: true,
    }),
    'user-data': Flags.string({
      description: 'Own cloud-init user-data (#cloud-config, script or MIME).',
      helpGroup: cloudInit,
      helpValue: 'FILE',
    }),
    'network-config': Flags.string({
      description: 'Own cloud-init network-config.',
      helpGroup: cloudInit,
      helpValue: 'FILE',
    }),
    'meta-data': Flags.string({
      description: 'Own cloud-init meta-data.',
      helpGroup: cloudInit,
      helpValue: 'FILE',
    }),
    'vendor-data': Flags.string({
      description: 'Own cloud-init vendor-data.',
      helpGroup: cloudInit,
      helpValue: 'FILE',
    }),
    'cloud-init': Flags.option({
      description:
        "How cloud-init gets its data: Proxmox VE's own drive, or an ISO with own files (the default with such files is nocloud).",
      options: ['native', 'nocloud', 'configdrive'] as const,
      helpGroup: cloudInit,
    })(),
    tags: flags.tags(),
    start: Flags.boolean({ description: 'Start the VM.' }),
    wait: Flags.option({
      description:
        'Start the VM and wait until its guest agent answers, it has an address, or SSH answers.',
      options: ['agent', 'ip', 'ssh'] as const,
    })(),
    'wait-timeout': flags.timeout('How long --wait waits.', 300),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(VmCreate);
    const given = this.flagsOf(VmCreate);
    const { planVmCreate } = await import('../../lib/operations/vm/create.js');
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const [template] = await inventory.resolveGuests([given.template], {
      type: 'qemu',
      template: true,
      noun: 'template',
    });
    return planVmCreate(pve, inventory, {
      name,
      template: template!,
      clone: given.linked ? 'linked' : given.full ? 'full' : undefined,
      vmid: given.vmid,
      vmids: defaults.vmids,
      node: given.node ?? defaults.node,
      // A linked clone lives where its template does.
      storage: given.storage ?? (given.full ? defaults.storage : undefined),
      isoStorage: given['iso-storage'],
      memoryMebibytes: given.memory,
      cores: given.cores,
      disk: given.disk,
      networks: given.net ?? [],
      cloudInit: {
        kind: given['cloud-init'],
        user: given.user,
        sshKeyFiles: given['ssh-key'] ?? [],
        ip: given.ip,
        files: {
          userData: given['user-data'],
          networkConfig: given['network-config'],
          metaData: given['meta-data'],
          vendorData: given['vendor-data'],
        },
      },
      pool: given.pool ?? defaults.pool,
      tags: joinTags(defaults.tags, given.tags),
      start: given.start || given.wait !== undefined,
      wait: given.wait && { until: given.wait, timeoutSeconds: given['wait-timeout'] },
    });
  }

  protected override view(vm: VmCreateResult): void {
    const state = vm.started ? `running${vm.address ? ` at ${vm.address}` : ''}` : 'ready to start';
    this.output.print(`VM ${vm.vmid} (${vm.name}) on node ${vm.node} is ${state}.`);
  }
}

function joinTags(...lists: Array<readonly string[] | undefined>): string[] | undefined {
  const tags = [...new Set(lists.flatMap((list) => list ?? []))];
  return tags.length > 0 ? tags : undefined;
}
