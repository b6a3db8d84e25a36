/** PVE 9.2's privileges and built-in roles, as GET /access/roles of a real server lists them. */

const VM_CONFIG = [
  'VM.Config.CDROM',
  'VM.Config.CPU',
  'VM.Config.Cloudinit',
  'VM.Config.Disk',
  'VM.Config.HWType',
  'VM.Config.Memory',
  'VM.Config.Network',
  'VM.Config.Options',
];
const VM_AGENT = [
  'VM.GuestAgent.Audit',
  'VM.GuestAgent.FileRead',
  'VM.GuestAgent.FileSystemMgmt',
  'VM.GuestAgent.FileWrite',
  'VM.GuestAgent.Unrestricted',
];
const VM = [
  'VM.Allocate',
  'VM.Audit',
  'VM.Backup',
  'VM.Clone',
  ...VM_CONFIG,
  'VM.Console',
  ...VM_AGENT,
  'VM.Migrate',
  'VM.PowerMgmt',
  'VM.Replicate',
  'VM.Snapshot',
  'VM.Snapshot.Rollback',
];
const DATASTORE = [
  'Datastore.Allocate',
  'Datastore.AllocateSpace',
  'Datastore.AllocateTemplate',
  'Datastore.Audit',
];
const MAPPING = ['Mapping.Audit', 'Mapping.Modify', 'Mapping.Use'];
const SDN = ['SDN.Allocate', 'SDN.Audit', 'SDN.Use'];
const SYS_USER = ['Sys.Audit', 'Sys.Console', 'Sys.Syslog'];
const SYS = ['Sys.AccessNetwork', 'Sys.Incoming', 'Sys.Modify', 'Sys.PowerMgmt', ...SYS_USER];
const POOL = ['Pool.Allocate', 'Pool.Audit'];

/** The privileges that have a VM's configuration as their object, in the order of the 403 text of PUT config. */
export const VM_CONFIG_PRIVILEGES = [
  'VM.Config.Disk',
  'VM.Config.CDROM',
  'VM.Config.CPU',
  'VM.Config.Memory',
  'VM.Config.Network',
  'VM.Config.HWType',
  'VM.Config.Options',
  'VM.Config.Cloudinit',
] as const;

const ADMINISTRATOR = [
  ...DATASTORE,
  'Group.Allocate',
  ...MAPPING,
  'Permissions.Modify',
  ...POOL,
  'Realm.Allocate',
  'Realm.AllocateUser',
  ...SDN,
  ...SYS,
  'User.Modify',
  ...VM,
];

/** Every privilege that a role may hold. */
export const PRIVILEGES: ReadonlySet<string> = new Set(ADMINISTRATOR);

export const BUILTIN_ROLES: Readonly<Record<string, readonly string[]>> = {
  Administrator: ADMINISTRATOR,
  NoAccess: [],
  PVEAdmin: [
    ...DATASTORE,
    'Group.Allocate',
    'Mapping.Audit',
    'Mapping.Use',
    ...POOL,
    'Realm.AllocateUser',
    ...SDN,
    ...SYS_USER,
    'User.Modify',
    ...VM,
  ],
  PVEAuditor: [
    'Datastore.Audit',
    'Mapping.Audit',
    'Pool.Audit',
    'SDN.Audit',
    'Sys.Audit',
    'VM.Audit',
    'VM.GuestAgent.Audit',
  ],
  PVEDatastoreAdmin: DATASTORE,
  PVEDatastoreUser: ['Datastore.AllocateSpace', 'Datastore.Audit'],
  PVEMappingAdmin: MAPPING,
  PVEMappingUser: ['Mapping.Audit', 'Mapping.Use'],
  PVEPoolAdmin: POOL,
  PVEPoolUser: ['Pool.Audit'],
  PVESDNAdmin: SDN,
  PVESDNUser: ['SDN.Audit', 'SDN.Use'],
  PVESysAdmin: SYS_USER,
  PVETemplateUser: ['VM.Audit', 'VM.Clone'],
  PVEUserAdmin: ['Group.Allocate', 'Realm.AllocateUser', 'User.Modify'],
  PVEVMAdmin: VM,
  PVEVMUser: [
    'VM.Audit',
    'VM.Backup',
    'VM.Config.CDROM',
    'VM.Config.Cloudinit',
    'VM.Console',
    'VM.GuestAgent.Audit',
    'VM.GuestAgent.FileRead',
    'VM.GuestAgent.FileSystemMgmt',
    'VM.GuestAgent.FileWrite',
    'VM.PowerMgmt',
  ],
};

/** The paths that GET /access/permissions always lists, beside those with an ACL. */
export const TOP_PATHS = [
  '/',
  '/access',
  '/access/groups',
  '/access/realm',
  '/mapping',
  '/mapping/dir',
  '/mapping/pci',
  '/mapping/usb',
  '/nodes',
  '/pool',
  '/sdn',
  '/sdn/zones',
  '/storage',
  '/vms',
];
