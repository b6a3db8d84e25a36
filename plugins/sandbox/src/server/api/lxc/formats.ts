import { isIP, isIPv4, isIPv6 } from 'node:net';

type Check = (value: string) => string | undefined;

const cidr = (value: string, version: 4 | 6): boolean => {
  const [address = '', prefix = '', ...rest] = value.split('/');
  return (
    isIP(address) === version &&
    rest.length === 0 &&
    /^\d{1,3}$/.test(prefix) &&
    Number(prefix) <= (version === 4 ? 32 : 128)
  );
};

/** Named formats that only containers use. */
export const CONTAINER_FORMATS: Readonly<Record<string, Check>> = {
  'pve-lxc-mp-string': (value) =>
    /^[^,\0]+$/.test(value) ? undefined : 'invalid characters in mount point',
  'pve-lxc-dev-string': (value) =>
    value.startsWith('/dev/') && !value.split('/').includes('..')
      ? undefined
      : `${value} is not a device path`,
  'pve-ct-timezone': (value) =>
    value === 'host' || /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(value)
      ? undefined
      : `invalid time zone '${value}'`,
  'lxc-ip-with-ll-iface': (value) =>
    value === 'host' || isIP(value) !== 0 || /^fe80:[0-9a-f:]+%\w+$/i.test(value)
      ? undefined
      : `value does not look like a valid IP address`,
  ipv4: (value) => (isIPv4(value) ? undefined : 'value does not look like a valid ipv4 address'),
  ipv6: (value) => (isIPv6(value) ? undefined : 'value does not look like a valid ipv6 address'),
  'pve-ipv4-config': (value) =>
    value === 'dhcp' || value === 'manual' || cidr(value, 4)
      ? undefined
      : 'value does not look like a valid ipv4 network configuration',
  'pve-ipv6-config': (value) =>
    value === 'auto' || value === 'dhcp' || value === 'manual' || cidr(value, 6)
      ? undefined
      : 'value does not look like a valid ipv6 network configuration',
  'storage-pair': (value) =>
    /^(?:[a-z][\w.-]*(?::[a-z][\w.-]*)?|1)$/i.test(value)
      ? undefined
      : `invalid storage pair '${value}'`,
};
