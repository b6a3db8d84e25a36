import { sha256Crypt } from '../auth/sha256-crypt.js';
import type { ConfigValue, VmConfig } from '../state/model.js';
import { trueRandom, uuidOf } from '../state/random.js';
import type { Random } from '../state/random.js';
import { isCdrom, isCloudInit, isDriveKey, driveKeys, parseDrive } from './drive.js';
import { parseNet, printNet, randomMac } from './net.js';

/** The QEMU that a PVE 9.2 server puts into a new VM's meta option. */
const QEMU_VERSION = '10.0.13';

/** Brings one option into the form in which PVE stores it. */
export function normalizeOption(
  key: string,
  value: ConfigValue,
  macPrefix: string,
  random = trueRandom,
): ConfigValue {
  if (/^net\d+$/.test(key)) {
    const net = parseNet(String(value));
    net['macaddr'] =
      net['macaddr'] === undefined
        ? randomMac(macPrefix, random)
        : String(net['macaddr']).toUpperCase();
    return printNet(net);
  }
  if (key === 'tags') {
    const tags = String(value)
      .toLowerCase()
      .split(/[,;\s]+/)
      .filter((tag) => tag !== '');
    return [...new Set(tags)].sort().join(';');
  }
  if (key === 'cipassword') return hashed(String(value), random);
  if (key === 'description') return String(value).replace(/\n$/, '');
  return value;
}

/** PVE stores a guest's password as a hash; one that is given as such stays. */
function hashed(password: string, random: Random): string {
  if (/^\$\w+\$.*\$/.test(password)) return password;
  const salt = random.bytes('salt', 6).toString('base64').replace(/[+=]/g, '.');
  return sha256Crypt(password, salt);
}

/** A new UUID for a VM. */
export function newUuid(random: Random): string {
  return uuidOf(random.bytes('uuid', 16));
}

/** Who made a VM, and when (seconds since the epoch). */
export function metaOf(ctime: number): string {
  return `creation-qemu=${QEMU_VERSION},ctime=${ctime}`;
}

/** Options that every VM gets when it is made. */
export function withDefaults(config: VmConfig, random = trueRandom): VmConfig {
  const result: VmConfig = { ...config };
  result['boot'] ??= defaultBoot(config);
  result['meta'] = metaOf(Math.floor(Date.now() / 1000));
  result['smbios1'] = withUuid(result['smbios1'], random);
  if (result['vmgenid'] === undefined || result['vmgenid'] === '1')
    result['vmgenid'] = newUuid(random);
  else if (result['vmgenid'] === '0') delete result['vmgenid'];
  return result;
}

function withUuid(value: ConfigValue | undefined, random: Random): string {
  const text = value === undefined ? '' : String(value);
  if (/(?:^|,)uuid=/.test(text)) return text;
  const uuid = newUuid(random);
  return text === '' ? `uuid=${uuid}` : `uuid=${uuid},${text}`;
}

/** New identities for a clone. */
export function withNewIdentity(
  config: VmConfig,
  macPrefix: string,
  random = trueRandom,
): VmConfig {
  const result: VmConfig = { ...config };
  for (const key of Object.keys(result)) {
    if (!/^net\d+$/.test(key)) continue;
    const net = parseNet(String(result[key]));
    net['macaddr'] = randomMac(macPrefix, random);
    result[key] = printNet(net);
  }
  const rest = String(result['smbios1'] ?? '')
    .replace(/(?:^|,)uuid=[^,]*/, '')
    .replace(/^,/, '');
  result['smbios1'] = withUuid(rest === '' ? undefined : rest, random);
  if (result['vmgenid'] !== undefined) result['vmgenid'] = newUuid(random);
  return result;
}

/** PVE's own boot order: the first disk, the first CD-ROM, the first network card; a blank when there is nothing. */
function defaultBoot(config: VmConfig): string {
  const drives = driveKeys().filter(
    (key) => isDriveKey(key) && config[key] !== undefined && !/^(?:efidisk|tpmstate)/.test(key),
  );
  const parsed = drives.map((key) => ({ key, drive: parseDrive(key, String(config[key])) }));
  const disk = parsed.find(({ drive }) => !isCdrom(drive))?.key;
  const cdrom = parsed.find(({ drive }) => isCdrom(drive) && !isCloudInit(drive))?.key;
  const net = Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .sort()[0];
  const order = [disk, cdrom, net].filter((key) => key !== undefined);
  return order.length > 0 ? `order=${order.join(';')}` : ' ';
}
