import type { Vm } from '../../state/model.js';
import { hasPackage, servicesOf } from './packages.js';

/** A service that the guest's system has. */
export interface Unit {
  name: string;
  description: string;
  /** Done once at boot: active (exited). */
  oneshot?: true;
  aliases?: readonly string[];
  /** Not to be stopped: without it nobody could ask the guest any more. */
  fixed?: true;
}

export type Enabled = 'enabled' | 'disabled' | 'masked' | 'static';

const COMMON: readonly Unit[] = [
  {
    name: 'cloud-config.service',
    description: 'Apply the settings specified in cloud-config',
    oneshot: true,
  },
  { name: 'cloud-final.service', description: 'Execute cloud user/final scripts', oneshot: true },
  {
    name: 'cloud-init.service',
    description: 'Initial cloud-init job (metadata service crawler)',
    oneshot: true,
  },
  { name: 'cron.service', description: 'Regular background program processing daemon' },
  { name: 'dbus.service', description: 'D-Bus System Message Bus', fixed: true },
  { name: 'qemu-guest-agent.service', description: 'QEMU Guest Agent', fixed: true },
  { name: 'ssh.service', description: 'OpenBSD Secure Shell server', aliases: ['sshd.service'] },
  { name: 'systemd-journald.service', description: 'Journal Service', fixed: true },
  { name: 'systemd-networkd.service', description: 'Network Configuration' },
  { name: 'systemd-resolved.service', description: 'Network Name Resolution' },
];

const NTP: Readonly<Record<string, Unit>> = {
  timesyncd: { name: 'systemd-timesyncd.service', description: 'Network Time Synchronization' },
  chrony: {
    name: 'chrony.service',
    description: 'chrony, an NTP client/server',
    aliases: ['chronyd.service'],
  },
  ntpd: {
    name: 'ntpsec.service',
    description: 'Network Time Service',
    aliases: ['ntp.service', 'ntpd.service'],
  },
};

/** Which NTP service a guest has: a tag of the VM chooses, systemd-timesyncd is what Debian installs. */
export function ntpUnit(vm: Vm): Unit | undefined {
  const tags = String(vm.config['tags'] ?? '').split(';');
  if (hasPackage(vm, 'chrony')) return NTP['chrony'];
  if (tags.includes('no-ntp')) return undefined;
  return NTP[['chrony', 'ntpd'].find((name) => tags.includes(name)) ?? 'timesyncd'];
}

export function unitsOf(vm: Vm): Unit[] {
  const ntp = ntpUnit(vm);
  return [...COMMON, ...servicesOf(vm), ...(ntp ? [ntp] : [])].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** `ssh`, `ssh.service` and `sshd` are the same. */
export function findUnit(vm: Vm, text: string): Unit | undefined {
  const name = fullName(text);
  return unitsOf(vm).find((unit) => unit.name === name || unit.aliases?.includes(name));
}

export function fullName(text: string): string {
  return /\.(?:service|socket|target|timer|mount)$/.test(text) ? text : `${text}.service`;
}

export function enabledState(vm: Vm, unit: Unit): Enabled {
  if (unit.fixed) return 'static';
  return vm.inside?.units?.[unit.name] ?? 'enabled';
}

/** Is it active, and since when? What was enabled when the guest booted has been running since then. */
export function activity(vm: Vm, unit: Unit): { active: boolean; since: number } {
  const { guest } = vm;
  if (!guest) return { active: false, since: 0 };
  const state = enabledState(vm, unit);
  const atBoot = { active: state === 'enabled' || state === 'static', since: guest.startedAt };
  return guest.units?.[unit.name] ?? atBoot;
}
