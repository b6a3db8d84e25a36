// Which privilege an option of a VM's configuration needs. The API description only says "some
// VM.Config.*". Observed on PVE 9.2.11 with tokens that had one privilege less each time.

const groups: Readonly<Record<string, string>> = {
  'VM.Config.Options':
    'agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype protection reboot startdate startup tags tdf template',
  'VM.Config.HWType':
    'acpi audio0 hotplug kvm machine rng0 scsihw serial smbios1 tablet usb hostpci vga watchdog',
  'VM.Config.CPU': 'cores cpu cpulimit cpuunits numa smp sockets vcpus',
  'VM.Config.Memory': 'allow-ksm balloon memory shares',
  'VM.Config.Disk': 'boot bootdisk vmstatestorage',
  'VM.Config.Network': 'net',
  'VM.PowerMgmt': 'freeze',
};

/** Either of two is enough for these. */
const cloudInit =
  'cicustom cipassword citype ciupgrade ciuser ipconfig nameserver searchdomain sshkeys';

/** Refused to everybody but root@pam with a ticket, also to Administrators. */
const rootOnly =
  'affinity amd-sev arch args hookscript hugepages ivshmem keephugepages lock parallel spice_enhancements vmgenid';

/** Say how a call is done, not what the VM becomes; without a right of their own. */
const modifiers =
  'archive background_delay bwlimit delete digest force import-working-storage live-restore node pool revert skiplock start storage unique vmid';

const privilegeOf = new Map(
  Object.entries(groups).flatMap(([privilege, options]) =>
    options.split(' ').map((option) => [option, privilege] as const),
  ),
);
const cloudInitOptions = new Set(cloudInit.split(' '));
const rootOptions = new Set(rootOnly.split(' '));
const modifierOptions = new Set(modifiers.split(' '));

export type OptionRight =
  | { kind: 'privileges'; oneOf: readonly string[] }
  | { kind: 'drive' | 'root' | 'free' | 'unknown' };

export function optionRight(name: string): OptionRight {
  if (modifierOptions.has(name)) return { kind: 'free' };
  if (isDrive(name)) return { kind: 'drive' };
  const family = privilegeOf.has(name) ? name : name.replace(/\d+$/, '');
  if (rootOptions.has(name) || rootOptions.has(family)) return { kind: 'root' };
  if (cloudInitOptions.has(family))
    return { kind: 'privileges', oneOf: ['VM.Config.Cloudinit', 'VM.Config.Network'] };
  const privilege = privilegeOf.get(family);
  return privilege ? { kind: 'privileges', oneOf: [privilege] } : { kind: 'unknown' };
}

export function isDrive(name: string): boolean {
  return /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$/.test(name);
}

/** Values that make an otherwise ordinary option one for root@pam alone. */
export function isRootValue(name: string, value: string): boolean {
  if (/^serial\d+$/.test(name)) return value.startsWith('/dev/');
  if (/^usb\d+$/.test(name)) return !/spice|mapping=/.test(value);
  if (/^hostpci\d+$/.test(name)) return !value.includes('mapping=');
  if (!isDrive(name)) return false;
  const drive = readDrive(value);
  return drive.file.startsWith('/') || drive.importFrom?.startsWith('/') === true;
}

/** Parameters of calls that are no configuration and for root@pam alone. */
export const rootParameters = [
  'skiplock',
  'migratedfrom',
  'force-cpu',
  'stateuri',
  'keepActive',
] as const;

export interface DriveValue {
  file: string;
  storage: string | undefined;
  importFrom: string | undefined;
  cdrom: boolean;
  cloudInit: boolean;
  /** `local:20` or `local:0,import-from=…`: a new disk. */
  allocates: boolean;
}

export function readDrive(value: string): DriveValue {
  const [first = '', ...options] = value.split(',');
  const given = Object.fromEntries(
    options.map((option) => {
      const at = option.indexOf('=');
      return at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)];
    }),
  );
  const file = String(given['file'] ?? first).replace(/^file=/, '');
  const [, storage, volume] = /^([^/:]+):(.+)$/.exec(file) ?? [];
  const cloudInit = volume !== undefined && /(?:^|[-/])cloudinit(?:\.\w+)?$/.test(volume);
  return {
    file,
    storage,
    importFrom: given['import-from'],
    cloudInit,
    cdrom: cloudInit || given['media'] === 'cdrom' || file === 'none' || file === 'cdrom',
    allocates: volume !== undefined && /^\d+(?:\.\d+)?$/.test(volume),
  };
}

/** Paths of SDN.Use for a `netN`: plain bridges belong to the zone `localnetwork`. */
export function bridgePaths(value: string): string[] {
  const given = new Map(
    value.split(',').map((part) => part.split('=', 2) as [string, string | undefined]),
  );
  const bridge = given.get('bridge');
  if (bridge === undefined) return [];
  const path = `/sdn/zones/localnetwork/${bridge}`;
  const trunks = (given.get('trunks') ?? '').split(';').filter((tag) => tag !== '');
  const tags = [...(given.has('tag') ? [given.get('tag')!] : []), ...trunks];
  return tags.length > 0 ? tags.map((tag) => `${path}/${tag}`) : [path];
}
