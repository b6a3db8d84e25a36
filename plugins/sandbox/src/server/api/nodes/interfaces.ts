import { isIPv4 } from 'node:net';
import type { App } from '../../app.js';
import type { SectionRow } from '../../state/model.js';
import type { Params } from '../params.js';
import { nodeAddress, nodeSettings } from './settings.js';

export type Interfaces = Record<string, SectionRow>;

/** What the installer has set up: one bridge with the node's address. */
function installed(app: App, node: string): Interfaces {
  const address = nodeAddress(app, node);
  return {
    vmbr0: {
      type: 'bridge',
      active: 1,
      autostart: 1,
      address,
      netmask: '24',
      cidr: `${address}/24`,
      method: 'static',
      method6: 'manual',
      families: ['inet'],
      bridge_fd: '0',
      bridge_ports: '',
      bridge_stp: 'off',
      priority: 3,
    },
  };
}

/** /etc/network/interfaces. */
export function interfacesOf(app: App, node: string): Interfaces {
  return nodeSettings(app, node).interfaces ?? installed(app, node);
}

/** What it will be after the next reload: interfaces.new, if there is one. */
export function plannedInterfaces(app: App, node: string): Interfaces {
  return nodeSettings(app, node).newInterfaces ?? interfacesOf(app, node);
}

/** May a network card of a guest be plugged in there? */
export function isBridge(app: App, node: string, name: string): boolean {
  return /bridge$/i.test(String(interfacesOf(app, node)[name]?.['type'] ?? ''));
}

function prefixOf(netmask: string): string {
  if (!isIPv4(netmask)) return netmask;
  const ones = netmask
    .split('.')
    .map((part) => Number(part).toString(2).replace(/0/g, '').length)
    .reduce((sum, count) => sum + count, 0);
  return String(ones);
}

/** An interface as it stands in the file, from the parameters of a call. */
export function interfaceRow(params: Params, priority: number): SectionRow {
  const row = Object.fromEntries(params.entries(['node', 'iface', 'delete'])) as SectionRow;
  const [address, prefix] =
    params.optionalString('cidr')?.split('/') ??
    (params.has('address') ? [params.string('address'), prefixOf(params.string('netmask'))] : []);
  if (address !== undefined && prefix !== undefined)
    Object.assign(row, { address, netmask: prefix, cidr: `${address}/${prefix}` });
  const cidr6 =
    params.optionalString('cidr6') ??
    (params.has('address6')
      ? `${params.string('address6')}/${params.string('netmask6')}`
      : undefined);
  if (cidr6 !== undefined) {
    const [address6, netmask6] = cidr6.split('/') as [string, string];
    Object.assign(row, { address6, netmask6, cidr6 });
  }
  if (row['type'] === 'bridge') {
    row['bridge_ports'] ??= '';
    row['bridge_stp'] ??= 'off';
    row['bridge_fd'] ??= '0';
  }
  return {
    ...row,
    method: address === undefined ? 'manual' : 'static',
    method6: cidr6 === undefined ? 'manual' : 'static',
    families: ['inet', ...(cidr6 === undefined ? [] : ['inet6'])],
    priority,
  };
}

/** The file's lines for one interface. */
function stanza(name: string, row: SectionRow): string[] {
  const lines = [
    ...(row['autostart'] ? [`auto ${name}`] : []),
    `iface ${name} inet ${String(row['method'])}`,
  ];
  for (const [key, file] of [
    ['cidr', 'address'],
    ['gateway', 'gateway'],
    ['bridge_ports', 'bridge-ports'],
    ['bridge_stp', 'bridge-stp'],
    ['bridge_fd', 'bridge-fd'],
    ['slaves', 'bond-slaves'],
    ['bond_mode', 'bond-mode'],
    ['mtu', 'mtu'],
  ] as const)
    if (row[key] !== undefined) lines.push(`\t${file} ${String(row[key]) || 'none'}`);
  return [...lines, ''];
}

/** What a reload would change, line by line. */
export function changesOf(app: App, node: string): string | undefined {
  const planned = nodeSettings(app, node).newInterfaces;
  if (!planned) return undefined;
  const linesOf = (all: Interfaces): string[] =>
    Object.entries(all).flatMap(([name, row]) => stanza(name, row));
  const before = linesOf(interfacesOf(app, node));
  const after = linesOf(planned);
  const text = [
    '--- /etc/network/interfaces',
    '+++ /etc/network/interfaces.new',
    `@@ -1,${before.length} +1,${after.length} @@`,
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.map((line) => (before.includes(line) ? ` ${line}` : `+${line}`)),
  ];
  return `${text.join('\n')}\n`;
}
