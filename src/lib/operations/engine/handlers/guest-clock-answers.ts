import type { TimeService } from '../../time/record.js';

const secondMillis = 1000;

/** Units under which systemd has the services that set clocks. */
const units = [
  'systemd-timesyncd',
  'chrony',
  'chronyd',
  'ntpsec',
  'ntpd',
  'ntp',
  'openntpd',
] as const;
/** Their programs, where there is no systemd to ask. */
const programs = ['chronyd', 'ntpd', 'openntpd'] as const;

/** Answers in sections, so that one program in the guest is enough. */
export const probe = [
  'echo [units]',
  `command -v systemctl >/dev/null 2>&1 && systemctl show -p Id,LoadState,ActiveState,UnitFileState ${units.join(' ')}`,
  'echo [programs]',
  ...programs.map(
    (name) => `command -v pidof >/dev/null 2>&1 && pidof ${name} >/dev/null 2>&1 && echo ${name}`,
  ),
  'echo [managers]',
  'command -v systemctl',
  'command -v rc-service',
  'command -v service',
  'echo [zone]',
  'cat /etc/timezone 2>/dev/null || date +%Z',
  'echo [rtc]',
  'cat /sys/class/rtc/rtc0/since_epoch 2>/dev/null || hwclock -r 2>/dev/null',
  'echo [end]',
].join('\n');

/** Windows Server without the service answers nothing; `tzutil` is older than `Get-TimeZone`. */
export const windowsProbe = [
  `'[zone]'; tzutil /g`,
  `$service = Get-Service w32time -ErrorAction SilentlyContinue`,
  `'[service]'; if ($service) { $service.Status.ToString() }`,
  `'[startup]'; if ($service) { (Get-WmiObject Win32_Service -Filter "Name='w32time'").StartMode }`,
].join('; ');

/** As `Set-Service` has it, for what WMI calls `Auto`. */
const startupNames: Readonly<Record<string, string>> = { Auto: 'Automatic' };

export function sections(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let current = '';
  for (const line of text.split(/\r?\n/)) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name === undefined) found[current] = `${found[current] ?? ''}${line}\n`;
    else current = name;
  }
  return found;
}

/** `1795683600`, or `2026-11-26 09:00:00.123456+00:00` as hwclock writes it. */
export function rtcMillis(text: string): number | undefined {
  const line = text.trim();
  const millis = /^\d+$/.test(line)
    ? Number(line) * secondMillis
    : Date.parse(line.replace(' ', 'T'));
  return Number.isNaN(millis) ? undefined : millis;
}

export function servicesOf(told: Record<string, string>): TimeService[] {
  const managers = told['managers'] ?? '';
  const found = new Map<string, TimeService>();
  for (const block of (told['units'] ?? '').split(/\n\s*\n/)) {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => line.split('=', 2) as [string, string]),
    );
    const { Id: name, LoadState: load, ActiveState: active, UnitFileState: file } = fields;
    if (name === undefined || load !== 'loaded') continue;
    found.set(name, {
      name,
      manager: 'systemd',
      active: active === 'active' || active === 'activating',
      enabled: file === 'enabled',
    });
  }
  if (/systemctl/.test(managers)) return [...found.values()];
  const manager = /rc-service/.test(managers) ? 'rc' : 'service';
  return (told['programs'] ?? '')
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => ({ name, manager, active: true, enabled: false }));
}

export function windowsServices(told: Readonly<Record<string, string>>): TimeService[] {
  const state = (told['service'] ?? '').trim();
  const mode = (told['startup'] ?? '').trim();
  const startup = startupNames[mode] ?? mode;
  if (state === '') return [];
  return [
    {
      name: 'w32time',
      manager: 'windows',
      active: state === 'Running' || state === 'StartPending',
      enabled: startup !== 'Disabled',
      ...(startup !== '' && { startup }),
    },
  ];
}
