/** A guest's configuration as GET …/config gives it: strings and numbers, mixed by PVE's own rules. */
export type GuestConfig = { [key: string]: string | number | undefined };

export interface Drive {
  /** `scsi0`, `ide2`, `unused0` … */
  slot: string;
  volid: string;
  kind: 'disk' | 'cdrom' | 'cloudinit' | 'unused';
  /** As PVE writes it: `2G`. */
  size: string | undefined;
}

const driveSlot = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\d+$/;

/** Drives with a volume behind them; an empty CD-ROM (`none`) and passed-through devices are none. */
export function drivesOf(config: GuestConfig): Drive[] {
  return Object.entries(config).flatMap(([slot, value]): Drive[] => {
    if (!driveSlot.test(slot) || typeof value !== 'string') return [];
    const [volid = '', ...options] = value.split(',');
    if (!volid.includes(':')) return [];
    return [{ slot, volid, kind: kindOf(slot, volid, options), size: optionOf(options, 'size') }];
  });
}

function kindOf(slot: string, volid: string, options: string[]): Drive['kind'] {
  if (/[-/]cloudinit(\.\w+)?$/.test(volid)) return 'cloudinit';
  if (options.includes('media=cdrom')) return 'cdrom';
  return slot.startsWith('unused') ? 'unused' : 'disk';
}

function optionOf(options: string[], key: string): string | undefined {
  return options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1);
}

/** The disk that the guest boots from, else the first one. */
export function bootDisk(config: GuestConfig): Drive | undefined {
  const disks = drivesOf(config).filter(
    ({ kind, slot }) => kind === 'disk' && !/^(efidisk|tpmstate)/.test(slot),
  );
  const order = /order=([^,]+)/.exec(String(config['boot'] ?? ''))?.[1]?.split(';') ?? [];
  for (const slot of order) {
    const disk = disks.find((drive) => drive.slot === slot);
    if (disk) return disk;
  }
  return disks[0];
}

/** A slot for a CD-ROM that is not in use; scsi first, for q35 machines with cloud kernels see no IDE. */
export function freeMediumSlot(config: Readonly<Record<string, unknown>>): string {
  for (const bus of ['scsi', 'sata', 'ide']) {
    const from = bus === 'ide' ? 2 : 1;
    for (let index = from; index <= (bus === 'ide' ? 3 : 5); index++) {
      if (config[`${bus}${index}`] === undefined) return `${bus}${index}`;
    }
  }
  return 'scsi30';
}

const sizeUnits: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `2G`, `512M`, `1024` (bytes) → bytes. */
export function sizeToBytes(size: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(size ?? '');
  return match ? Number(match[1]) * (sizeUnits[match[2]!] ?? 1) : undefined;
}

/** Bytes → `20G`, or the largest unit that keeps it a whole number. */
export function bytesToSize(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K']) {
    if (bytes % sizeUnits[unit]! === 0) return `${bytes / sizeUnits[unit]!}${unit}`;
  }
  return String(bytes);
}

/** Options whose value the server shows as asterisks. */
export function isSecretOption(option: string): boolean {
  return option === 'cipassword' || option === 'password';
}

/** Options that hold a set of words, whose order and case PVE chooses. */
function isWordSet(option: string): boolean {
  return option === 'tags';
}

/** Options made of `key=value` parts, whose order says nothing. */
function isPropertyText(option: string): boolean {
  return (
    driveSlot.test(option) ||
    /^(?:net|mp|ipconfig|dev|serial|usb|hostpci|rootfs|agent|startup|features|cpu|vga)\d*$/.test(
      option,
    )
  );
}

function partsOf(option: string, value: string): string[] {
  if (isWordSet(option))
    return value
      .toLowerCase()
      .split(/[;,\s]+/)
      .filter((word) => word !== '');
  if (option === 'memory') return [value.replace(/^current=/, '')];
  if (option === 'description') return [value.trimEnd()];
  return isPropertyText(option) ? value.split(',') : [value];
}

/** Whether two values of an option mean the same; null: it is not set. */
export function sameValue(
  option: string,
  a: string | number | null,
  b: string | number | null,
): boolean {
  if (a === null || b === null) return a === b;
  const [left, right] = [partsOf(option, String(a)), partsOf(option, String(b))];
  return left.length === right.length && left.every((part) => right.includes(part));
}

/** Whether a value holds at least what was asked for: PVE adds addresses and sizes by itself. */
export function carriesOptions(
  option: string,
  value: string | number | null,
  wanted: string,
): boolean {
  if (value === null) return false;
  // A tag that is still there is one that was to go.
  if (isWordSet(option)) return sameValue(option, value, wanted);
  const parts = partsOf(option, String(value));
  return partsOf(option, wanted).every(
    (part) => parts.includes(part) || parts.some((own) => own.startsWith(`${part}=`)),
  );
}

/** The same, and of a new disk, which is `local:20` in the request and `local:101/vm-101-disk-1.raw` ever after. */
export function holdsOptions(
  option: string,
  value: string | number | null,
  wanted: string,
): boolean {
  const [, storage, rest = ''] = /^([^,:]+):[\d.]+(?:,(.*))?$/.exec(wanted) ?? [];
  if (storage === undefined || value === null) return carriesOptions(option, value, wanted);
  const [volume, ...parts] = String(value).split(',');
  return (
    volume!.startsWith(`${storage}:`) &&
    rest
      .split(',')
      .every((part) => part === '' || part.startsWith('format=') || parts.includes(part))
  );
}
