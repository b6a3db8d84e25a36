/** The machine that each node pretends to be; no other file says anything about it. */
export const MACHINE = {
  cpus: 16,
  sockets: 1,
  cpuModel: 'pmx sandbox CPU',
  cpuVendor: 'AuthenticAMD',
  cpuFamily: '25',
  cpuMhz: '2596.130',
  cpuFlags: 'fpu vme de pse tsc msr pae sse sse2 ht lm svm',
  memory: 64 * 1024 ** 3,
  /** What PVE itself takes. */
  baseMemory: 3 * 1024 ** 3,
  kernelRelease: '6.17.2-1-pve',
  kernelVersion: '#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1',
  bootMode: 'legacy-bios',
  domain: 'sandbox.internal',
  timezone: 'Etc/UTC',
  dns: { dns1: '10.255.255.53' },
  /** Each node's own address is one of these. */
  network: '10.99.0',
} as const;

const RED_HAT = {
  vendor: '0x1af4',
  vendor_name: 'Red Hat, Inc.',
  subsystem_vendor: '0x1af4',
  subsystem_vendor_name: 'Red Hat, Inc.',
  iommugroup: -1,
} as const;
const virtio = (slot: number, device: string, name: string, kind: string) => ({
  ...RED_HAT,
  id: `0000:00:0${slot}.0`,
  class: kind,
  device,
  device_name: `Virtio 1.0 ${name}`,
  subsystem_device: device,
});

/** The node is a virtual machine itself. */
export const PCI_DEVICES = [
  virtio(1, '0x1045', 'balloon', '0xffff00'),
  virtio(2, '0x1042', 'block device', '0x018000'),
  virtio(3, '0x1041', 'network device', '0x020000'),
  virtio(4, '0x1053', 'socket', '0xffff00'),
  virtio(5, '0x1044', 'RNG', '0xffff00'),
];

export const DISKS = [
  {
    devpath: '/dev/vda',
    size: 256 * 1024 ** 3,
    model: 'unknown',
    serial: 'unknown',
    vendor: '0x1af4',
    wwn: 'unknown',
    type: 'unknown',
    health: 'UNKNOWN',
    wearout: 'N/A',
    rpm: -1,
    gpt: 0,
    mounted: 1,
    used: 'mounted',
    osdid: -1,
    'osdid-list': null,
  },
];

export interface Unit {
  /** As the API names it. */
  service: string;
  desc: string;
  state: 'running' | 'dead' | 'exited';
  unit: 'enabled' | 'static' | 'not-found' | 'disabled';
}

const unit = (
  service: string,
  desc: string,
  state: Unit['state'] = 'running',
  kind: Unit['unit'] = 'enabled',
): Unit => ({ service, desc, state, unit: kind });
const absent = (service: string): Unit => unit(service, `${service}.service`, 'dead', 'not-found');

/** Its services, as systemd sees them. */
export const SERVICES: readonly Unit[] = [
  absent('chrony'),
  unit('corosync', 'Corosync Cluster Engine', 'dead'),
  unit('cron', 'Regular background program processing daemon'),
  unit('ksmtuned', 'Kernel Samepage Merging (KSM) Tuning Daemon'),
  unit('lxcfs', 'FUSE filesystem for LXC'),
  unit('postfix', 'Postfix Mail Transport Agent (main/default instance)'),
  unit('proxmox-firewall', 'Proxmox nftables firewall'),
  unit('pve-cluster', 'The Proxmox VE cluster filesystem'),
  unit('pve-firewall', 'Proxmox VE firewall'),
  unit('pve-ha-crm', 'PVE Cluster HA Resource Manager Daemon'),
  unit('pve-ha-lrm', 'PVE Local HA Resource Manager Daemon'),
  unit('pve-lxc-syscalld', 'Proxmox VE LXC Syscall Daemon'),
  unit('pvedaemon', 'PVE API Daemon'),
  unit('pvefw-logger', 'Proxmox VE firewall logger'),
  unit('pveproxy', 'PVE API Proxy Server'),
  unit('pvescheduler', 'Proxmox VE scheduler'),
  unit('pvestatd', 'PVE Status Daemon'),
  unit('qmeventd', 'PVE Qemu Event Daemon'),
  unit('spiceproxy', 'PVE SPICE Proxy Server'),
  unit('sshd', 'OpenBSD Secure Shell server'),
  absent('syslog'),
  unit('systemd-journald', 'Journal Service', 'running', 'static'),
  unit('systemd-timesyncd', 'Network Time Synchronization'),
];
