import { ChangeCommand, flags, parseDiskSize, parseGuestName, type Plan } from '@pmx-cli/kit';
import { Args, Flags } from '@oclif/core';

import { containerHardware, containerSettings } from '../../lib/commands/guest/container-flags.js';
import type { CtCreateResult } from '../../lib/operations/ct/create.js';

const login = 'LOGIN';
const defaultRootfs = '8G';
const defaultBridge = 'vmbr0';

export default class CtCreate extends ChangeCommand<CtCreateResult> {
  static override summary = 'Create a container from a container template.';
  static override description = `Unpacks the template, sets what the flags say, and starts the container if asked. When a step fails,
everything that was made is taken back. Containers are unprivileged unless you say otherwise.`;
  static override examples = [
    '<%= config.bin %> ct create proxy --template debian-12 --net vmbr0,ip=dhcp --ssh-key ~/.ssh/id_ed25519.pub --start',
    '<%= config.bin %> ct create db-01 --template local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst --rootfs 20G --memory 2G --cores 2 --ip 10.0.0.7/24,gw=10.0.0.1 --wait ssh',
    'printf %s "$PASSWORD" | <%= config.bin %> ct create build --template alpine --features nesting=1,keyctl=1 --password-stdin',
    '<%= config.bin %> ct create proxy --template debian-12 --dry-run --as pvesh',
  ];
  static override args = {
    name: Args.custom<string>({
      description: 'Host name of the new container, a DNS name.',
      ignoreStdin: true,
      parse: async (value) => parseGuestName(value),
    })({ required: true }),
  };
  static override flags = {
    template: Flags.string({
      char: 't',
      description: 'Container template: volume, file name or its beginning (debian-12).',
      required: true,
      helpValue: 'TEMPLATE',
    }),
    vmid: flags.vmid(),
    node: flags.node('Node for the container; the one with most free memory when left out.'),
    storage: flags.storage('Storage for the root disk.'),
    pool: flags.pool(),
    rootfs: flags.disk({
      description: `Size of the root disk (20G); ${defaultRootfs} when left out.`,
    }),
    ...containerHardware,
    password: Flags.boolean({
      description: 'Ask for a password of root.',
      helpGroup: login,
      exclusive: ['password-stdin'],
    }),
    'password-stdin': Flags.boolean({
      description: 'Read the password of root from standard input.',
      helpGroup: login,
    }),
    'ssh-key': Flags.string({
      description: 'File with public SSH keys of root. May be given several times.',
      helpGroup: login,
      helpValue: 'FILE',
      multiple: true,
    }),
    tags: flags.tags(),
    start: Flags.boolean({ description: 'Start the container.' }),
    wait: Flags.option({
      description: 'Start the container and wait until it has an address, or SSH answers.',
      options: ['ip', 'ssh'] as const,
    })(),
    'wait-timeout': flags.timeout('How long --wait waits.', 300),
  };

  protected override async plan(): Promise<Plan> {
    const { name } = this.argsOf(CtCreate);
    const given = this.flagsOf(CtCreate);
    const { planCtCreate } = await import('../../lib/operations/ct/create.js');
    const { networks, settings } = await containerSettings(given);
    const [pve, inventory, defaults] = await Promise.all([
      this.pve(),
      this.inventory(),
      this.session.defaults(),
    ]);
    const withAddress = await networks(given.net, given.ip, defaults.bridge ?? defaultBridge);
    const tags = [...new Set([...(defaults.tags ?? []), ...(given.tags ?? [])])];
    return planCtCreate(pve, inventory, {
      name,
      template: given.template,
      vmid: given.vmid,
      vmids: defaults.vmids,
      node: given.node ?? defaults.node,
      storage: given.storage ?? defaults.storage,
      rootfs: given.rootfs ?? parseDiskSize(defaultRootfs),
      networks: withAddress,
      settings,
      password: await this.password(given),
      sshKeyFiles: given['ssh-key'] ?? [],
      pool: given.pool ?? defaults.pool,
      tags: tags.length > 0 ? tags : undefined,
      start: given.start || given.wait !== undefined,
      wait: given.wait && { until: given.wait, timeoutSeconds: given['wait-timeout'] },
    });
  }

  private async password(given: {
    password?: boolean;
    'password-stdin'?: boolean;
  }): Promise<string | undefined> {
    if (!given.password && !given['password-stdin']) return undefined;
    const { rootPassword } = await import('../../lib/operations/ct/password.js');
    return rootPassword(given['password-stdin'] === true, this.session.prompt);
  }

  protected override view(made: CtCreateResult): void {
    const address = made.address ? ` at ${made.address}` : '';
    const state = made.started ? `running${address}` : 'ready to start';
    this.output.print(`Container ${made.vmid} (${made.name}) on node ${made.node} is ${state}.`);
  }
}
