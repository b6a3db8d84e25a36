import { flags, parseMemory } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { DriveRequest } from '../../operations/vm/drives.js';

const hardware = 'HARDWARE';
const system = 'SYSTEM';

/** How a new VM is made up, with the names that `qm` has for it. */
export const vmHardware = {
  memory: flags.memory(),
  balloon: Flags.custom<number>({
    description: 'Least memory that ballooning leaves, in MiB or with a unit; 0 switches it off.',
    helpGroup: hardware,
    helpValue: 'SIZE',
    parse: async (value) => (value === '0' ? 0 : parseMemory(value)),
  })(),
  cores: flags.cores(),
  sockets: Flags.integer({
    description: 'Number of CPU sockets.',
    helpGroup: hardware,
    helpValue: 'N',
    min: 1,
    max: 8,
  }),
  cpu: Flags.string({
    description: 'CPU type (host, x86-64-v2-AES, …).',
    helpGroup: hardware,
    helpValue: 'TYPE',
  }),
  numa: Flags.boolean({ description: 'Show the guest NUMA nodes.', helpGroup: hardware }),
  disk: Flags.custom<DriveRequest>({
    description:
      'Disk: [STORAGE:]SIZE[,ssd=1,discard=on,slot=scsi1…]. May be given several times. With a template the first one is the size of its disk (20G), or how much to add (+10G).',
    helpGroup: hardware,
    helpValue: 'SIZE[,…]',
    parse: async (value) => (await import('../../operations/vm/drives.js')).parseDrive(value),
  })({ multiple: true, multipleNonGreedy: true }),
  'disk-format': Flags.option({
    description: 'Format of new disks, on storages that have a choice.',
    options: ['raw', 'qcow2', 'vmdk'] as const,
    helpGroup: hardware,
  })(),
  ssd: Flags.boolean({
    description: 'Tell the guest that new disks are SSDs, and pass on what it discards.',
    helpGroup: hardware,
  }),
  net: flags.net({ multiple: true, multipleNonGreedy: true }),
  bios: Flags.option({
    description: 'Firmware.',
    options: ['seabios', 'ovmf'] as const,
    helpGroup: system,
  })(),
  efi: Flags.boolean({
    description: 'UEFI: OVMF with a disk for its variables.',
    helpGroup: system,
  }),
  'secure-boot': Flags.boolean({
    description: "UEFI with Microsoft's keys enrolled.",
    helpGroup: system,
  }),
  tpm: Flags.boolean({ description: 'A TPM 2.0.', helpGroup: system }),
  machine: Flags.string({
    description: 'Machine type (q35, pc).',
    helpGroup: system,
    helpValue: 'TYPE',
  }),
  scsihw: Flags.option({
    description: 'SCSI controller.',
    options: [
      'lsi',
      'lsi53c810',
      'virtio-scsi-pci',
      'virtio-scsi-single',
      'megasas',
      'pvscsi',
    ] as const,
    helpGroup: system,
  })(),
  ostype: Flags.option({
    description: 'Operating system, for what Proxmox VE tunes by it.',
    options: [
      'other',
      'wxp',
      'w2k',
      'w2k3',
      'w2k8',
      'wvista',
      'win7',
      'win8',
      'win10',
      'win11',
      'l24',
      'l26',
      'solaris',
    ] as const,
    helpGroup: system,
  })(),
  vga: Flags.string({
    description: 'Display (std, virtio, qxl, serial0, none).',
    helpGroup: system,
    helpValue: 'TYPE',
  }),
  agent: Flags.boolean({
    description: 'The guest runs the QEMU guest agent.',
    helpGroup: system,
    allowNo: true,
  }),
  onboot: Flags.boolean({
    description: 'Start the VM when its node starts.',
    helpGroup: system,
    allowNo: true,
  }),
};

export interface GivenHardware {
  balloon?: number;
  sockets?: number;
  cpu?: string;
  numa?: boolean;
  disk?: DriveRequest[];
  ssd?: boolean;
  bios?: 'seabios' | 'ovmf';
  efi?: boolean;
  'secure-boot'?: boolean;
  tpm?: boolean;
  machine?: string;
  scsihw?: string;
  ostype?: string;
  vga?: string;
  agent?: boolean;
  onboot?: boolean;
}

/** What a new VM has when nothing is said: virtio, and what runs on every CPU of the last ten years. */
const modern = { cpu: 'x86-64-v2-AES', ostype: 'l26', scsihw: 'virtio-scsi-single' };

/** Flags → options of PVE. @param blank it has no template whose options it keeps */
export function hardwareSettings(
  given: GivenHardware,
  blank: boolean,
): Record<string, string | number> {
  const uefi = usesUefi(given);
  const named = {
    balloon: given.balloon,
    sockets: given.sockets,
    cpu: given.cpu,
    numa: given.numa ? 1 : undefined,
    bios: given.bios ?? (uefi ? 'ovmf' : undefined),
    machine: given.machine,
    scsihw: given.scsihw,
    ostype: given.ostype,
    vga: given.vga,
    agent: given.agent === undefined ? undefined : `enabled=${Number(given.agent)}`,
    onboot: given.onboot === undefined ? undefined : Number(given.onboot),
  };
  const said = Object.entries(named).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return { ...(blank && modern), ...Object.fromEntries(said) };
}

export function usesUefi(given: GivenHardware): boolean {
  return given.bios === 'ovmf' || given.efi === true || given['secure-boot'] === true;
}

/** New disks, with what is said of all of them. */
export function drivesOf(given: GivenHardware, blank: boolean): DriveRequest[] {
  const single = (given.scsihw ?? modern.scsihw) === 'virtio-scsi-single';
  return (given.disk ?? []).map((drive, index) => {
    const templates =
      !blank && index === 0 && drive.slot === undefined && drive.storage === undefined;
    if (templates) return drive;
    const onScsi = drive.slot === undefined || /^(?:scsi|virtio)/.test(drive.slot);
    return {
      ...drive,
      options: {
        ...(blank && { discard: 'on' }),
        ...(blank && single && onScsi && { iothread: '1' }),
        ...(given.ssd && { discard: 'on', ...(!/^virtio/.test(drive.slot ?? '') && { ssd: '1' }) }),
        ...drive.options,
      },
    };
  });
}
