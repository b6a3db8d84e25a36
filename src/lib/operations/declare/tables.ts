import { parseDiskSize } from '@pmx-cli/kit';

import { type GuestConfig, sizeToBytes } from '../shared/guest-config.js';
import type { Settings } from './document.js';
import {
  type NetworkSyntax,
  parseProperties,
  printProperties,
  type Properties,
  withoutOff,
} from './properties.js';

/** One line of a difference: what is, what is wanted, and how to come there. */
export interface Difference {
  /** `spec.disks.scsi0.size`. */
  field: string;
  current: unknown;
  wanted: unknown;
  how: 'set' | 'resize' | 'power' | 'pool' | 'replace';
}

/** What a guest has to be told for its configuration to be as wanted. */
export interface Changes {
  differences: Difference[];
  set: Record<string, string | number>;
  remove: string[];
  resizes: Array<{ slot: string; size: string }>;
}

export function noChanges(): Changes {
  return { differences: [], set: {}, remove: [], resizes: [] };
}

/** Network devices key by key; a hardware address that nobody asks for stays as it is. */
export function compareNetworks(
  wanted: Settings,
  config: GuestConfig,
  syntax: NetworkSyntax,
): Changes {
  const changes = noChanges();
  for (const [slot, value] of Object.entries(wanted)) {
    const now = config[slot] === undefined ? undefined : syntax.read(String(config[slot]));
    const field = `spec.networks.${slot}`;
    if (value === null) {
      if (now) dropped(changes, field, slot, shownNetwork(slot, now, syntax));
      continue;
    }
    const next = syntax.read(syntax.parse(String(value), slot).pve);
    if (now && sameProperties(withoutOff(now), withoutOff(next), syntax.address)) continue;
    const kept = now?.[syntax.address];
    const whole =
      kept === undefined || next[syntax.address] !== undefined
        ? next
        : { ...next, [syntax.address]: kept };
    changes.set[slot] = printProperties(whole, syntax.address === 'macaddr' ? 'model' : undefined);
    changes.differences.push({
      field,
      current: now ? shownNetwork(slot, now, syntax) : null,
      wanted: shownNetwork(slot, next, syntax),
      how: 'set',
    });
  }
  return changes;
}

/** As `--net` takes it, without what PVE or pmx would choose anyway. */
export function shownNetwork(
  slot: string,
  properties: Properties,
  { address }: NetworkSyntax,
): string {
  const shown = Object.entries(withoutOff(properties)).filter(
    ([key, value]) =>
      key !== address &&
      !(key === 'model' && value === 'virtio') &&
      !(key === 'name' && value === `eth${slot.slice('net'.length)}`),
  );
  return printProperties(Object.fromEntries(shown), 'bridge');
}

function sameProperties(a: Properties, b: Properties, address: string): boolean {
  const asked = b[address] === undefined ? [address] : [];
  const keys = new Set(
    [...Object.keys(a), ...Object.keys(b)].filter((key) => !asked.includes(key)),
  );
  return [...keys].every((key) => a[key]?.toLowerCase() === b[key]?.toLowerCase());
}

function dropped(changes: Changes, field: string, option: string, current: unknown): void {
  changes.remove.push(option);
  changes.differences.push({ field, current, wanted: null, how: 'set' });
}

/** Options of a volume, and what it has when nothing is said. */
const volumeOptions: Readonly<Record<string, string>> = {
  ssd: '0',
  discard: 'ignore',
  iothread: '0',
  backup: '1',
  replicate: '1',
  ro: '0',
  quota: '0',
  acl: '0',
  cache: 'none',
  aio: 'io_uring',
};

export interface WantedVolume {
  size?: string;
  storage?: string;
  iso?: string | null;
  cloudInit?: boolean;
  path?: string;
  /** Options of PVE with their values. */
  options: Properties;
  format?: string;
  secureBoot?: boolean;
}

/** `20G` or a mapping. @throws RequestError `PMX_INVALID_SIZE` */
export function readVolume(value: unknown): WantedVolume {
  if (typeof value !== 'object') return { size: parseDiskSize(String(value)).pve, options: {} };
  const { size, storage, iso, cloudInit, path, format, secureBoot, ...rest } = value as Settings;
  const options = Object.entries(rest).map(([key, item]): [string, string] => [
    key,
    key === 'discard'
      ? item
        ? 'on'
        : 'ignore'
      : typeof item === 'boolean'
        ? String(Number(item))
        : String(item),
  ]);
  return {
    ...(size !== undefined && { size: parseDiskSize(String(size)).pve }),
    ...(storage !== undefined && { storage: String(storage) }),
    ...(iso !== undefined && { iso: iso === null ? null : String(iso) }),
    ...(cloudInit === true && { cloudInit }),
    ...(path !== undefined && { path: String(path) }),
    ...(format !== undefined && { format: String(format) }),
    ...(secureBoot !== undefined && { secureBoot: secureBoot === true }),
    options: Object.fromEntries(options),
  };
}

/** A volume that is there, as a document says it. */
export function shownVolume(slot: string, text: string): Settings | string {
  const { volume = '', ...options } = parseProperties(text.replace(/^file=/, ''), 'volume');
  if (/[-/]cloudinit(?:\.\w+)?$/.test(volume))
    return { cloudInit: true, storage: storageOf(volume) };
  if (options['media'] === 'cdrom') return { iso: volume };
  const shown: Settings = { storage: storageOf(volume) };
  // Of these PVE alone decides how big they are.
  if (!/^(?:efidisk|tpmstate)/.test(slot) && options['size'] !== undefined)
    shown['size'] = options['size'];
  if (options['mp'] !== undefined) shown['path'] = options['mp'];
  if (options['pre-enrolled-keys'] === '1') shown['secureBoot'] = true;
  for (const [key, byDefault] of Object.entries(volumeOptions)) {
    const value = options[key];
    if (value === undefined || value === byDefault) continue;
    shown[key] = key === 'discard' ? value === 'on' : /^[01]$/.test(value) ? value === '1' : value;
  }
  return shown;
}

function storageOf(volume: string): string {
  return volume.split(':', 1)[0]!;
}

/**
 * Drives or mount points by their slot: size, place and options. New ones are left to who knows
 * where they may go (`isNew`).
 */
export function compareVolumes(
  path: string,
  wanted: Settings,
  config: GuestConfig,
  isNew: (slot: string, volume: WantedVolume) => string,
): Changes {
  const changes = noChanges();
  for (const [slot, value] of Object.entries(wanted)) {
    const field = path === 'spec.rootfs' ? path : `${path}.${slot}`;
    const now = config[slot];
    if (value === null) {
      if (now !== undefined) dropped(changes, field, slot, shownVolume(slot, String(now)));
      continue;
    }
    const volume = readVolume(value);
    if (now === undefined) {
      changes.set[slot] = isNew(slot, volume);
      changes.differences.push({ field, current: null, wanted: value, how: 'set' });
    } else compareVolume(changes, field, slot, String(now), volume);
  }
  return changes;
}

function compareVolume(
  changes: Changes,
  field: string,
  slot: string,
  text: string,
  wanted: WantedVolume,
): void {
  const { volume = '', ...options } = parseProperties(text, 'volume');
  const shown = shownVolume(slot, text) as Settings;
  const differs = (part: string, current: unknown, value: unknown, how: Difference['how']): void =>
    void changes.differences.push({ field: `${field}.${part}`, current, wanted: value, how });
  if (wanted.cloudInit) {
    if (shown['cloudInit'] !== true) differs('cloudInit', false, true, 'replace');
    return;
  }
  if (wanted.iso !== undefined) {
    const iso = wanted.iso ?? 'none';
    if (options['media'] !== 'cdrom') differs('iso', null, iso, 'replace');
    else if (volume !== iso) {
      changes.set[slot] = `${iso},media=cdrom`;
      differs('iso', volume, iso, 'set');
    }
    return;
  }
  if (options['media'] === 'cdrom') {
    differs('iso', volume, null, 'replace');
    return;
  }
  if (wanted.storage !== undefined && wanted.storage !== storageOf(volume))
    differs('storage', storageOf(volume), wanted.storage, 'replace');
  compareSize(changes, field, slot, options['size'], wanted.size);
  const next: Properties = { ...options };
  for (const [key, value] of Object.entries(wanted.options)) {
    if ((options[key] ?? volumeOptions[key]) === value) continue;
    next[key] = value;
    differs(key, shown[key] ?? defaultShown(key), shownOption(key, value), 'set');
  }
  if (wanted.path !== undefined && options['mp'] !== wanted.path) {
    next['mp'] = wanted.path;
    differs('path', options['mp'] ?? null, wanted.path, 'set');
  }
  if (printProperties(next) !== printProperties(options))
    changes.set[slot] = `${volume},${printProperties(next)}`;
}

function compareSize(
  changes: Changes,
  field: string,
  slot: string,
  now: string | undefined,
  wanted: string | undefined,
): void {
  if (wanted === undefined || /^(?:efidisk|tpmstate)/.test(slot)) return;
  const [present = 0, next] = [sizeToBytes(now), parseDiskSize(wanted).bytes];
  if (present === next) return;
  const how = next > present ? 'resize' : 'replace';
  changes.differences.push({ field: `${field}.size`, current: now ?? null, wanted, how });
  if (how === 'resize') changes.resizes.push({ slot, size: wanted });
}

function shownOption(key: string, value: string): unknown {
  return key === 'discard' ? value === 'on' : /^[01]$/.test(value) ? value === '1' : value;
}

function defaultShown(key: string): unknown {
  const value = volumeOptions[key];
  return value === undefined ? null : shownOption(key, value);
}
