import { type HostReport, targetName } from '../../operations/idrac/check.js';

const widths = [30, 9, 8, 14, 8, 12, 8] as const;

/** Lines come one by one, so their columns cannot wait for the longest value. */
function row(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (widths[at] === undefined ? cell : cell.padEnd(widths[at])))
    .join(' ')
    .trimEnd();
}

export const hostHeading = row([
  'HOST',
  'STATUS',
  'BMC',
  'FIRMWARE',
  'TAG',
  'CERT ENDS',
  'TLS',
  'FINDINGS',
]);

export function productOf({ generation, vendor }: HostReport): string {
  return generation === null ? (vendor ?? '-') : `iDRAC${generation}`;
}

export function hostLine(host: HostReport): string {
  return row([
    targetName(host),
    host.status,
    productOf(host),
    host.firmware ?? '-',
    host.serviceTag ?? '-',
    host.cert?.notAfter.slice(0, 10) ?? '-',
    host.tls?.version ?? '-',
    host.findings.map(({ id }) => id).join(' ') || '-',
  ]);
}

/** What is wrong with a host, why, and what to do. */
export function hostDetails(host: HostReport): string[] {
  return [
    '',
    targetName(host),
    ...host.findings.flatMap(({ severity, id, message, suggestion, command }) => [
      `  ${severity.padEnd(8)} ${id}: ${message}`,
      `           ${suggestion}`,
      ...(command === null ? [] : [`           → ${command}`]),
    ]),
  ];
}
