import { flags } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

const hardware = 'HARDWARE';
const cloudInit = 'CLOUD-INIT';

const number = (description: string, min: number, max: number, helpGroup = hardware) =>
  Flags.integer({ description, min, max, helpGroup, helpValue: 'N' });
const onOff = (description: string) => Flags.boolean({ description, allowNo: true });
const text = (description: string, helpValue: string, helpGroup?: string) =>
  Flags.string({ description, helpValue, ...(helpGroup !== undefined && { helpGroup }) });

/** What `vm set` and `ct set` both take. */
export const commonSetFlags = {
  description: text('Notes about the guest.', 'TEXT'),
  memory: flags.memory(),
  cores: flags.cores(),
  cpulimit: text('Limit of CPU time, in CPUs (1.5); 0 for none.', 'N', hardware),
  cpuunits: number('Weight of its CPU time against that of other guests.', 1, 262_144),
  onboot: onOff('Start it when its node starts.'),
  protection: onOff('Refuse to delete it and its disks.'),
  startup: text('Order and delays at the start of the node: order=1,up=30,down=60.', 'ORDER'),
  tags: flags.tags({ description: 'All tags, separated by commas; pmx … tag adds single ones.' }),
  nameserver: text('DNS servers for it, separated by blanks.', 'ADDRESS', cloudInit),
  searchdomain: text('DNS search domains for it.', 'DOMAIN', cloudInit),
  set: Flags.string({
    description: 'Any other option of the API. May be given several times.',
    helpValue: 'KEY=VALUE',
    multiple: true,
  }),
  delete: Flags.string({
    description: 'Remove an option, so that its default counts. May be given several times.',
    helpValue: 'KEY',
    multiple: true,
  }),
};

export const vmSetFlags = {
  name: flags.name(),
  ...commonSetFlags,
  balloon: number('Least memory in MiB when the host is short of it; 0 switches it off.', 0, 1e9),
  sockets: number('Number of CPU sockets.', 1, 32),
  vcpus: number('Number of CPUs that are plugged in at the start.', 1, 8192),
  cpu: text('Type of the CPU: host, x86-64-v2-AES, …', 'TYPE', hardware),
  numa: onOff('Show the guest a NUMA topology.'),
  agent: onOff('The guest has a QEMU guest agent.'),
  boot: text('Devices to boot from, in order: scsi0,net0.', 'DEVICE,…'),
  ostype: text('Kind of operating system: l26, win11, …', 'TYPE'),
  bios: Flags.option({
    description: 'Firmware.',
    options: ['seabios', 'ovmf'] as const,
    helpGroup: hardware,
  })(),
  machine: text('Machine type: q35, pc, …', 'TYPE', hardware),
  scsihw: text('SCSI controller: virtio-scsi-single, …', 'TYPE', hardware),
  vga: text('Display: std, serial0, virtio, none, …', 'TYPE', hardware),
  ciuser: text('User that cloud-init makes.', 'NAME', cloudInit),
  cipassword: Flags.boolean({
    description: "Ask for that user's password (or PMX_CIPASSWORD).",
    helpGroup: cloudInit,
  }),
  'cipassword-stdin': Flags.boolean({
    description: 'Read that password from stdin.',
    exclusive: ['cipassword'],
    helpGroup: cloudInit,
  }),
  'ssh-key': Flags.string({
    description: 'File with public SSH keys of that user. May be given several times.',
    helpGroup: cloudInit,
    helpValue: 'FILE',
    multiple: true,
  }),
  ip: flags.ip({ helpGroup: cloudInit }),
};

export const ctSetFlags = {
  hostname: flags.name({ description: 'Name of the container, a DNS name.', aliases: ['name'] }),
  ...commonSetFlags,
  swap: number('Swap in MiB.', 0, 1e9),
  features: text('Features beyond the usual: nesting=1,keyctl=1.', 'FEATURE,…', hardware),
  timezone: text('Time zone inside: host, or Europe/Berlin.', 'ZONE'),
  ostype: text('Kind of distribution: debian, alpine, …', 'TYPE'),
};

/** Flags whose value goes to the option of the same name as it is; booleans as 0 and 1. */
const plain = [
  'name',
  'hostname',
  'description',
  'memory',
  'cores',
  'cpulimit',
  'cpuunits',
  'onboot',
  'protection',
  'startup',
  'nameserver',
  'searchdomain',
  'balloon',
  'sockets',
  'vcpus',
  'cpu',
  'numa',
  'ostype',
  'bios',
  'machine',
  'scsihw',
  'vga',
  'ciuser',
  'swap',
  'features',
  'timezone',
] as const;

/** Values of the options that flags of the same name give. */
export function plainOptions(
  given: Readonly<Record<string, unknown>>,
): Record<string, string | number> {
  return Object.fromEntries(
    plain
      .filter((name) => given[name] !== undefined)
      .map((name) => {
        const value = given[name] as string | number | boolean;
        return [name, typeof value === 'boolean' ? Number(value) : value];
      }),
  );
}
