import { randomBytes, randomUUID } from 'node:crypto';
import { sha256Crypt } from '../auth/sha256-crypt.js';
import type { ConfigValue, VmConfig } from '../state/model.js';
import { isCdrom, isCloudInit, isDriveKey, driveKeys, parseDrive } from './drive.js';
import { parseNet, printNet, randomMac } from './net.js';

/** The QEMU that a PVE 9.2 server puts into a new VM's meta option. */
const QEMU_VERSION = '10.0.13';

/** Brings one option into the form in which PVE stores it. */
export function normalizeOption(key: string, value: ConfigValue, macPrefix: string): ConfigValue {
  if (/^net\d+$/.test(key)) {
    const net = parseNet(String(value));
    net['macaddr'] =
      net['macaddr'] === undefined ? randomMac(macPrefix) : String(net['macaddr']).toUpperCase();
    return printNet(net);
  }
  if (key === 'tags') {
    const tags = String(value)
      .toLowerCase()
      .split(/[,;\s]+/)
      .filter((tag) => tag !== '');
    return [...new Set(tags)].sort().join(';');
  }
  if (key === 'cipassword') return hashed(String(value));
  if (key === 'description') return String(value).replace(/\n$/, '');
  return value;
}

/** PVE stores a guest's password as a hash; one that is given as such stays. */
function hashed(password: string): string {
  if (/^\$\w+\$.*\$/.test(password)) return password;
  const salt = randomBytes(6).toString('base64').replace(/[+=]/g, '.');
  return sha256Crypt(password, salt);
}

/** Options that every VM gets when it is made. */
export function withDefaults(config: VmConfig): VmConfig {
  const result: VmConfig = { ...config };
  result['boot'] ??= defaultBoot(config);
  result['meta'] = `creation-qemu=${QEMU_VERSION},ctime=${Math.floor(Date.now() / 1000)}`;
  result['smbios1'] = withUuid(result['smbios1']);
  if (result['vmgenid'] === undefined || result['vmgenid'] === '1')
    result['vmgenid'] = randomUUID();
  else if (result['vmgenid'] === '0') delete result['vmgenid'];
  return result;
}

function withUuid(value: ConfigValue | undefined): string {
  const text = value === undefined ? '' : String(value);
  if (/(?:^|,)uuid=/.test(text)) return text;
  return text === '' ? `uuid=${randomUUID()}` : `uuid=${randomUUID()},${text}`;
}

/** New identities for a clone. */
export function withNewIdentity(config: VmConfig, macPrefix: string): VmConfig {
  const result: VmConfig = { ...config };
  for (const key of Object.keys(result)) {
    if (!/^net\d+$/.test(key)) continue;
    const net = parseNet(String(result[key]));
    net['macaddr'] = randomMac(macPrefix);
    result[key] = printNet(net);
  }
  const rest = String(result['smbios1'] ?? '')
    .replace(/(?:^|,)uuid=[^,]*/, '')
    .replace(/^,/, '');
  result['smbios1'] = withUuid(rest === '' ? undefined : rest);
  if (result['vmgenid'] !== undefined) result['vmgenid'] = randomUUID();
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
