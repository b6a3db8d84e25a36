import { createHash } from 'node:crypto';
import type { ConfigValue, Vm, VmConfig } from '../state/model.js';
import { isCloudInitOption } from './options.js';
import { parseNet } from './net.js';

/** The addresses of one network card, from ipconfigN. */
export interface IpConfig {
  ip?: string;
  gw?: string;
  ip6?: string;
  gw6?: string;
}

export function parseIpConfig(text: string): IpConfig {
  return Object.fromEntries(
    text
      .split(',')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  ) as IpConfig;
}

/** GET cloudinit: the options that cloud-init reads, except the addresses. */
export function cloudInitView(vm: Vm): Record<string, unknown>[] {
  const onDrive = vm.cloudInit ?? {};
  const shown = (key: string, value: ConfigValue): ConfigValue =>
    key === 'cipassword' ? '**********' : value;
  return [...new Set([...Object.keys(vm.config), ...Object.keys(onDrive)])]
    .filter((key) => isCloudInitOption(key) && !/^ipconfig\d+$/.test(key))
    .map((key) => {
      const now = vm.config[key];
      if (!(key in onDrive)) return { key, value: shown(key, now!) };
      const before = onDrive[key] ?? null;
      return {
        key,
        ...(before === null ? {} : { value: shown(key, before) }),
        ...(now === undefined ? { delete: 1 } : { pending: shown(key, now) }),
      };
    });
}

/** Notes what the running guest's drive says before an option changes. */
export function noteCloudInit(vm: Vm, key: string): void {
  if (!vm.guest || !isCloudInitOption(key)) return;
  vm.cloudInit = { [key]: vm.config[key] ?? null, ...vm.cloudInit };
}

function hostname(vm: Vm): string {
  return String(vm.config['name'] ?? `VM${vm.vmid}`);
}

function userData(vm: Vm): string {
  const { config } = vm;
  const [host = '', ...domain] = hostname(vm).split('.');
  const search =
    domain.length > 0 ? domain.join('.') : String(config['searchdomain'] ?? '').split(' ')[0]!;
  const lines = ['#cloud-config', `hostname: ${host}`, 'manage_etc_hosts: true'];
  if (search !== '') lines.push(`fqdn: ${host}.${search}`);
  if (config['ciuser'] !== undefined) lines.push(`user: ${String(config['ciuser'])}`);
  if (config['cipassword'] !== undefined) lines.push(`password: ${String(config['cipassword'])}`);
  const keys = decodeURIComponent(String(config['sshkeys'] ?? ''))
    .split('\n')
    .filter((key) => key.trim() !== '');
  if (keys.length > 0)
    lines.push('ssh_authorized_keys:', ...keys.map((key) => `  - ${key.trim()}`));
  lines.push('chpasswd:', '  expire: False', 'users:', '  - default');
  if (config['ciupgrade'] !== 0) lines.push('package_upgrade: true');
  return `${lines.join('\n')}\n`;
}

function netmask(prefix: number): string {
  const bits = (0xffffffff << (32 - prefix)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

function subnets(ip: IpConfig): string[] {
  const lines: string[] = [];
  if (ip.ip === 'dhcp') lines.push('      - type: dhcp4');
  else if (ip.ip !== undefined) {
    const [address = '', prefix = '24'] = ip.ip.split('/');
    lines.push(
      '      - type: static',
      `        address: '${address}'`,
      `        netmask: '${netmask(Number(prefix))}'`,
    );
    if (ip.gw !== undefined) lines.push(`        gateway: '${ip.gw}'`);
  }
  if (ip.ip6 === 'dhcp') lines.push('      - type: dhcp6');
  else if (ip.ip6 === 'auto') lines.push('      - type: ipv6_slaac');
  else if (ip.ip6 !== undefined) {
    lines.push('      - type: static6', `        address: '${ip.ip6}'`);
    if (ip.gw6 !== undefined) lines.push(`        gateway: '${ip.gw6}'`);
  }
  return lines;
}

/** The numbers of a VM's network cards. */
export function netNumbers(config: VmConfig): number[] {
  return Object.keys(config)
    .flatMap((key) => /^net(\d+)$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
}

function networkData({ config }: Vm): string {
  const lines = ['version: 1', 'config:'];
  for (const number of netNumbers(config)) {
    const mac = String(parseNet(String(config[`net${number}`]))['macaddr'] ?? '').toLowerCase();
    lines.push(
      '    - type: physical',
      `      name: eth${number}`,
      `      mac_address: '${mac}'`,
      '      subnets:',
    );
    lines.push(...subnets(parseIpConfig(String(config[`ipconfig${number}`] ?? ''))));
  }
  const list = (value: unknown): string[] =>
    String(value ?? '')
      .split(/[ ,;]+/)
      .filter((item) => item !== '');
  const servers = list(config['nameserver'] ?? '10.255.255.53');
  lines.push(
    '    - type: nameserver',
    '      address:',
    ...servers.map((server) => `      - '${server}'`),
  );
  const domains = list(config['searchdomain']);
  if (domains.length > 0)
    lines.push('      search:', ...domains.map((domain) => `      - '${domain}'`));
  return `${lines.join('\n')}\n`;
}

/** One of the three files on a cloud-init drive. */
export function cloudInitFile(vm: Vm, type: string): string {
  if (type === 'user') return userData(vm);
  if (type === 'network') return networkData(vm);
  const id = createHash('sha1').update(userData(vm)).update(networkData(vm)).digest('hex');
  return `instance-id: ${id}\n`;
}
