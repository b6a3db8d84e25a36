import { failure, parameterError } from '../../errors.js';
import { DISKS, PCI_DEVICES } from '../../host/machine.js';
import { define, index } from '../declare.js';
import { nodeHardwareTable as table } from '../tables/node-hardware.js';
import type { Call, Route } from '../types.js';

/** Classes that nobody hands over to a guest unless asked for: memory, bridges, processors. */
const USUAL_BLACKLIST = '05;06;0b';

function pci({ params }: Call): unknown[] {
  const classes = (params.optionalString('pci-class-blacklist') ?? USUAL_BLACKLIST)
    .split(/[,;\s]+/)
    .filter((item) => item !== '')
    .map((item) => `0x${item.replace(/^0x/, '').toLowerCase()}`);
  const rows = PCI_DEVICES.filter((row) => !classes.some((item) => row.class.startsWith(item)));
  if (!params.has('verbose') || params.flag('verbose')) return rows;
  return rows.map(({ id }) => ({ id }));
}

function pciMethods({ params }: Call): unknown[] {
  const id = params.string('pci-id-or-mapping');
  if (/^[\da-f:.]+$/i.test(id) && !PCI_DEVICES.some((row) => row.id === id))
    throw failure(`no such PCI device '${id}'`);
  return [{ method: 'mdev' }];
}

function disks({ params }: Call): unknown[] {
  const wanted = params.optionalString('type');
  // The only disk is the one that the system lives on.
  if (wanted === 'unused' || wanted === 'journal_disks') return [];
  return DISKS;
}

function smart({ params }: Call): unknown {
  const disk = DISKS.find(({ devpath }) => devpath === params.string('disk'));
  if (!disk) throw parameterError({ disk: `not a known disk: '${params.string('disk')}'` });
  const health = { health: disk.health };
  return params.flag('healthonly') ? health : { ...health, type: 'text', text: '' };
}

/** The node has no ZFS, and nothing but loopback to look around on. */
function noZfs(): never {
  throw failure('zfsutils-linux not installed');
}

function noZfsCommand(): never {
  const command = 'zfs list -t filesystem -Hp -o name,avail,used';
  throw failure(
    `command '${command}' failed: open3: exec of ${command} failed: No such file or directory at /usr/share/perl5/PVE/Cmd.pm line 174.`,
  );
}

function unreachable(parameter: string): (call: Call) => never {
  return ({ params }) => {
    throw failure(`unable to scan '${params.string(parameter)}': No route to host`);
  };
}

export const hardwareRoutes: Route[] = define(table, {
  'GET /nodes/{node}/hardware': index('type', 'pci usb'),
  'GET /nodes/{node}/hardware/pci': ['List local PCI devices.', pci],
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}': [
    'Index of available pci methods',
    pciMethods,
  ],
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev': [
    'List mediated device types for given PCI device.',
    (call) => pciMethods(call) && [],
  ],
  'GET /nodes/{node}/hardware/usb': ['List local USB devices.', () => []],
  'GET /nodes/{node}/disks': index('name', 'list initgpt smart lvm lvmthin directory wipedisk zfs'),
  'GET /nodes/{node}/disks/list': ['List local disks.', disks],
  'GET /nodes/{node}/disks/lvm': ['List LVM Volume Groups', () => ({ children: [], leaf: 0 })],
  'GET /nodes/{node}/disks/lvmthin': ['List LVM thinpools', () => []],
  'GET /nodes/{node}/disks/directory': ['PVE Managed Directory storages.', () => []],
  'GET /nodes/{node}/disks/zfs': ['List Zpools.', noZfs],
  'GET /nodes/{node}/disks/smart': ['Get SMART Health of a disk.', smart],
  'GET /nodes/{node}/scan': index('method', 'cifs iscsi lvm nfs pbs zfs'),
  'GET /nodes/{node}/scan/lvm': ['List local LVM volume groups.', () => []],
  'GET /nodes/{node}/scan/lvmthin': ['List local LVM Thin Pools.', () => []],
  'GET /nodes/{node}/scan/zfs': ['Scan zfs pool list on local node.', noZfsCommand],
  'GET /nodes/{node}/scan/nfs': ['Scan remote NFS server.', unreachable('server')],
  'GET /nodes/{node}/scan/cifs': ['Scan remote CIFS server.', unreachable('server')],
  'GET /nodes/{node}/scan/iscsi': ['Scan remote iSCSI server.', unreachable('portal')],
  'GET /nodes/{node}/scan/pbs': ['Scan remote Proxmox Backup Server.', unreachable('server')],
});
