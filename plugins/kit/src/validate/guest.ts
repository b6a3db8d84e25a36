import { invalid } from './invalid.js';

const minVmid = 100;
const maxVmid = 999_999_999;

/** @throws RequestError `PMX_INVALID_VMID`; the range is PVE's (`pve-vmid`). */
export function parseVmid(value: string): number {
  const vmid = Number(value);
  if (!/^\d+$/.test(value) || vmid < minVmid || vmid > maxVmid) {
    throw invalid(
      'PMX_INVALID_VMID',
      'VMID',
      value,
      `it must be a whole number from ${minVmid} to ${maxVmid}`,
      'Leave --vmid out to get the next free id.',
    );
  }
  return vmid;
}

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * A guest's name must be a DNS name, as PVE demands (`dns-name`) and cloud-init needs for hostnames.
 * @throws RequestError `PMX_INVALID_NAME`
 */
export function parseGuestName(value: string): string {
  const labels = value.split('.');
  if (value.length > 253 || !labels.every((part) => label.test(part))) {
    throw invalid(
      'PMX_INVALID_NAME',
      'Name',
      value,
      'it must be a DNS name: letters, digits and hyphens, parts of at most 63 characters between dots',
      `For example: ${suggestName(value)}`,
    );
  }
  return value;
}

function suggestName(value: string): string {
  const cleaned = value
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 63);
  return label.test(cleaned) ? cleaned : 'web-01';
}

/**
 * PVE's `pve-tag`: case is kept as given, PVE itself may lower and sort.
 * @throws RequestError `PMX_INVALID_TAG`
 */
export function parseTags(value: string): string[] {
  const tags = value.split(/[;,\s]+/).filter((tag) => tag !== '');
  for (const tag of tags) {
    if (!/^[a-z0-9_][a-z0-9_+.-]*$/i.test(tag)) {
      throw invalid(
        'PMX_INVALID_TAG',
        'Tag',
        tag,
        'it must begin with a letter, digit or underscore and go on with these or + . -',
        'Separate several tags with commas: --tags web,prod',
      );
    }
  }
  return tags;
}

const units: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

export interface DiskSize {
  bytes: number;
  /** `+10G`: that much more than now. */
  relative: boolean;
  /** As PVE's resize takes it. */
  pve: string;
}

/** @throws RequestError `PMX_INVALID_SIZE` */
export function parseDiskSize(value: string): DiskSize {
  const match = /^(\+?)(\d+(?:\.\d+)?)([KMGT])(?:i?B)?$/i.exec(value);
  const amount = Number(match?.[2]);
  if (!match || !(amount > 0)) {
    throw invalid(
      'PMX_INVALID_SIZE',
      'Size',
      value,
      'it must be a number with K, M, G or T, and + in front to add to the present size',
      'For example: --disk 20G or --disk +10G',
    );
  }
  const unit = match[3]!.toUpperCase();
  return {
    // Whole KiB: disks are made of sectors, and 1.3G is not.
    bytes: Math.ceil((amount * units[unit]!) / 1024) * 1024,
    relative: match[1] === '+',
    pve: `${match[1]}${match[2]}${unit}`,
  };
}

/**
 * @returns MiB, as PVE takes it
 * @throws RequestError `PMX_INVALID_MEMORY`
 */
export function parseMemory(value: string): number {
  const match = /^(\d+(?:\.\d+)?)([MGT])?(?:i?B)?$/i.exec(value);
  const mebibytes = match
    ? (Number(match[1]) * units[(match[2] ?? 'M').toUpperCase()]!) / 2 ** 20
    : NaN;
  if (!(Number.isInteger(mebibytes) && mebibytes >= 16)) {
    throw invalid(
      'PMX_INVALID_MEMORY',
      'Memory',
      value,
      'it must be MiB, or a number with M or G, at least 16 MiB',
      'For example: --memory 2048 or --memory 2G',
    );
  }
  return mebibytes;
}
