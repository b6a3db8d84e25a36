import { isIP, isIPv4, isIPv6 } from 'node:net';
import { BACKUP_FORMATS } from './backup/formats.js';
import { CONTAINER_FORMATS } from './lxc/formats.js';
import { PRIVILEGES } from '../auth/privileges.js';

/** Checks a text; the result is what is wrong with it, or undefined. */
type Check = (value: string) => string | undefined;

const matches =
  (pattern: RegExp, text: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : text.replace('%s', value);

const ID = /^[a-z][a-z0-9_-]+$/i;
const DNS_NAME =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*$/;
const MAC = /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i;
const VOLUME = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(\S+)$/i;
const TAG = /^[a-z0-9_][a-z0-9_\-+.]*$/i;

const isCidr = (value: string, version: 4 | 6): boolean => {
  const [address, prefix, ...rest] = value.split('/');
  if (address === undefined || prefix === undefined || rest.length > 0 || !/^\d+$/.test(prefix))
    return false;
  return isIP(address) === version && Number(prefix) <= (version === 4 ? 32 : 128);
};

/** One of the ipconfigN keys. */
function ipconfig(value: string): string | undefined {
  for (const part of value.split(',')) {
    const [key, text = ''] = [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)];
    const fine =
      (key === 'ip' && (text === 'dhcp' || isCidr(text, 4))) ||
      (key === 'ip6' && (text === 'dhcp' || text === 'auto' || isCidr(text, 6))) ||
      (key === 'gw' && isIPv4(text)) ||
      (key === 'gw6' && isIPv6(text));
    if (!fine)
      return `format error\n${key || 'value'}: invalid format - value does not look like a valid ${key.endsWith('6') ? 'ipv6' : 'ipv4'} configuration`;
  }
  return undefined;
}

const FORMATS: Readonly<Record<string, Check>> = {
  ...CONTAINER_FORMATS,
  ...BACKUP_FORMATS,
  'pve-vmid': (value) =>
    /^[1-9][0-9]{2,8}$/.test(value) ? undefined : 'value does not look like a valid VM ID',
  'pve-node': matches(
    /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)$/,
    'value does not look like a valid node name',
  ),
  'pve-storage-id': matches(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
    "storage ID '%s' contains illegal characters",
  ),
  'pve-configid': matches(ID, "invalid configuration ID '%s'"),
  'pve-poolid': matches(
    /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,2}$/,
    "value '%s' is not a valid pool ID",
  ),
  'pve-groupid': matches(/^[A-Za-z0-9._-]+$/, "group name '%s' contains invalid characters"),
  'pve-roleid': matches(/^[A-Za-z0-9._-]+$/, "role name '%s' contains invalid characters"),
  'pve-userid': matches(
    /^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+$/,
    "value '%s' does not look like a valid user name",
  ),
  'pve-tokenid': matches(
    /^[^\s:/!]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+$/,
    "value '%s' does not look like a valid token ID",
  ),
  'pve-realm': matches(/^[A-Za-z][A-Za-z0-9._-]+$/, 'value does not look like a valid realm'),
  'pve-priv': (value) => (PRIVILEGES.has(value) ? undefined : `invalid privilege '${value}'`),
  'pve-volume-id': matches(VOLUME, "unable to parse volume ID '%s'"),
  'pve-volume-id-or-qm-path': (value) =>
    value === 'none' || value === 'cdrom' || value.startsWith('/') || VOLUME.test(value)
      ? undefined
      : 'unable to parse volume ID'.concat(` '${value}'`),
  'pve-volume-id-or-absolute-path': (value) =>
    value.startsWith('/') || VOLUME.test(value)
      ? undefined
      : `unable to parse volume ID '${value}'`,
  'pve-bridge-id': matches(/^[-_.\w]+$/, "invalid bridge name '%s'"),
  'pve-storage-content': matches(
    /^(?:iso|vztmpl|import|backup|snippets|images|rootdir|none)$/,
    "invalid content type '%s'",
  ),
  'pve-storage-vgname': matches(
    /^[a-z0-9][a-z0-9\-_.]*[a-z0-9]$/i,
    "lvm name '%s' contains illegal characters",
  ),
  'pve-storage-server': (value) =>
    isIP(value) !== 0 || DNS_NAME.test(value)
      ? undefined
      : 'value does not look like a valid server name or IP address',
  'pve-storage-zfs-blocksize': matches(
    /^\d+(?:\.\d+)?[KMGT]?$/,
    'value does not look like a valid size',
  ),
  'storage-pair': (value) =>
    /^(?:1|(?:[a-z][a-z0-9\-_.]*[a-z0-9]:)?[a-z][a-z0-9\-_.]*[a-z0-9])$/i.test(value)
      ? undefined
      : `storage ID '${value}' contains illegal characters`,
  'pve-storage-path': matches(/^\/\S*$/, 'value does not look like a valid absolute path'),
  'pve-task-status-type': matches(/^(?:ok|error|warning|unknown)$/i, "invalid status type '%s'"),
  'pve-ha-resource-or-vm-id': matches(
    /^(?:(?:vm|ct):)?[1-9][0-9]{2,8}$/,
    'value does not look like a valid ha resource or VM id',
  ),
  'pve-replication-job-id': matches(/^[1-9][0-9]{2,8}-\d{1,9}$/, "invalid replication job id '%s'"),
  'pve-calendar-event': matches(/^[A-Za-z0-9*/:.,\- ]+$/, 'unable to parse calendar event'),
  'dns-name': matches(DNS_NAME, 'value does not look like a valid DNS name'),
  'pve-tag': matches(TAG, 'invalid characters in tag'),
  address: (value) =>
    isIP(value) !== 0 || DNS_NAME.test(value)
      ? undefined
      : 'value does not look like a valid address',
  ip: (value) => (isIP(value) !== 0 ? undefined : 'value does not look like a valid IP address'),
  'mac-addr': (value) =>
    MAC.test(value) ? undefined : 'value does not look like a valid unicast MAC address',
  'mac-prefix': matches(
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){0,2}:?$/i,
    'value does not look like a valid unicast MAC address prefix',
  ),
  'disk-size': matches(/^\d+(?:\.\d+)?[KMGT]?$/, 'value does not look like a valid disk size: %s'),
  urlencoded: matches(/^[-%a-zA-Z0-9_.!~*'()]*$/, 'invalid urlencoded string: %s'),
  email: matches(
    /^[\w+~!#$%&'*/=?^`{|}-]+(?:\.[\w+~!#$%&'*/=?^`{|}-]+)*@[A-Za-z0-9.-]+$/,
    'value does not look like a valid email address',
  ),
  'email-opt': (value) =>
    value === '' || value.includes('@')
      ? undefined
      : 'value does not look like a valid email address',
  'pve-qm-boot': matches(
    /^(?:legacy=)?[acdn]{1,4}$|^order=[a-z0-9;]*$|^ $/,
    "invalid boot device list '%s'",
  ),
  ipv4: (value) => (isIPv4(value) ? undefined : 'value does not look like a valid IPv4 address'),
  ipv6: (value) => (isIPv6(value) ? undefined : 'value does not look like a valid IPv6 address'),
  CIDRv4: (value) =>
    isCidr(value, 4) ? undefined : 'value does not look like a valid IPv4 network',
  CIDRv6: (value) =>
    isCidr(value, 6) ? undefined : 'value does not look like a valid IPv6 network',
  CIDR: (value) =>
    isCidr(value, 4) || isCidr(value, 6)
      ? undefined
      : 'value does not look like a valid CIDR network',
  IPorCIDR: (value) =>
    isIP(value) !== 0 || isCidr(value, 4) || isCidr(value, 6)
      ? undefined
      : 'value does not look like a valid IP address or CIDR network',
  'pve-iface': matches(
    /^[a-z][a-z0-9_]{1,20}(?:[:.]\d+)?$/i,
    "invalid network interface name '%s'",
  ),
  'pve-ha-resource-id': matches(
    /^(?:vm|ct):[1-9][0-9]{2,8}$/,
    "value '%s' does not look like a valid ha resource id",
  ),
  'pve-qm-ipconfig': ipconfig,
  'pve-startup-order': matches(
    /^(?:order=)?\d+(?:,up=\d+)?(?:,down=\d+)?$|^(?:up|down)=\d+(?:,(?:up|down)=\d+)?$/,
    'unable to parse startup options',
  ),
  'pve-hotplug-features': matches(
    /^(?:0|1|(?:network|disk|cpu|memory|usb|cloudinit)(?:,(?:network|disk|cpu|memory|usb|cloudinit))*)$/,
    "unable to parse hotplug features '%s'",
  ),
};

/** Checks one value against a named format; `-list` repeats, `-opt` may be empty. The result is the reason for a refusal. */
export function formatError(name: string, value: string): string | undefined {
  const own = FORMATS[name];
  if (own) return own(value);
  if (name.endsWith('-list')) {
    const check = FORMATS[name.slice(0, -'-list'.length)];
    for (const item of value.split(/[,;\s\0]+/).filter((piece) => piece !== '')) {
      const wrong = check?.(item);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}
