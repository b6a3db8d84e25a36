import type { CheckReport, HostReport } from './check.js';
import { targetName } from './check.js';
import { nagiosCode } from './verdict.js';

const words = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** Monitoring reads `|` as the begin of figures. */
const plain = (text: string): string => text.replaceAll('|', '/').replace(/\s+/g, ' ');

/** One line with performance data. */
export function nagiosLine(report: CheckReport): string {
  const { summary, hosts, thresholds } = report;
  const bad = hosts.filter(({ status }) => status !== 'ok');
  const said = bad.map((host) => `${targetName(host)} ${host.findings[0]?.message ?? ''}`);
  const text =
    said.length > 0
      ? said.slice(0, 5).join(' ') + (said.length > 5 ? ` and ${said.length - 5} more` : '')
      : `${summary.total === 1 ? targetName(hosts[0]!) : `${summary.total} hosts`} without findings`;
  const { warnDays, critDays } = thresholds;
  const figures = hosts.flatMap((host) => {
    if (!host.cert) return [];
    const label = hosts.length === 1 ? 'days' : `'${targetName(host)} days'`;
    return [`${label}=${host.cert.daysLeft};${warnDays};${critDays}`];
  });
  const line = `${words[nagiosCode(report)]} - ${plain(text)}`;
  return figures.length > 0 ? `${line} | ${figures.join(' ')}` : line;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function metric(
  name: string,
  help: string,
  samples: ReadonlyArray<[labels: Record<string, string>, value: number]>,
): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}{${pairs.join(',')}} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n');
}

const labelsOf = ({ host, port }: HostReport): Record<string, string> => ({
  host,
  port: String(port),
});

/** For the textfile collector: raw times, so that rules go on being right between two runs. */
export function prometheusText({ hosts }: CheckReport): string {
  return [
    metric(
      'pmx_bmc_up',
      'Whether the host answered over TLS.',
      hosts.map((host) => [labelsOf(host), host.tls === null ? 0 : 1]),
    ),
    metric(
      'pmx_bmc_certificate_not_after_seconds',
      'End of the certificate, in seconds since 1970.',
      hosts.flatMap((host) =>
        host.cert ? [[labelsOf(host), Date.parse(host.cert.notAfter) / 1000] as const] : [],
      ) as Array<[Record<string, string>, number]>,
    ),
    metric(
      'pmx_bmc_clock_skew_seconds',
      'How far the clock of the host is ahead.',
      hosts.flatMap((host) =>
        host.clock ? [[labelsOf(host), host.clock.skewSeconds] as const] : [],
      ) as Array<[Record<string, string>, number]>,
    ),
    metric(
      'pmx_bmc_info',
      'What the host is; always 1.',
      hosts
        .filter(({ vendor }) => vendor !== null)
        .map((host) => [
          {
            ...labelsOf(host),
            generation: String(host.generation ?? ''),
            firmware: host.firmware ?? '',
            service_tag: host.serviceTag ?? '',
          },
          1,
        ]),
    ),
    metric(
      'pmx_bmc_finding',
      'What is wrong with the host; always 1.',
      hosts.flatMap((host) =>
        host.findings.map(
          ({ id, severity }) =>
            [{ ...labelsOf(host), id, severity }, 1] as [Record<string, string>, number],
        ),
      ),
    ),
  ].join('');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function markdown(report: CheckReport): string {
  const { summary, hosts, window } = report;
  const rows = hosts.map((host) =>
    [
      targetName(host),
      host.status,
      host.generation === null ? (host.vendor ?? '') : `iDRAC${host.generation}`,
      host.firmware ?? '',
      host.serviceTag ?? '',
      host.cert?.notAfter.slice(0, 10) ?? '',
      host.tls?.version ?? '',
    ]
      .map(cell)
      .join(' | '),
  );
  const details = hosts
    .filter(({ findings }) => findings.length > 0)
    .map((host) =>
      [
        `## ${targetName(host)}`,
        '',
        ...host.findings.map(
          ({ severity, id, message, suggestion, command }) =>
            `- **${severity}** \`${id}\`: ${message} ${suggestion}${command === null ? '' : ` \`${command}\``}`,
        ),
        '',
      ].join('\n'),
    );
  const shifts = window.groups.map(({ to, hosts: opened }) => `- ${to}: ${opened.join(', ')}`);
  return [
    `# Check of ${report.at}`,
    '',
    `${summary.total} hosts: ${summary.critical} critical, ${summary.warning} warning, ${summary.unknown} unknown, ${summary.ok} ok.`,
    '',
    '| host | status | generation | firmware | service tag | certificate ends | TLS |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
    '',
    ...details,
    ...(shifts.length > 0 ? ['## Dates that open what is expired', '', ...shifts, ''] : []),
  ].join('\n');
}

/** A cell that begins like a formula would be one in a spreadsheet. */
function csvCell(value: string | number | null): string {
  const text = String(value ?? '').replace(/^([=+@\t]|-(?!\d+$))/, "'$1");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv({ hosts }: CheckReport): string {
  const heading =
    'host,port,status,vendor,generation,firmware,service_tag,tls,not_before,not_after,days_left,key_bits,signature,subject,issuer,sha256,skew_seconds,findings';
  const rows = hosts.map((host) =>
    [
      host.host,
      host.port,
      host.status,
      host.vendor,
      host.generation,
      host.firmware,
      host.serviceTag,
      host.tls?.version ?? null,
      host.cert?.notBefore ?? null,
      host.cert?.notAfter ?? null,
      host.cert?.daysLeft ?? null,
      host.cert?.keyBits ?? null,
      host.cert?.sigAlg ?? null,
      host.cert?.subject ?? null,
      host.cert?.issuer ?? null,
      host.cert?.sha256 ?? null,
      host.clock?.skewSeconds ?? null,
      host.findings.map(({ id }) => id).join(' '),
    ]
      .map(csvCell)
      .join(','),
  );
  return [heading, ...rows, ''].join('\n');
}
