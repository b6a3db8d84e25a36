import { flag, optionalInteger, optionalText, storage } from './common.js';
import type { Param, ParamTable } from './types.js';

const limit = { type: 'number', optional: 1, minimum: 0 } as const;

/** Every type that PVE has; a sandbox has some of them. */
export const STORAGE_TYPE_NAMES = [
  'btrfs',
  'cephfs',
  'cifs',
  'dir',
  'esxi',
  'iscsi',
  'iscsidirect',
  'lvm',
  'lvmthin',
  'nfs',
  'pbs',
  'rbd',
  'zfs',
  'zfspool',
] as const;

/** What can be changed later; PVE has one table for all types. */
const CHANGEABLE: ParamTable = {
  storage,
  blocksize: optionalText('block size', { format: 'pve-storage-zfs-blocksize' }),
  bwlimit: optionalText('Set I/O bandwidth limit for various operations (in KiB/s).', {
    format: { clone: limit, default: limit, migration: limit, move: limit, restore: limit },
  }),
  comstar_hg: optionalText('host group for comstar views'),
  comstar_tg: optionalText('target group for comstar views'),
  content: optionalText('Allowed content types.', { format: 'pve-storage-content-list' }),
  'content-dirs': optionalText('Overrides for default content type directories.', {
    format: 'pve-dir-override-list',
  }),
  'create-base-path': flag("Create the base directory if it doesn't exist."),
  'create-subdirs': flag('Populate the directory with the default structure.'),
  'data-pool': optionalText('Data Pool (for erasure coding only)'),
  disable: flag('Flag to disable the storage.'),
  domain: optionalText('CIFS domain.', { maxLength: 256 }),
  'encryption-key': optionalText('Encryption key.'),
  fingerprint: optionalText('Certificate SHA 256 fingerprint.', {
    pattern: '([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}',
  }),
  format: optionalText('Default image format.', { enum: ['raw', 'qcow2', 'subvol', 'vmdk'] }),
  'fs-name': optionalText('The Ceph filesystem name.', { format: 'pve-configid' }),
  fuse: flag('Mount CephFS through FUSE.'),
  is_mountpoint: optionalText(
    'Assume the given path is an externally managed mountpoint and consider the storage offline if it is not mounted.',
  ),
  keyring: optionalText('Client keyring contents (for external clusters).'),
  krbd: flag('Always access rbd through krbd kernel module.', 0),
  lio_tpg: optionalText('target portal group for Linux LIO targets'),
  'master-pubkey': optionalText('Base64-encoded, PEM-formatted public RSA key.'),
  'max-protected-backups': optionalInteger('Maximal number of protected backups per guest.', {
    minimum: -1,
  }),
  mkdir: flag("Create the directory if it doesn't exist and populate it with default sub-dirs."),
  monhost: optionalText('IP addresses of monitors (for external clusters).', {
    format: 'pve-storage-portal-dns-list',
  }),
  mountpoint: optionalText('mount point', { format: 'pve-storage-path' }),
  namespace: optionalText('Namespace.'),
  nocow: flag('Set the NOCOW flag on files.', 0),
  nodes: optionalText('List of nodes for which the storage configuration applies.', {
    format: 'pve-node-list',
  }),
  nowritecache: flag('disable write caching on the target'),
  options: optionalText('NFS/CIFS mount options', { format: 'pve-storage-options' }),
  password: optionalText('Password for accessing the share/datastore.', { maxLength: 256 }),
  pool: optionalText('Pool.'),
  port: optionalInteger('Use this port to connect to the storage.', {
    minimum: 1,
    maximum: 65_535,
  }),
  preallocation: optionalText('Preallocation mode for raw and qcow2 images.', {
    enum: ['off', 'metadata', 'falloc', 'full'],
  }),
  'prune-backups': optionalText('The retention options.', { format: 'prune-backups' }),
  saferemove: flag('Zero-out data when removing LVs.'),
  'saferemove-stepsize': optionalInteger('Wipe step size in MiB.', {
    enum: ['1', '2', '4', '8', '16', '32'],
  }),
  saferemove_throughput: optionalText('Wipe throughput.'),
  server: optionalText('Server IP or DNS name.', { format: 'pve-storage-server' }),
  shared: flag('Indicate that this is a single storage with the same contents on all nodes.'),
  'skip-cert-verification': flag('Disable TLS certificate verification.'),
  smbversion: optionalText('SMB protocol version.', {
    enum: ['default', '2.0', '2.1', '3', '3.0', '3.11'],
  }),
  'snapshot-as-volume-chain': flag('Enable support for creating snapshots as volume chain.', 0),
  sparse: flag('use sparse volumes'),
  subdir: optionalText('Subdir to mount.', { format: 'pve-storage-path' }),
  tagged_only: flag("Only use logical volumes tagged with 'pve-vm-ID'."),
  username: optionalText('RBD Id or user name.'),
  'zfs-base-path': optionalText('Base path where to look for the created ZFS block devices.', {
    format: 'pve-storage-path',
  }),
};

const type: Param = { type: 'string', description: 'Storage type.', enum: STORAGE_TYPE_NAMES };

/** The parameters of a new storage. */
export const CREATE_STORAGE: ParamTable = {
  ...CHANGEABLE,
  type,
  authsupported: optionalText('Authsupported.'),
  base: optionalText('Base volume. This volume is automatically activated.', {
    format: 'pve-volume-id',
  }),
  datastore: optionalText('Proxmox Backup Server datastore name.'),
  export: optionalText('NFS export path.', { format: 'pve-storage-path' }),
  iscsiprovider: optionalText('iscsi provider'),
  path: optionalText('File system path.', { format: 'pve-storage-path' }),
  portal: optionalText('iSCSI portal (IP or DNS name with optional port).', {
    format: 'pve-storage-portal-dns',
  }),
  share: optionalText('CIFS share.'),
  target: optionalText('iSCSI target.'),
  thinpool: optionalText('LVM thin pool LV name.', { format: 'pve-storage-vgname' }),
  vgname: optionalText('Volume group name.', { format: 'pve-storage-vgname' }),
};

/** The parameters of a change. */
export const UPDATE_STORAGE: ParamTable = {
  ...CHANGEABLE,
  delete: optionalText('A list of settings you want to delete.', {
    format: 'pve-configid-list',
    maxLength: 4096,
  }),
  digest: optionalText('Prevent changes if current configuration file has a different digest.', {
    maxLength: 64,
  }),
};
