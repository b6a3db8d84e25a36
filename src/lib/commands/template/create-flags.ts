import { Flags } from '@oclif/core';
import { flags, invalid } from '@pmx-cli/kit';

import type { DriveRequest } from '../../operations/vm/drives.js';
import { profileNames, profilesInWords } from '../../operations/template/profiles.js';
import { checksumFlag } from '../checksum-flag.js';
import { vmHardware } from '../guest/vm-hardware-flags.js';

/** Disk of a template that is to be installed from a medium. */
export const blankDisk = '32G';

/** Flags of `template create`. */
export const templateCreateFlags = {
  image: Flags.string({ description: 'Disk image of this machine.', helpValue: 'FILE' }),
  url: Flags.string({ description: 'Disk image from elsewhere, also packed.', helpValue: 'URL' }),
  iso: Flags.string({
    description:
      "Installer's medium on a storage: an empty VM with it becomes a template, and each clone boots the installer.",
    exclusive: ['image', 'url', 'from-vm', 'packages', 'snippet', 'script', 'profile', 'nics'],
    dependsOn: ['name'],
    helpValue: 'VOLID',
  }),
  disk: Flags.custom<DriveRequest>({
    description: `With --iso: disk to install on, [STORAGE:]SIZE[,ssd=1…]; ${blankDisk} when left out.`,
    dependsOn: ['iso'],
    helpGroup: 'HARDWARE',
    helpValue: 'SIZE[,…]',
    parse: async (value) => (await import('../../operations/vm/drives.js')).parseDrive(value),
  })({ multiple: true, multipleNonGreedy: true }),
  checksum: checksumFlag({
    description: 'What the image must have, as it is published: ALGORITHM:HEX.',
  }),
  'no-checksum': Flags.boolean({
    description: 'Take an image that nobody publishes a checksum of.',
    exclusive: ['checksum'],
  }),
  fetch: Flags.option({
    description: 'Who downloads: the node, this machine, or the node where it can.',
    options: ['auto', 'node', 'local'] as const,
    default: 'auto',
  })(),
  arch: Flags.string({
    description: 'Architecture of the image; that of the node when left out.',
    helpValue: 'ARCH',
  }),
  name: flags.name({
    description: 'Name of the template; made from that of the image when left out.',
  }),
  vmid: flags.vmid(),
  node: flags.node(
    'Node to work on; with several (pve1,pve2) each gets a copy, where they share no storage.',
  ),
  storage: flags.storage('Storage for the disk of the template.'),
  'import-storage': Flags.string({
    description: 'Storage with content "import" for the upload.',
    helpGroup: 'PLACEMENT',
    helpValue: 'STORAGE',
  }),
  format: Flags.option({
    description: 'Format of the disk, on storages that have a choice.',
    options: ['qcow2', 'raw', 'vmdk'] as const,
    helpGroup: 'HARDWARE',
  })(),
  memory: flags.memory(),
  cores: flags.cores(),
  profile: Flags.option({
    description: `Hardware by purpose. ${profilesInWords}.`,
    options: profileNames,
    helpGroup: 'HARDWARE',
  })(),
  cpu: vmHardware.cpu,
  net: flags.net({ multiple: true, multipleNonGreedy: true }),
  nics: Flags.integer({
    description: 'So many network devices, each on a bridge of its own.',
    exclusive: ['net'],
    helpGroup: 'HARDWARE',
    helpValue: 'N',
    min: 0,
    max: 32,
  }),
  'bridge-base': Flags.string({
    description: 'How their bridges are called, without the number.',
    dependsOn: ['nics'],
    helpGroup: 'HARDWARE',
    helpValue: 'NAME',
  }),
  'skip-bridge-indexes': Flags.custom<number[]>({
    description: 'Numbers of bridges that are left out: 1,3.',
    dependsOn: ['nics'],
    helpGroup: 'HARDWARE',
    helpValue: 'N,…',
    parse: async (value) => parseIndexes(value),
  })(),
  bios: vmHardware.bios,
  efi: vmHardware.efi,
  'secure-boot': vmHardware['secure-boot'],
  tpm: vmHardware.tpm,
  machine: vmHardware.machine,
  'from-vm': Flags.string({
    description:
      'VM to take: it is cloned, and the clone is started without network, sealed through its agent and converted. The VM itself is not touched. With --packages, --snippet or --script the clone has its network.',
    exclusive: ['image', 'url', 'profile', 'nics', 'net', 'memory', 'cores', 'bios', 'efi', 'tpm'],
    dependsOn: ['name'],
    helpValue: 'VM',
  }),
  packages: Flags.string({
    description:
      'Packages to put in, by their names in the distribution: the template-to-be is booted once for that.',
    helpGroup: 'CONTENT',
    helpValue: 'NAME,…',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
  snippet: Flags.string({
    description: 'Ready-made pieces to put in (template snippet list), or a file of your own.',
    helpGroup: 'CONTENT',
    helpValue: 'ID,…',
    multiple: true,
    multipleNonGreedy: true,
    default: [],
  }),
  script: Flags.string({
    description: 'Script to run in it at last, as root; it must begin with #!.',
    helpGroup: 'CONTENT',
    helpValue: 'FILE',
  }),
  timeout: flags.timeout('How long each step in the guest may take.', 1200),
  seal: Flags.boolean({
    description:
      'With --from-vm: remove SSH host keys and machine-id, and let cloud-init begin anew.',
    default: true,
    allowNo: true,
  }),
  'cloud-init': Flags.option({
    description: 'Give the template a cloud-init drive, or none.',
    options: ['native', 'none'] as const,
    default: 'native',
  })(),
  tags: flags.tags(),
  version: Flags.string({
    description:
      'Version of its name: 2026.11.20, or auto for that of today. The bare name means it from then on.',
    helpValue: 'VERSION',
  }),
  promote: Flags.boolean({
    description:
      'Let the bare name mean the new version; --no-promote leaves that to template promote.',
    default: true,
    allowNo: true,
  }),
};

function parseIndexes(value: string): number[] {
  const indexes = value.split(',').map((word) => word.trim());
  if (indexes.every((word) => /^\d{1,3}$/.test(word))) return indexes.map(Number);
  throw invalid(
    'PMX_INVALID_COUNT',
    'List of numbers',
    value,
    'it must be whole numbers with commas between',
    'For example: --skip-bridge-indexes 1,3',
  );
}
