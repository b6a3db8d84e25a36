import type { ConfigValue, StorageConfig } from '../state/model.js';
import type { Volume } from './volumes.js';

/** What can be done with a volume, in PVE's words. */
export type Feature = 'snapshot' | 'clone' | 'copy';

/** How a property of a storage may be set: for good, at any time, or at any time and not at all. */
type Rule = 'fixed' | 'fixed-optional' | 'optional';

/** What PVE knows about one type of storage. */
export interface StorageType {
  /** Files in directories; otherwise block devices by name. */
  files: boolean;
  /** The same on all nodes without being told so. */
  network?: true;
  /** Space is taken when a volume is made, not when it is written. */
  thick?: (options: Record<string, ConfigValue>) => boolean;
  content: readonly string[];
  defaultContent: readonly string[];
  properties: Readonly<Record<string, Rule>>;
  /** Where a node sees its volumes. */
  place: (id: string, options: Record<string, ConfigValue>) => string;
  snapshots: (volume: Volume) => boolean;
  linkedClones: boolean;
  /** A linked clone needs its base and carries its name. */
  dependentClones: boolean;
  /** Going back to a snapshot would destroy those after it. */
  lastSnapshotOnly?: true;
}

const EVERYWHERE = { nodes: 'optional', disable: 'optional', content: 'optional' } as const;
const DIRECTORY = {
  ...EVERYWHERE,
  bwlimit: 'optional',
  'content-dirs': 'optional',
  'create-base-path': 'optional',
  'create-subdirs': 'optional',
  format: 'optional',
  'max-protected-backups': 'optional',
  mkdir: 'optional',
  preallocation: 'optional',
  'prune-backups': 'optional',
} as const;
const FILE_CONTENT = [
  'images',
  'rootdir',
  'vztmpl',
  'iso',
  'backup',
  'snippets',
  'import',
] as const;

const fileType = {
  files: true,
  content: FILE_CONTENT,
  snapshots: (volume: Volume) => volume.format === 'qcow2',
  linkedClones: true,
  dependentClones: true,
} as const;
const blockType = {
  files: false,
  content: ['images', 'rootdir'],
  defaultContent: ['images', 'rootdir'],
} as const;

const mounted = (id: string): string => `/mnt/pve/${id}`;
const inGroup = (_id: string, options: Record<string, ConfigValue>): string =>
  `/dev/${String(options['vgname'])}`;

/** The types of storage that a sandbox has. */
export const STORAGE_TYPES: Readonly<Record<string, StorageType>> = {
  dir: {
    ...fileType,
    content: [...FILE_CONTENT, 'none'],
    defaultContent: ['images', 'rootdir'],
    properties: {
      ...DIRECTORY,
      path: 'fixed',
      shared: 'optional',
      is_mountpoint: 'optional',
      'snapshot-as-volume-chain': 'optional',
    },
    place: (_id, options) => String(options['path']),
  },
  nfs: {
    ...fileType,
    network: true,
    defaultContent: ['images'],
    properties: {
      ...DIRECTORY,
      path: 'fixed-optional',
      server: 'fixed',
      export: 'fixed',
      options: 'optional',
      'snapshot-as-volume-chain': 'optional',
    },
    place: mounted,
  },
  cifs: {
    ...fileType,
    network: true,
    defaultContent: ['images'],
    properties: {
      ...DIRECTORY,
      path: 'fixed-optional',
      server: 'fixed',
      share: 'fixed',
      subdir: 'optional',
      username: 'optional',
      password: 'optional',
      domain: 'optional',
      smbversion: 'optional',
      options: 'optional',
      'snapshot-as-volume-chain': 'optional',
    },
    place: mounted,
  },
  lvm: {
    ...blockType,
    thick: () => true,
    defaultContent: ['images'],
    properties: {
      ...EVERYWHERE,
      vgname: 'fixed',
      base: 'fixed-optional',
      shared: 'optional',
      saferemove: 'optional',
      'saferemove-stepsize': 'optional',
      saferemove_throughput: 'optional',
      tagged_only: 'optional',
      bwlimit: 'optional',
      'snapshot-as-volume-chain': 'optional',
    },
    place: inGroup,
    snapshots: () => false,
    linkedClones: false,
    dependentClones: false,
  },
  lvmthin: {
    ...blockType,
    properties: { ...EVERYWHERE, vgname: 'fixed', thinpool: 'fixed', bwlimit: 'optional' },
    place: inGroup,
    snapshots: () => true,
    linkedClones: true,
    dependentClones: false,
  },
  zfspool: {
    ...blockType,
    thick: (options) => options['sparse'] !== 1,
    properties: {
      ...EVERYWHERE,
      pool: 'fixed',
      blocksize: 'optional',
      sparse: 'optional',
      mountpoint: 'optional',
      bwlimit: 'optional',
    },
    place: (_id, options) => `/dev/zvol/${String(options['pool'])}`,
    snapshots: () => true,
    linkedClones: true,
    dependentClones: true,
    lastSnapshotOnly: true,
  },
};

/** The type of a configured storage. */
export function typeOf(config: StorageConfig): StorageType {
  return STORAGE_TYPES[config.type] ?? STORAGE_TYPES['dir']!;
}

/** The image formats that a storage takes; the first is what it takes by itself. */
export function formatsOf(config: StorageConfig, content = 'images'): string[] {
  if (!typeOf(config).files) return ['raw'];
  if (content === 'rootdir') return ['raw', 'subvol'];
  const first = String(config.options?.['format'] ?? 'raw');
  return [first, ...['raw', 'qcow2', 'vmdk'].filter((format) => format !== first)];
}

/** What PVE's `volume_has_feature` says about a volume's present state. */
export function hasFeature(config: StorageConfig, volume: Volume, feature: Feature): boolean {
  const type = typeOf(config);
  const isBase = volume.name.startsWith('base-');
  if (feature === 'snapshot') return !isBase && type.snapshots(volume);
  return feature === 'copy' || (isBase && type.linkedClones);
}
