import { isCdrom, isDriveKey, parseDrive } from '../../../qemu/drive.js';
import type { Drive } from '../../../qemu/drive.js';
import { bootIndexOf } from './boot-order.js';
import { isOn, isQ35, pciBus, quoted } from './types.js';
import type { Machine } from './types.js';

/** The controllers that have no room for more than this many disks. */
const LSI_TARGETS = 7;
const SATA_PORTS = 6;

/** How PVE's cache modes are called by QEMU; without one, PVE bypasses the host's cache. */
const CACHES = ['none', 'writethrough', 'writeback', 'unsafe', 'directsync'];

interface Place {
  key: string;
  bus: string;
  index: number;
}

function medium({ key }: Place, drive: Drive, machine: Machine): string {
  const file = machine.files[key];
  const cdrom = isCdrom(drive);
  const options = ['if=none', `id=drive-${key}`];
  if (file) options.unshift(`file=${quoted(file.path)}`);
  if (cdrom) options.push('media=cdrom', ...(file ? [`format=${file.format}`] : []));
  else if (file) {
    const cache = String(drive['cache'] ?? 'none');
    options.push(`format=${file.format}`, `cache=${CACHES.includes(cache) ? cache : 'none'}`);
    options.push(`discard=${drive['discard'] === 'on' ? 'unmap' : 'ignore'}`);
    const zeroes =
      drive['detect_zeroes'] === 0 ? 'off' : drive['discard'] === 'on' ? 'unmap' : 'on';
    options.push(`detect-zeroes=${zeroes}`);
    if (drive['ro'] === 1) options.push('readonly=on');
    if (drive['snapshot'] === 1) options.push('snapshot=on');
    for (const name of ['werror', 'rerror'])
      if (drive[name] !== undefined) options.push(`${name}=${String(drive[name])}`);
    for (const limit of ['bps', 'bps_rd', 'bps_wr', 'iops', 'iops_rd', 'iops_wr'])
      if (drive[limit] !== undefined)
        options.push(`throttling.${throttleName(limit)}=${String(drive[limit])}`);
    for (const limit of ['mbps', 'mbps_rd', 'mbps_wr'])
      if (drive[limit] !== undefined)
        options.push(
          `throttling.${throttleName(limit.slice(1))}=${Math.floor(Number(drive[limit]) * 2 ** 20)}`,
        );
  }
  return options.join(',');
}

/** `iops_rd` is `iops-read` for QEMU. */
function throttleName(limit: string): string {
  const [unit, direction = ''] = limit.split('_');
  const name = { '': 'total', rd: 'read', wr: 'write' }[direction] ?? 'total';
  return `${unit}-${name}`;
}

function scsiDevice({ key, index }: Place, cdrom: boolean, machine: Machine): string {
  const hardware = String(machine.config['scsihw'] ?? 'lsi');
  const kind = cdrom ? 'scsi-cd' : 'scsi-hd';
  const ids = `drive=drive-${key},id=${key}`;
  if (hardware === 'virtio-scsi-single')
    return `${kind},bus=virtioscsi${index}.0,channel=0,scsi-id=0,lun=${index},${ids}`;
  if (hardware === 'virtio-scsi-pci')
    return `${kind},bus=scsihw0.0,channel=0,scsi-id=0,lun=${index},${ids}`;
  return `${kind},bus=scsihw${Math.floor(index / LSI_TARGETS)}.0,scsi-id=${index % LSI_TARGETS},${ids}`;
}

/** q35 has one drive on each of its IDE buses, the older machine two. */
function idePlace(index: number, q35: boolean): string {
  const bus = Math.floor(index / 2) + (q35 ? 2 * (index % 2) : 0);
  return `bus=ide.${bus},unit=${q35 ? 0 : index % 2}`;
}

function device(place: Place, drive: Drive, machine: Machine): string {
  const { key, bus, index } = place;
  const cdrom = isCdrom(drive);
  const { config } = machine;
  let text: string;
  if (bus === 'virtio') text = `virtio-blk-pci,drive=drive-${key},id=${key},bus=${pciBus(config)}`;
  else if (bus === 'scsi') text = scsiDevice(place, cdrom, machine);
  else {
    const where =
      bus === 'ide'
        ? idePlace(index, isQ35(config))
        : `bus=ahci${Math.floor(index / SATA_PORTS)}.${index % SATA_PORTS}`;
    text = `ide-${cdrom ? 'cd' : 'hd'},${where},drive=drive-${key},id=${key}`;
  }
  if (drive['ssd'] === 1 && !cdrom && bus !== 'virtio') text += ',rotation_rate=1';
  if (drive['wwn'] !== undefined) text += `,wwn=${String(drive['wwn'])}`;
  if (drive['serial'] !== undefined)
    text += `,serial=${quoted(decodeURIComponent(String(drive['serial'])))}`;
  return text + bootIndexOf(config, key);
}

/** The controller that a drive needs, by the name it must not have twice. */
function controller({ bus, index }: Place, machine: Machine): [string, string] | undefined {
  const { config } = machine;
  const pci = `bus=${pciBus(config)}`;
  if (bus === 'sata') {
    const id = `ahci${Math.floor(index / SATA_PORTS)}`;
    return [id, `ahci,id=${id},${pci}`];
  }
  if (bus !== 'scsi') return undefined;
  const hardware = String(config['scsihw'] ?? 'lsi');
  if (hardware === 'virtio-scsi-single')
    return [`virtioscsi${index}`, `virtio-scsi-pci,id=virtioscsi${index},${pci}`];
  const number = hardware === 'virtio-scsi-pci' ? 0 : Math.floor(index / LSI_TARGETS);
  return [`scsihw${number}`, `${hardware},id=scsihw${number},${pci}`];
}

/** Disks and CD-ROM drives with their controllers. */
export function driveArguments(machine: Machine): string[] {
  const { config } = machine;
  const args: string[] = [];
  const controllers = new Set<string>();
  for (const key of Object.keys(config).filter(isDriveKey).sort()) {
    const [, bus = '', index = ''] = /^([a-z]+)(\d+)$/.exec(key) ?? [];
    if (bus === 'efidisk' || bus === 'tpmstate') continue;
    const place = { key, bus, index: Number(index) };
    const drive = parseDrive(key, String(config[key]));
    const needs = controller(place, machine);
    if (needs && !controllers.has(needs[0])) {
      controllers.add(needs[0]);
      args.push('-device', needs[1]);
    }
    args.push('-drive', medium(place, drive, machine), '-device', device(place, drive, machine));
  }
  return args;
}

/** UEFI firmware in two flash chips; a BIOS needs nothing. */
export function firmwareArguments({ firmware, config }: Machine): string[] {
  if (!firmware) return isOn(config, 'acpi', true) ? [] : ['-no-acpi'];
  const { code, variables } = firmware;
  return [
    '-drive',
    `if=pflash,unit=0,format=raw,readonly=on,file=${quoted(code)}`,
    '-drive',
    `if=pflash,unit=1,id=drive-efidisk0,format=${variables.format},file=${quoted(variables.path)}`,
  ];
}
