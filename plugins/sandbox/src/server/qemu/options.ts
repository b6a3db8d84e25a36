import { flag, optionalInteger, optionalText } from '../api/common.js';
import type { Param, ParamTable } from '../api/types.js';
import { DRIVE_SCHEMAS, isDriveKey } from './drive.js';
import { NET_SCHEMA } from './net.js';

const choice = (description: string, values: readonly string[], byDefault?: string): Param => ({
  type: 'string',
  optional: 1,
  description,
  enum: values,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

/** What a change of an option needs: VM.Config.* by default. */
type Needs =
  | 'Options'
  | 'HWType'
  | 'CPU'
  | 'Memory'
  | 'Network'
  | 'Disk'
  | 'Cloudinit'
  | 'Power'
  | 'Drive'
  | 'Root';

interface Option {
  needs: Needs;
  param: Param;
}

const entry = (needs: Needs, param: Param): Option => ({ needs, param });
const driveText = (bus: keyof typeof DRIVE_SCHEMAS, what: string): Option =>
  entry('Drive', optionalText(what, { format: DRIVE_SCHEMAS[bus] }));

/** The options of a VM: parameter and privilege. The table is PVE 9.2's as far as the sandbox knows what an option means. */
const OPTIONS: Readonly<Record<string, Option>> = {
  acpi: entry('HWType', flag('Enable/disable ACPI.', 1)),
  affinity: entry('Root', optionalText('List of host cores used to execute guest processes.')),
  agent: entry(
    'Options',
    optionalText('Enable/disable communication with the QEMU Guest Agent and its properties.', {
      format: {
        enabled: { type: 'boolean', default_key: 1 },
        fstrim_cloned_disks: { type: 'boolean', optional: 1 },
        'freeze-fs': { type: 'boolean', optional: 1 },
        'freeze-fs-on-backup': { alias: 'freeze-fs' },
        'guest-fsfreeze': { alias: 'freeze-fs' },
        type: { type: 'string', optional: 1, enum: ['virtio', 'isa'] },
      },
    }),
  ),
  'allow-ksm': entry('Memory', flag('Allow memory pages of this guest to be merged via KSM.', 1)),
  'amd-sev': entry('Root', optionalText('Secure Encrypted Virtualization features.')),
  arch: entry('Root', choice('Virtual processor architecture.', ['x86_64', 'aarch64'])),
  args: entry('Root', optionalText('Arbitrary arguments passed to kvm.')),
  audio0: entry(
    'HWType',
    optionalText('Configure an audio device.', {
      format: {
        device: { type: 'string', enum: ['ich9-intel-hda', 'intel-hda', 'AC97'] },
        driver: { type: 'string', optional: 1, enum: ['spice', 'none'] },
      },
    }),
  ),
  autostart: entry('Options', flag('Automatic restart after crash (currently ignored).', 0)),
  balloon: entry(
    'Memory',
    optionalInteger('Amount of target RAM for the VM in MiB.', { minimum: 0 }),
  ),
  bios: entry('Options', choice('Select BIOS implementation.', ['seabios', 'ovmf'], 'seabios')),
  boot: entry('Disk', optionalText('Specify guest boot order.', { format: 'pve-qm-boot' })),
  bootdisk: entry(
    'Disk',
    optionalText('Enable booting from specified disk.', { pattern: '(ide|sata|scsi|virtio)\\d+' }),
  ),
  cicustom: entry(
    'Cloudinit',
    optionalText(
      'cloud-init: Specify custom files to replace the automatically generated ones at start.',
    ),
  ),
  cipassword: entry('Cloudinit', optionalText('cloud-init: Password to assign the user.')),
  citype: entry(
    'Cloudinit',
    choice('Specifies the cloud-init configuration format.', [
      'configdrive2',
      'nocloud',
      'opennebula',
    ]),
  ),
  ciupgrade: entry(
    'Cloudinit',
    flag('cloud-init: do an automatic package upgrade after the first boot.', 1),
  ),
  ciuser: entry(
    'Cloudinit',
    optionalText('cloud-init: User name to change ssh keys and password for.'),
  ),
  cores: entry(
    'CPU',
    optionalInteger('The number of cores per socket.', { minimum: 1, default: 1 }),
  ),
  cpu: entry('CPU', optionalText('Emulated CPU type.')),
  cpulimit: entry('CPU', {
    type: 'number',
    optional: 1,
    minimum: 0,
    maximum: 128,
    default: 0,
    description: 'Limit of CPU usage.',
  }),
  cpuunits: entry('CPU', optionalInteger('CPU weight for a VM.', { minimum: 1, maximum: 262_144 })),
  description: entry('Options', optionalText('Description for the VM.', { maxLength: 8192 })),
  efidisk0: driveText('efidisk', 'Configure a disk for storing EFI vars.'),
  freeze: entry('Power', flag('Freeze CPU at startup.')),
  hookscript: entry(
    'Root',
    optionalText('Script that will be executed during various steps in the vms lifetime.', {
      format: 'pve-volume-id',
    }),
  ),
  'hostpci[n]': entry('HWType', optionalText('Map host PCI devices into guest.')),
  hotplug: entry(
    'HWType',
    optionalText('Selectively enable hotplug features.', {
      format: 'pve-hotplug-features',
      default: 'network,disk,usb',
    }),
  ),
  hugepages: entry('Root', choice('Enables hugepages memory.', ['any', '2', '1024'])),
  'ide[n]': driveText('ide', 'Use volume as IDE hard disk or CD-ROM (n is 0 to 3).'),
  'ipconfig[n]': entry(
    'Cloudinit',
    optionalText('cloud-init: Specify IP addresses and gateways for the corresponding interface.', {
      format: 'pve-qm-ipconfig',
    }),
  ),
  ivshmem: entry('Root', optionalText('Inter-VM shared memory.')),
  keephugepages: entry('Root', flag('Hugepages will not be deleted after VM shutdown.', 0)),
  keyboard: entry('Options', optionalText('Keyboard layout for VNC server.')),
  kvm: entry('HWType', flag('Enable/disable KVM hardware virtualization.', 1)),
  localtime: entry('Options', flag('Set the real time clock (RTC) to local time.')),
  lock: entry(
    'Root',
    choice('Lock/unlock the VM.', [
      'backup',
      'clone',
      'create',
      'migrate',
      'rollback',
      'snapshot',
      'snapshot-delete',
      'suspending',
      'suspended',
    ]),
  ),
  machine: entry('HWType', optionalText('Specify the QEMU machine.', { maxLength: 80 })),
  memory: entry(
    'Memory',
    optionalText('Memory properties.', {
      format: { current: { type: 'integer', minimum: 16, default_key: 1, default: 512 } },
    }),
  ),
  migrate_downtime: entry('Options', {
    type: 'number',
    optional: 1,
    minimum: 0,
    description: 'Set maximum tolerated downtime (in seconds) for migrations.',
  }),
  migrate_speed: entry(
    'Options',
    optionalInteger('Set maximum speed (in MB/s) for migrations.', { minimum: 0 }),
  ),
  name: entry('Options', optionalText('Set a name for the VM.', { format: 'dns-name' })),
  nameserver: entry(
    'Cloudinit',
    optionalText('cloud-init: Sets DNS server IP address for a container.', {
      format: 'address-list',
    }),
  ),
  'net[n]': entry('Network', optionalText('Specify network devices.', { format: NET_SCHEMA })),
  numa: entry('CPU', flag('Enable/disable NUMA.', 0)),
  'numa[n]': entry('CPU', optionalText('NUMA topology.')),
  onboot: entry('Options', flag('Specifies whether a VM will be started during system bootup.', 0)),
  ostype: entry(
    'Options',
    choice(
      'Specify guest operating system.',
      [
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
      ],
      'other',
    ),
  ),
  'parallel[n]': entry(
    'Root',
    optionalText('Map host parallel devices.', { pattern: '/dev/parport\\d+|/dev/usb/lp\\d+' }),
  ),
  protection: entry('Options', flag('Sets the protection flag of the VM.', 0)),
  reboot: entry('Options', flag("Allow reboot. If set to '0' the VM exit on reboot.", 1)),
  rng0: entry('HWType', optionalText('Configure a VirtIO-based Random Number Generator.')),
  'sata[n]': driveText('sata', 'Use volume as SATA hard disk or CD-ROM (n is 0 to 5).'),
  'scsi[n]': driveText('scsi', 'Use volume as SCSI hard disk or CD-ROM (n is 0 to 30).'),
  scsihw: entry(
    'HWType',
    choice(
      'SCSI controller model',
      ['lsi', 'lsi53c810', 'virtio-scsi-pci', 'virtio-scsi-single', 'megasas', 'pvscsi'],
      'lsi',
    ),
  ),
  searchdomain: entry(
    'Cloudinit',
    optionalText('cloud-init: Sets DNS search domains for a container.'),
  ),
  'serial[n]': entry(
    'HWType',
    optionalText('Create a serial device inside the VM (n is 0 to 3)', {
      pattern: '(/dev/[^,]+|socket)',
    }),
  ),
  shares: entry(
    'Memory',
    optionalInteger('Amount of memory shares for auto-ballooning.', {
      minimum: 0,
      maximum: 50_000,
    }),
  ),
  smbios1: entry('HWType', optionalText('Specify SMBIOS type 1 fields.', { maxLength: 512 })),
  sockets: entry('CPU', optionalInteger('The number of CPU sockets.', { minimum: 1, default: 1 })),
  spice_enhancements: entry('Root', optionalText('Configure additional enhancements for SPICE.')),
  sshkeys: entry(
    'Cloudinit',
    optionalText('cloud-init: Setup public SSH keys (one key per line, OpenSSH format).', {
      format: 'urlencoded',
    }),
  ),
  startdate: entry(
    'Options',
    optionalText('Set the initial date of the real time clock.', {
      pattern: '(now|\\d{4}-\\d{1,2}-\\d{1,2}(T\\d{1,2}:\\d{1,2}:\\d{1,2})?)',
      default: 'now',
    }),
  ),
  startup: entry(
    'Options',
    optionalText('Startup and shutdown behavior.', { format: 'pve-startup-order' }),
  ),
  tablet: entry('HWType', flag('Enable/disable the USB tablet device.', 1)),
  tags: entry(
    'Options',
    optionalText('Tags of the VM. This is only meta information.', { format: 'pve-tag-list' }),
  ),
  tdf: entry('HWType', flag('Enable/disable time drift fix.', 0)),
  template: entry('Options', flag('Enable/disable Template.', 0)),
  tpmstate0: driveText('tpmstate', 'Configure a Disk for storing TPM state.'),
  'unused[n]': driveText('unused', 'Reference to unused volumes.'),
  'usb[n]': entry('HWType', optionalText('Configure an USB device (n is 0 to 13).')),
  vcpus: entry('CPU', optionalInteger('Number of hotplugged vcpus.', { minimum: 1 })),
  vga: entry(
    'HWType',
    optionalText('Configure the VGA hardware.', {
      format: {
        type: {
          type: 'string',
          optional: 1,
          default_key: 1,
          enum: [
            'cirrus',
            'qxl',
            'qxl2',
            'qxl3',
            'qxl4',
            'none',
            'serial0',
            'serial1',
            'serial2',
            'serial3',
            'std',
            'virtio',
            'virtio-gl',
            'vmware',
          ],
        },
        memory: { type: 'integer', optional: 1, minimum: 4, maximum: 512 },
        clipboard: { type: 'string', optional: 1, enum: ['vnc'] },
      },
    }),
  ),
  'virtio[n]': driveText('virtio', 'Use volume as VIRTIO hard disk (n is 0 to 15).'),
  vmgenid: entry(
    'Root',
    optionalText('Set VM Generation ID.', {
      pattern: '(?:[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}|[01])',
    }),
  ),
  vmstatestorage: entry(
    'Disk',
    optionalText('Default storage for VM state volumes/files.', { format: 'pve-storage-id' }),
  ),
  watchdog: entry('HWType', optionalText('Create a virtual hardware watchdog device.')),
};

/** The options as parameters of create and config. */
export const CONFIG_PARAMS: ParamTable = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, option]) => [name, option.param]),
);

/** What a change of this option needs; undefined for an unknown option. */
export function needsOf(key: string): Needs | undefined {
  if (isDriveKey(key) || /^unused\d+$/.test(key)) return 'Drive';
  const base = key.replace(/\d+$/, '[n]');
  return (OPTIONS[key] ?? OPTIONS[base])?.needs;
}

/** Options that cloud-init reads: a change of them shows in GET cloudinit and never waits for a restart. */
export function isCloudInitOption(key: string): boolean {
  return needsOf(key) === 'Cloudinit';
}

const HOT = new Set([
  'lock',
  'name',
  'onboot',
  'shares',
  'startup',
  'description',
  'protection',
  'vmstatestorage',
  'hookscript',
  'tags',
  'template',
]);

/** Does a change take effect while the VM runs? Disks, network cards and USB devices are hot-plugged by default. */
export function isHot(key: string): boolean {
  return (
    HOT.has(key) ||
    isCloudInitOption(key) ||
    /^(?:net|usb|unused)\d+$/.test(key) ||
    /^(?:scsi|virtio)\d+$/.test(key) ||
    key === 'efidisk0'
  );
}
