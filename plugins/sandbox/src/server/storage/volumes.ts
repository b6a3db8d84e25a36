import { ARCHIVE } from '../backup/names.js';
import { failure } from '../errors.js';

/** A volume's name, taken apart. */
export interface Volume {
  volid: string;
  storage: string;
  volname: string;
  /** Content type. */
  type: 'iso' | 'vztmpl' | 'import' | 'snippets' | 'backup' | 'images';
  /** Where it lies below the storage's root. */
  relativePath: string;
  format: string;
  /** For disks only. */
  vmid?: number;
  name: string;
  /** The base image of a linked clone: `100/base-100-disk-0.qcow2`. */
  base?: string;
}

const DIRECTORIES = {
  iso: 'template/iso',
  vztmpl: 'template/cache',
  import: 'import',
  snippets: 'snippets',
  backup: 'dump',
  images: 'images',
} as const;

/** What a file name may end in, by content type. */
export const EXTENSIONS = {
  iso: /\.(?:iso|img)$/i,
  vztmpl: /\.tar\.(?:gz|xz|zst|bz2)$/i,
  import: /\.(?:ova|ovf|qcow2|raw|vmdk)$/i,
} as const;

const DISK = /^(\d+)\/((?:vm|base|subvol|basevol)-\d+-[^/\s]+\.(raw|qcow2|vmdk|subvol))$/;
const LINKED =
  /^(\d+\/base-\d+-[^/\s]+\.(?:raw|qcow2|vmdk))\/(\d+)\/((?:vm|base)-\d+-[^/\s]+\.(raw|qcow2|vmdk))$/;

/** Where a content type lies below a storage's root. */
export function directoryOf(type: Volume['type']): string {
  return DIRECTORIES[type];
}

/** Splits `storage:name`. */
export function splitVolid(volid: string): { storage: string; volname: string } {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(volid);
  if (!match) throw failure(`unable to parse volume ID '${volid}'`);
  return { storage: match[1]!, volname: match[2]! };
}

function formatOf(name: string, type: Volume['type']): string {
  if (type === 'vztmpl')
    return /\.gz$/i.test(name)
      ? 'tgz'
      : /\.xz$/i.test(name)
        ? 'txz'
        : /\.bz2$/i.test(name)
          ? 'tbz2'
          : 'tzst';
  if (type === 'backup') return ARCHIVE.exec(name)?.[1] ?? name.slice(name.lastIndexOf('.') + 1);
  if (type === 'iso') return 'iso';
  if (type === 'snippets') return 'snippet';
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/** A block device has no directory and no ending: `vm-101-disk-0`, on ZFS also `base-100-disk-0/vm-101-disk-0`. */
const BLOCK = /^(?:(base-\d+-[^/\s:]+)\/)?((?:vm|base)-(\d+)-[^/\s:]+)$/;

/** Is it the name of a block device? */
export function isBlockName(volname: string): boolean {
  return BLOCK.test(volname);
}

function blockVolume(volid: string, storage: string, volname: string): Volume | undefined {
  const match = BLOCK.exec(volname);
  if (!match) return undefined;
  const [, base, name, vmid] = match as unknown as [string, string | undefined, string, string];
  return {
    volid,
    storage,
    volname,
    type: 'images',
    // Files keep their owner's directory here; a real storage has none.
    relativePath: `images/${vmid}/${name}.raw`,
    format: 'raw',
    vmid: Number(vmid),
    name,
    ...(base === undefined ? {} : { base }),
  };
}

/** Takes a volume id apart; throws as PVE's dir plugin does. */
export function parseVolume(volid: string): Volume {
  const { storage, volname } = splitVolid(volid);
  const block = blockVolume(volid, storage, volname);
  if (block) return block;
  const linked = LINKED.exec(volname);
  if (linked) {
    const [, base, vmid, name, format] = linked as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    return {
      volid,
      storage,
      volname,
      type: 'images',
      relativePath: `images/${vmid}/${name}`,
      format,
      vmid: Number(vmid),
      name,
      base,
    };
  }
  const disk = DISK.exec(volname);
  if (disk) {
    const [, vmid, name, format] = disk as unknown as [string, string, string, string];
    return {
      volid,
      storage,
      volname,
      type: 'images',
      relativePath: `images/${vmid}/${name}`,
      format,
      vmid: Number(vmid),
      name,
    };
  }
  const file = /^(iso|vztmpl|import|snippets|backup)\/([^/]+)$/.exec(volname);
  const type = file?.[1] as keyof typeof DIRECTORIES | undefined;
  const name = file?.[2] ?? '';
  const extension =
    type === undefined ? undefined : (EXTENSIONS as Partial<Record<string, RegExp>>)[type];
  const safe = type === 'import' ? /^[-\w.+]+$/.test(name) : !name.startsWith('.');
  if (type === undefined || !safe || (extension && !extension.test(name)))
    throw failure(`unable to parse directory volume name '${volname}'`);
  return {
    volid,
    storage,
    volname,
    type,
    relativePath: `${DIRECTORIES[type]}/${name}`,
    format: formatOf(name, type),
    name,
  };
}

/** Is it a volume id at all? `none`, `cdrom` and absolute paths are not. */
export function isVolid(text: string): boolean {
  return /^[a-z][a-z0-9\-_.]*[a-z0-9]:\S+$/i.test(text);
}
