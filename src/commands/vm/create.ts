import { ChangeCommand, flags, parseGuestName, type Plan } from '@pmx-cli/kit';
import { Args, Flags, type Interfaces } from '@oclif/core';

import type { GivenVm } from '../../lib/commands/guest/vm-create-request.js';
import { vmHardware } from '../../lib/commands/guest/vm-hardware-flags.js';
import type { VmCreateResult } from '../../lib/operations/vm/create-request.js';

const cloudInit = 'CLOUD-INIT';
const many = 'SEVERAL';

export default class VmCreate extends ChangeCommand<VmCreateResult> {
  static override summary = 'Create VMs: from a template, with an ISO, or empty.';
  static override description = `From a template: clones it, sets what the flags say, and starts the VM if asked. With --iso: an installer in
the CD-ROM drive and an empty disk. With --empty: a VM and no medium. When a step fails, everything that was
made is taken back.

Several at once: web-01..05 or 'web-{n}' with --count, or a row each of a CSV file whose header has the names of
flags. Static addresses are counted up. Each VM is a change of its own: one that fails leaves the others.

Own cloud-init files go as an ISO, for the API of Proxmox VE takes no snippets. Without them the flags
--user, --ssh-key and --ip set up the cloud-init drive of Proxmox VE itself.`;
  static override examples = [
    '<%= config.bin %> vm create web-01 --template debian-12',
    '<%= config.bin %> vm create web-01 --template debian-12 --memory 2G --disk 20G --ip 10.0.0.5/24,gw=10.0.0.1 --user admin --ssh-key ~/.ssh/id_ed25519.pub --wait ip',
    '<%= config.bin %> vm create web-02 --template debian-12 --user-data web.yaml --start',
    '<%= config.bin %> vm create desk --iso debian-13.iso --disk 32G --disk fast:100G,ssd=1 --secure-boot --tpm --start',
    '<%= config.bin %> vm create web-01..05 --template debian-12 --ip 10.0.0.10/24,gw=10.0.0.1 --start',
    '<%= config.bin %> vm create --from-csv vms.csv --profile db',
    '<%= config.bin %> vm create -f vms.yaml --var domain=lab.example.org',
    '<%= config.bin %> vm create web-03 --template debian-12 --dry-run --as curl',
  ];
  static override args = {
    name: Args.custom<string>({
      description:
        "Name of the new VM, a DNS name; several: web-01..05, or 'web-{n}' with --count.",
      ignoreStdin: true,
      parse: async (value) => {
        const { isNamePattern } = await import('../../lib/operations/vm/names.js');
        return isNamePattern(value) ? value : parseGuestName(value);
      },
    })(),
  };
  static override flags = {
    template: Flags.string({
      char: 't',
      description: 'Name or id of the template.',
      helpValue: 'TEMPLATE',
      exclusive: ['empty'],
    }),
    iso: Flags.string({
      description: 'ISO for the CD-ROM drive: volume (local:iso/debian.iso) or file name.',
      helpValue: 'ISO',
      exclusive: ['empty'],
    }),
    empty: Flags.boolean({ description: 'A VM without template and medium.' }),
    profile: Flags.string({
      description: 'Profile of the configuration with flags for those left out (vm profile list).',
      helpValue: 'NAME',
    }),
    linked: Flags.boolean({
      description: "Linked clone: fast and small, on the template's storage.",
      exclusive: ['full', 'iso', 'empty'],
    }),
    full: Flags.boolean({
      description: 'Full clone: independent of the template.',
      exclusive: ['iso', 'empty'],
    }),
    count: Flags.integer({
      description: "How many VMs; the name then holds {n} ('web-{n}').",
      helpGroup: many,
      helpValue: 'N',
      min: 1,
      max: 1000,
    }),
    'from-csv': Flags.string({
      description: 'File with a row for each VM: the header has name and names of flags.',
      helpGroup: many,
      helpValue: 'FILE',
      exclusive: ['count'],
    }),
    file: Flags.string({
      char: 'f',
      description:
        'YAML file with documents of the kind VirtualMachine, folder with such files, or - (docs/manifests.md).',
      helpGroup: many,
      helpValue: 'FILE',
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['from-csv', 'count', 'profile', 'template', 'iso', 'empty'],
    }),
    var: Flags.string({
      description: 'Value for ${NAME} in the documents. May be given several times.',
      helpGroup: many,
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
      dependsOn: ['file'],
    }),
    vmid: flags.vmid({
      description: 'VMID to use, of several the first; the next free when left out.',
    }),
    node: flags.node('Node for the VM; that of the template when left out.'),
    storage: flags.storage('Storage for the disks of a full clone, and for new disks.'),
    'iso-storage': Flags.string({
      description: 'Storage for the ISO with own cloud-init files.',
      helpGroup: 'PLACEMENT',
      helpValue: 'STORAGE',
    }),
    pool: flags.pool(),
    ...vmHardware,
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
      multipleNonGreedy: true,
    }),
    nameserver: Flags.string({
      description: 'Address of a DNS server.',
      helpGroup: cloudInit,
      helpValue: 'IP',
    }),
    searchdomain: Flags.string({
      description: 'Domain that names are searched in.',
      helpGroup: cloudInit,
      helpValue: 'DOMAIN',
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

  /** What is needed depends on the rest: a person at a terminal is asked for no more than that. */
  protected override parse<
    F extends Interfaces.OutputFlags<never>,
    B extends Interfaces.OutputFlags<never>,
    A extends Interfaces.OutputArgs<never>,
  >(
    options: Interfaces.Input<F, B, A>,
    argv = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const says = (...names: string[]): boolean =>
      argv.some((word) => names.some((name) => word === name || word.startsWith(`${name}=`)));
    const fromFile = says('--from-csv', '--file') || argv.some((word) => /^-f/.test(word));
    const madeAnyhow = fromFile || says('--iso', '--empty', '--profile');
    const { name } = VmCreate.args;
    const { template } = VmCreate.flags;
    return super.parse(
      {
        ...options,
        baseFlags: VmCreate.baseFlags,
        args: { name: { ...name, required: !fromFile } },
        flags: { ...VmCreate.flags, template: { ...template, required: !madeAnyhow } },
      } as unknown as Interfaces.Input<F, B, A>,
      argv,
    );
  }

  protected override async plan(): Promise<Plan | Plan[]> {
    const { createRows } = await import('../../lib/operations/vm/create-rows.js');
    const { requestOf } = await import('../../lib/commands/guest/vm-create-request.js');
    const { planVms } = await import('../../lib/operations/vm/create-several.js');
    const given = this.flagsOf(VmCreate);
    if (given.file) return this.planFiles(given.file, given.var ?? []);
    const name = this.argsOf(VmCreate).name;
    const rows = await createRows(this.session, {
      argv: this.argv,
      profile: given.profile,
      csv: given['from-csv'],
      name,
      definitions: VmCreate.flags,
      parse: (argv) => super.parse(VmCreate, argv),
    });
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const plans = await planVms(
      pve,
      inventory,
      rows.map(({ name: pattern, flags: merged }) => ({
        pattern,
        ...(given.count !== undefined && { count: given.count }),
        request: requestOf(merged as GivenVm, defaults),
      })),
    );
    const single =
      given['from-csv'] === undefined &&
      given.count === undefined &&
      name === plans[0]?.target.slice('VM '.length);
    return single ? plans[0]! : plans;
  }

  private async planFiles(files: string[], variables: string[]): Promise<Plan[]> {
    const { planVmFiles } = await import('../../lib/operations/declare/create-vms.js');
    const { raw } = await super.parse(VmCreate, this.argv);
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    return planVmFiles(pve, inventory, {
      files,
      variables,
      words: raw.map((word) => (word.type === 'flag' ? `--${word.flag}` : word.input)),
      defaults,
      signal: this.session.signal,
    });
  }

  protected override view(vm: VmCreateResult): void {
    const state = vm.started ? `running${vm.address ? ` at ${vm.address}` : ''}` : 'ready to start';
    this.output.print(`VM ${vm.vmid} (${vm.name}) on node ${vm.node} is ${state}.`);
  }
}
