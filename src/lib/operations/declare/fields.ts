import type { Field, Fields } from './field.js';

export const apiVersion = 'pmx/v1';

const name = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;
const place = /^[a-z0-9][\w.-]*$/i;

const text = (description: string, example: string, more: Partial<Field> = {}): Field => ({
  type: 'text',
  description,
  example,
  nullable: true,
  ...more,
});
const flag = (description: string, option: string, byDefault: number): Field => ({
  type: 'boolean',
  description,
  example: true,
  option,
  byDefault,
  nullable: true,
});
const number = (
  description: string,
  option: string,
  min: number,
  max: number,
  byDefault?: number,
): Field => ({
  type: 'integer',
  description,
  example: min + 1,
  option,
  min,
  max,
  nullable: true,
  ...(byDefault !== undefined && { byDefault }),
});
const storage = (description: string): Field =>
  text(description, 'local-lvm', {
    pattern: place,
    rule: 'it must be the name of a storage',
    nullable: false,
  });
const size: Field = {
  type: 'text',
  description: 'How big it is at least: a smaller one grows, a bigger one is refused.',
  example: '20G',
  pattern: /^\d+(?:\.\d+)?[KMGT](?:i?B)?$/i,
  rule: 'it must be a number with K, M, G or T',
};
const driveFlag = (description: string): Field => ({ type: 'boolean', description, example: true });

const metadata: Fields = {
  name: {
    type: 'text',
    description: 'Name of the guest, which finds it again.',
    example: 'web-01',
    pattern: name,
    rule: 'it must be a DNS name',
  },
  vmid: {
    type: 'integer',
    description: 'Its id, which finds it again under any name; the next free one for a new guest.',
    example: 101,
    min: 100,
    max: 999_999_999,
  },
  node: {
    type: 'text',
    description: 'Node; any when left out.',
    example: 'pve1',
    pattern: place,
    rule: 'it must be the name of a node',
    replace: true,
  },
  pool: text('Pool; null takes the guest out of its pool.', 'lab'),
  tags: {
    type: 'list',
    description: 'All tags; an empty list takes all of them off.',
    example: ['web', 'prod'],
    pattern: /^[a-z0-9_][a-z0-9_+.-]*$/i,
    rule: 'it must be a list of tags of letters, digits, _ . + and -',
    option: 'tags',
  },
};

const description = text('Notes; lines of pmx itself are kept beside them.', 'Web server', {
  option: 'description',
});
const startup = text('Order and delays of start and shutdown.', 'order=2,up=30', {
  option: 'startup',
});

const drives: Field = {
  type: 'table',
  description: 'Drives by their slot. Slots that are not named stay as they are; null detaches.',
  example: { scsi0: '20G', ide2: { iso: 'local:iso/debian-13.iso' } },
  keys: /^(?:(?:ide|sata|scsi|virtio)\d+|efidisk0|tpmstate0)$/,
  rule: 'its keys must be slots like scsi0, virtio1, ide2, efidisk0, tpmstate0',
  short: 'a size like 20G',
  nullable: true,
  fields: {
    size,
    storage: storage('Storage of the volume.'),
    format: {
      type: 'choice',
      choices: ['raw', 'qcow2', 'vmdk'],
      description: 'Format, on storages that have a choice.',
      example: 'qcow2',
      making: true,
    },
    iso: text('Medium of a CD-ROM drive: volume, or none.', 'local:iso/debian-13.iso'),
    cloudInit: driveFlag("Proxmox VE's own cloud-init drive."),
    ssd: driveFlag('Tell the guest that it is an SSD.'),
    discard: driveFlag('Pass on what the guest discards.'),
    iothread: driveFlag('A thread of its own.'),
    backup: driveFlag('Part of backups.'),
    replicate: driveFlag('Part of replication.'),
    ro: driveFlag('Read-only.'),
    cache: {
      type: 'choice',
      choices: ['none', 'writethrough', 'writeback', 'unsafe', 'directsync'],
      description: 'Cache.',
      example: 'writeback',
    },
    aio: {
      type: 'choice',
      choices: ['native', 'threads', 'io_uring'],
      description: 'Kind of asynchronous I/O.',
      example: 'io_uring',
    },
    secureBoot: { ...driveFlag("Microsoft's keys are enrolled (efidisk0)."), making: true },
  },
};

const networks = (example: string): Field => ({
  type: 'table',
  description:
    'Network devices, as --net takes them. Those that are not named stay; null removes one.',
  example: { net0: example },
  keys: /^net\d+$/,
  rule: 'its keys must be net0, net1 …',
  short: `a text like ${example}`,
  nullable: true,
  fields: {},
});

const cloudInit: Fields = {
  user: text('User that is made.', 'admin', { option: 'ciuser' }),
  sshKeys: {
    type: 'list',
    description: 'Public SSH keys of that user.',
    example: ['ssh-ed25519 AAAA… me@laptop'],
    option: 'sshkeys',
  },
  upgrade: flag('Upgrade packages at the first boot.', 'ciupgrade', 1),
  nameserver: text('DNS server.', '10.0.0.53', { option: 'nameserver' }),
  searchdomain: text('Domain that names are searched in.', 'example.org', {
    option: 'searchdomain',
  }),
  addresses: {
    type: 'table',
    description: 'Addresses of network devices, as --ip takes them.',
    example: { net0: '10.0.0.5/24,gw=10.0.0.1' },
    keys: /^net\d+$/,
    rule: 'its keys must be net0, net1 …',
    short: 'a text like dhcp or 10.0.0.5/24,gw=10.0.0.1',
    nullable: true,
    fields: {},
  },
};

const hardware: Fields = {
  memory: {
    type: 'memory',
    description: 'Memory, in MiB or with a unit.',
    example: '2G',
    option: 'memory',
    byDefault: 512,
  },
  balloon: {
    type: 'memory',
    description: 'Least memory that ballooning leaves; 0 switches it off.',
    example: '1G',
    min: 0,
    option: 'balloon',
    nullable: true,
  },
  cores: number('CPU cores.', 'cores', 1, 8192, 1),
  sockets: number('CPU sockets.', 'sockets', 1, 8, 1),
  cpu: text('CPU type.', 'host', { option: 'cpu' }),
  numa: flag('NUMA nodes.', 'numa', 0),
  bios: {
    type: 'choice',
    choices: ['seabios', 'ovmf'],
    description: 'Firmware; a guest that is installed boots with the other one no more.',
    example: 'ovmf',
    option: 'bios',
    byDefault: 'seabios',
    replace: true,
  },
  machine: text('Machine type.', 'q35', { option: 'machine' }),
  scsihw: {
    type: 'choice',
    choices: ['lsi', 'lsi53c810', 'virtio-scsi-pci', 'virtio-scsi-single', 'megasas', 'pvscsi'],
    description: 'SCSI controller.',
    example: 'virtio-scsi-single',
    option: 'scsihw',
    byDefault: 'lsi',
  },
  ostype: text('Operating system, for what Proxmox VE tunes by it.', 'l26', {
    option: 'ostype',
    byDefault: 'other',
  }),
  vga: text('Display.', 'serial0', { option: 'vga', byDefault: 'std' }),
  serial0: text('First serial port.', 'socket', { option: 'serial0' }),
  agent: flag('The guest runs the QEMU guest agent.', 'agent', 0),
  boot: text('Order of devices to boot from.', 'order=scsi0;net0', { option: 'boot' }),
  tablet: flag('A tablet as pointer.', 'tablet', 1),
  kvm: flag('Virtualisation by the CPU.', 'kvm', 1),
  hotplug: text('What may change while it runs.', 'network,disk,usb', {
    option: 'hotplug',
    byDefault: 'network,disk,usb',
  }),
  onboot: flag('Start with the node.', 'onboot', 0),
  startup,
  protection: flag('Nobody may delete it.', 'protection', 0),
  description,
  disks: drives,
  networks: networks('vmbr0,tag=5'),
  cloudInit: {
    type: 'object',
    description: 'What cloud-init is told. Passwords are no part of a file.',
    example: { user: 'admin' },
    fields: cloudInit,
  },
};

const running: Field = {
  type: 'boolean',
  description: 'Whether it is to run: it is started, or asked to shut down.',
  example: true,
};

const volume: Fields = {
  size,
  storage: storage('Storage of the volume.'),
  backup: driveFlag('Part of backups.'),
  replicate: driveFlag('Part of replication.'),
  quota: driveFlag('Quotas of users.'),
  acl: driveFlag('Access control lists.'),
  ro: driveFlag('Read-only.'),
};

const container: Fields = {
  template: text('Container template that it is unpacked from.', 'debian-12', { making: true }),
  unprivileged: {
    ...flag('Root of the container is nobody on the node.', 'unprivileged', 0),
    replace: true,
    nullable: false,
  },
  running,
  memory: {
    type: 'memory',
    description: 'Memory, in MiB or with a unit.',
    example: '1G',
    option: 'memory',
    byDefault: 512,
  },
  swap: {
    type: 'memory',
    description: 'Swap; 0 for none.',
    example: '512M',
    min: 0,
    option: 'swap',
    byDefault: 512,
  },
  cores: number('CPU cores; all of the node when left out.', 'cores', 1, 8192),
  features: text('What it may do.', 'nesting=1,keyctl=1', { option: 'features' }),
  nameserver: text('DNS server.', '10.0.0.53', { option: 'nameserver' }),
  searchdomain: text('Domain that names are searched in.', 'example.org', {
    option: 'searchdomain',
  }),
  sshKeys: {
    type: 'list',
    description: 'Public SSH keys of root.',
    example: ['ssh-ed25519 AAAA… me@laptop'],
    making: true,
  },
  timezone: text('Time zone.', 'host', { option: 'timezone' }),
  onboot: flag('Start with the node.', 'onboot', 0),
  startup,
  protection: flag('Nobody may delete it.', 'protection', 0),
  description,
  rootfs: {
    type: 'object',
    description: 'Root disk.',
    example: { storage: 'local-lvm', size: '8G' },
    short: 'a size like 8G',
    fields: volume,
  },
  mounts: {
    type: 'table',
    description: 'Mount points with volumes. Those that are not named stay; null detaches.',
    example: { mp0: { path: '/data', size: '20G' } },
    keys: /^mp\d+$/,
    rule: 'its keys must be mp0, mp1 …',
    nullable: true,
    fields: { ...volume, path: text('Where it is mounted.', '/data', { nullable: false }) },
  },
  networks: networks('vmbr0,ip=dhcp'),
};

export type Kind = 'VirtualMachine' | 'Container' | 'Template' | 'Pool';

export interface KindSpec {
  description: string;
  metadata: Fields;
  spec: Fields;
}

/** What each kind of document may say. */
export const kinds: Readonly<Record<Kind, KindSpec>> = {
  VirtualMachine: {
    description: 'A VM.',
    metadata,
    spec: {
      template: text('Template that it is cloned from: name or id.', 'debian-12', {
        replace: true,
        nullable: false,
      }),
      clone: {
        type: 'choice',
        choices: ['linked', 'full'],
        description: 'How it is cloned; linked where the storage can.',
        example: 'full',
        making: true,
      },
      running,
      ...hardware,
    },
  },
  Container: { description: 'A container.', metadata, spec: container },
  Template: {
    description: 'A VM template.',
    metadata,
    spec: {
      image: text('Disk image that it is made from, beside this file.', 'debian-12.qcow2', {
        making: true,
      }),
      storage: { ...storage('Storage for its disk.'), making: true },
      ...hardware,
    },
  },
  Pool: {
    description: 'A pool; its members say so themselves.',
    metadata: {
      name: {
        type: 'text',
        description: 'Its name.',
        example: 'lab',
        pattern: /^[\w.-]+(?:\/[\w.-]+){0,2}$/,
        rule: 'it must be letters, digits, - _ and ., at most three levels with / between them',
      },
    },
    spec: { comment: text('What it is for.', 'Machines for trying things out') },
  },
};
