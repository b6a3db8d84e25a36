import { nameRule, tagRule } from './rules.js';
import type { Spec } from './spec.js';

const size = {
  pattern: /^\d+(?:\.\d+)?[KMGT]?(?:i?B)?$/i,
  rule: 'it must be a size like 2048 or 2G',
} as const;

/**
 * What a profile may say: flags of `vm create` by their names. None that reads a file, for a profile
 * may come with somebody else's repository.
 */
export const profileFields: Readonly<Record<string, Spec>> = {
  template: { type: 'string', description: 'Template.', example: 'debian-12' },
  iso: { type: 'string', description: 'ISO for the CD-ROM drive.', example: 'debian-13.iso' },
  empty: { type: 'boolean', description: 'No template and no medium.', example: 'true' },
  linked: { type: 'boolean', description: 'Linked clone.', example: 'true' },
  full: { type: 'boolean', description: 'Full clone.', example: 'true' },
  node: { type: 'string', ...nameRule, description: 'Node.', example: 'pve1' },
  storage: { type: 'string', ...nameRule, description: 'Storage for disks.', example: 'local-lvm' },
  pool: { type: 'string', ...nameRule, description: 'Pool.', example: 'lab' },
  memory: { type: 'string', ...size, description: 'Memory.', example: '4G' },
  balloon: { type: 'string', ...size, description: 'Least memory.', example: '1G' },
  cores: { type: 'integer', min: 1, max: 8192, description: 'CPU cores.', example: '4' },
  sockets: { type: 'integer', min: 1, max: 8, description: 'CPU sockets.', example: '1' },
  cpu: { type: 'string', description: 'CPU type.', example: 'host' },
  numa: { type: 'boolean', description: 'NUMA nodes.', example: 'true' },
  disk: {
    type: 'list',
    separator: /\s+/,
    rule: 'it must be a list of disks like 20G or fast:100G,ssd=1',
    description: 'Disks, as --disk takes them.',
    example: '20G fast:100G,ssd=1',
  },
  diskFormat: {
    type: 'choice',
    choices: ['raw', 'qcow2', 'vmdk'],
    description: 'Format of new disks.',
    example: 'qcow2',
  },
  ssd: { type: 'boolean', description: 'New disks are SSDs.', example: 'true' },
  net: {
    type: 'list',
    separator: /\s+/,
    rule: 'it must be a list of network devices like vmbr0,tag=5',
    description: 'Network devices, as --net takes them.',
    example: 'vmbr0,tag=5',
  },
  bios: {
    type: 'choice',
    choices: ['seabios', 'ovmf'],
    description: 'Firmware.',
    example: 'ovmf',
  },
  efi: { type: 'boolean', description: 'UEFI.', example: 'true' },
  secureBoot: { type: 'boolean', description: 'UEFI with keys enrolled.', example: 'true' },
  tpm: { type: 'boolean', description: 'A TPM 2.0.', example: 'true' },
  machine: { type: 'string', description: 'Machine type.', example: 'q35' },
  scsihw: { type: 'string', description: 'SCSI controller.', example: 'virtio-scsi-single' },
  ostype: { type: 'string', description: 'Operating system.', example: 'l26' },
  vga: { type: 'string', description: 'Display.', example: 'serial0' },
  agent: { type: 'boolean', description: 'Guest agent.', example: 'true' },
  onboot: { type: 'boolean', description: 'Start with the node.', example: 'true' },
  ip: { type: 'string', description: 'Address of the first network device.', example: 'dhcp' },
  user: { type: 'string', description: 'User that cloud-init makes.', example: 'admin' },
  nameserver: { type: 'string', description: 'DNS server.', example: '10.0.0.53' },
  searchdomain: { type: 'string', description: 'Search domain.', example: 'example.org' },
  tags: { type: 'list', ...tagRule, description: 'Tags.', example: 'db,prod' },
  start: { type: 'boolean', description: 'Start the VM.', example: 'true' },
};
