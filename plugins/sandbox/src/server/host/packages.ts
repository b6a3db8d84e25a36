import { MACHINE } from './machine.js';

/** The PVE that the sandbox stands for. */
export const VERSION = { version: '9.2.11', release: '9.2', repoid: '14a22df300000000' } as const;

interface Package {
  name: string;
  version: string;
  title: string;
  section?: string;
  origin?: string;
}

const PACKAGES: readonly Package[] = [
  { name: 'proxmox-ve', version: '9.2.0', title: 'Proxmox Virtual Environment' },
  {
    name: 'pve-manager',
    version: VERSION.version,
    title: 'Proxmox Virtual Environment Management Tools',
  },
  { name: 'qemu-server', version: '9.2.6', title: 'Qemu Server Tools' },
  { name: 'pve-qemu-kvm', version: '10.0.13-1', title: 'Full virtualization on x86 hardware' },
  { name: 'pve-firewall', version: '6.0.4', title: 'Proxmox VE Firewall' },
  {
    name: 'pve-cluster',
    version: '9.0.7',
    title: '"pmxcfs" distributed cluster filesystem for Proxmox Virtual Environment.',
  },
  { name: 'pve-container', version: '6.0.18', title: 'Proxmox VE Container management tool' },
  { name: 'pve-ha-manager', version: '5.0.8', title: 'Proxmox VE HA Manager' },
  { name: 'libpve-storage-perl', version: '9.1.0', title: 'Proxmox VE storage management library' },
  {
    name: `proxmox-kernel-${MACHINE.kernelRelease}-signed`,
    version: MACHINE.kernelRelease.replace('-pve', ''),
    title: 'Proxmox Kernel Image (signed)',
    section: 'kernel',
  },
  {
    name: 'ifupdown2',
    version: '3.3.0-1+pmx11',
    title: 'Network Interface Management tool similar to ifupdown',
  },
  { name: 'lvm2', version: '2.03.31-2', title: 'Linux Logical Volume Manager', origin: 'Debian' },
  {
    name: 'smartmontools',
    version: '7.4-3',
    title: 'control and monitor storage systems using S.M.A.R.T.',
    section: 'utils',
    origin: 'Debian',
  },
  { name: 'swtpm', version: '0.8.0+pve3', title: 'Libtpms-based TPM emulator', section: 'misc' },
];

/** The packages that matter, as apt shows them. */
export function packageRows(): Record<string, unknown>[] {
  return PACKAGES.map(({ name, version, title, section, origin }) => ({
    Package: name,
    Version: version,
    OldVersion: version,
    CurrentState: 'Installed',
    Title: title,
    Description: title,
    Priority: 'optional',
    Section: section ?? 'admin',
    Origin: origin ?? 'Proxmox',
    Arch: 'amd64',
    ...(name === 'pve-manager' ? { ManagerVersion: `${VERSION.version}/${VERSION.repoid}` } : {}),
    ...(name === 'proxmox-ve' ? { RunningKernel: MACHINE.kernelRelease } : {}),
  }));
}

/** The lines of `pveversion -v`. */
export function versionLines(): string[] {
  return PACKAGES.map(({ name, version }) =>
    name === 'proxmox-ve'
      ? `${name}: ${version} (running kernel: ${MACHINE.kernelRelease})`
      : `${name}: ${version}`,
  );
}
