import type { Inside, Vm, VmConfig } from '../../state/model.js';
import { rtcAhead, systemAhead } from './clock.js';
import { activity, unitsOf } from './units.js';
import { isZone, localTime } from './zones.js';

/** Text as the bytes that a guest would have: one character is one byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The guest's time in milliseconds. */
export function guestTime(vm: Vm): number {
  const now = Date.now();
  return now + systemAhead(vm, now);
}

export function hostName(config: VmConfig, vmid: number): string {
  return String(config['name'] ?? config['hostname'] ?? `VM${vmid}`).split('.')[0]!;
}

/** The name that the guest itself goes by; somebody may have changed it in there. */
export function guestHostName(vm: Vm): string {
  const own = vm.inside?.files['/etc/hostname']?.trim();
  return own === undefined || own === '' ? bytesOf(hostName(vm.config, vm.vmid)) : own;
}

/** The guest's time zone, UTC when its file says nothing useful. */
export function zoneOf(vm: Vm): string {
  const own = vm.inside?.files['/etc/timezone']?.trim() ?? 'Etc/UTC';
  return isZone(own) ? own : 'Etc/UTC';
}

/** The zone as the guest agent tells it. */
export function agentZone(vm: Vm): { zone: string; offset: number } {
  const { zone, offsetMinutes } = localTime(zoneOf(vm), guestTime(vm));
  return { zone, offset: offsetMinutes * 60 };
}

/** The account that cloud-init makes. */
export function cloudUser(config: VmConfig): string {
  return String(config['ciuser'] ?? 'debian');
}

export const KERNEL = {
  release: '6.1.0-56-cloud-amd64',
  version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)',
  machine: 'x86_64',
} as const;

/** What a freshly installed guest has, as far as anybody asks for it. */
function systemFile(vm: Vm, path: string): string | undefined {
  const host = hostName(vm.config, vm.vmid);
  switch (path) {
    case '/etc/hostname':
      return `${host}\n`;
    case '/etc/hosts':
      return `127.0.1.1 ${host} ${host}\n127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n`;
    case '/etc/os-release':
      return 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n';
    case '/etc/passwd': {
      const user = cloudUser(vm.config);
      return `root:x:0:0:root:/root:/bin/bash\n${user}:x:1000:1000:Debian:/home/${user}:/bin/bash\n`;
    }
    case `/home/${cloudUser(vm.config)}/.ssh/authorized_keys`:
      return vm.config['sshkeys'] === undefined
        ? undefined
        : `${decodeURIComponent(String(vm.config['sshkeys'])).trimEnd()}\n`;
    case '/etc/timezone':
      return 'Etc/UTC\n';
    case '/proc/uptime': {
      const seconds = (Date.now() - (vm.guest?.startedAt ?? Date.now())) / 1000;
      return `${seconds.toFixed(2)} ${(seconds * 1.8).toFixed(2)}\n`;
    }
    case '/proc/version':
      return `Linux version ${KERNEL.release} ${KERNEL.version}\n`;
    case '/sys/class/rtc/rtc0/since_epoch':
      return `${Math.floor((Date.now() + rtcAhead(vm)) / 1000)}\n`;
    case '/dev/null':
      return '';
    default:
      return cgroupFile(vm, path);
  }
}

/** A service has a control group as long as it runs. */
function cgroupFile(vm: Vm, path: string): string | undefined {
  const name = /^\/sys\/fs\/cgroup\/system\.slice\/([^/]+)\/cgroup\.procs$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  const at = unitsOf(vm).findIndex((unit) => unit.name === name && !unit.oneshot);
  const unit = unitsOf(vm)[at];
  return unit && activity(vm, unit).active ? `${400 + at}\n` : undefined;
}

const DIRECTORIES = [
  '/',
  '/etc',
  '/etc/apt',
  '/etc/apt/apt.conf.d',
  '/tmp',
  '/root',
  '/home',
  '/var',
  '/var/log',
  '/var/lib',
  '/var/lib/dpkg',
  '/run',
  '/dev',
  '/proc',
  '/usr',
  '/usr/bin',
  '/opt',
  '/srv',
  '/mnt',
];

/** The files of a guest: those of its system, and what was written since. */
export class GuestFiles {
  readonly #vm: Vm;

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  #inside(): Inside {
    this.#vm.inside ??= { files: {}, passwords: {} };
    return this.#vm.inside;
  }

  read(path: string): string | undefined {
    const own = this.#vm.inside?.files[path];
    if (own === null) return undefined;
    return own ?? systemFile(this.#vm, path);
  }

  isDirectory(path: string): boolean {
    const name = path.replace(/(.)\/$/, '$1');
    return (
      DIRECTORIES.includes(name) ||
      name === `/home/${cloudUser(this.#vm.config)}` ||
      Object.entries(this.#vm.inside?.files ?? {}).some(
        ([file, text]) => text !== null && file.startsWith(`${name}/`),
      )
    );
  }

  /** The names in a directory. */
  list(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path.replace(/\/$/, '')}/`;
    const files = Object.entries(this.#vm.inside?.files ?? {});
    const names = [
      ...DIRECTORIES,
      ...files.flatMap(([file, text]) => (text === null ? [] : [file])),
    ]
      .filter((file) => file !== '/' && file.startsWith(prefix))
      .map((file) => file.slice(prefix.length).split('/')[0]!);
    if (prefix === '/etc/') names.push('hostname', 'hosts', 'os-release', 'passwd', 'timezone');
    return [...new Set(names)].filter((name) => name !== '').sort();
  }

  /** Writes a file; false when its directory is not there. */
  write(path: string, content: string): boolean {
    if (path === '/dev/null') return true;
    const parent = path.slice(0, Math.max(1, path.lastIndexOf('/')));
    if (!path.startsWith('/') || !this.isDirectory(parent) || this.isDirectory(path)) return false;
    this.#inside().files[path] = content;
    return true;
  }

  remove(path: string): void {
    this.#inside().files[path] = null;
  }

  /** A directory with nothing in it is an entry of its own. */
  makeDirectory(path: string): boolean {
    const name = path.replace(/(.)\/+$/, '$1');
    if (this.isDirectory(name)) return true;
    if (!name.startsWith('/') || this.read(name) !== undefined) return false;
    this.#inside().files[`${name}/`] = '';
    return true;
  }

  removeTree(path: string): void {
    const prefix = `${path.replace(/\/+$/, '')}/`;
    const { files } = this.#inside();
    for (const name of Object.keys(files)) if (name.startsWith(prefix)) delete files[name];
  }

  users(): string[] {
    return (this.read('/etc/passwd') ?? '').split('\n').flatMap((line) => line.split(':')[0] || []);
  }
}
