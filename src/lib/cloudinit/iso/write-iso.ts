import { sectorBytes, sectorsFor } from './fields.js';
import { type Extent, Hierarchy } from './hierarchy.js';
import { jolietNaming, primaryNaming } from './names.js';
import { rockRidgeEntries } from './rock-ridge.js';
import { allFiles, buildTree, type DirectoryNode, type FileNode, type IsoFile } from './tree.js';
import { terminator, volumeDescriptor } from './volume-descriptor.js';

export interface IsoOptions {
  /** Volume label: 1 to 16 of A–Z, a–z, 0–9, `_` and `-`. Joliet has room for 16 characters. */
  label: string;
  files: readonly IsoFile[];
  /** Time of everything in the volume, 1900 to 2155. The default is fixed, so equal input gives equal bytes. */
  modified?: Date;
}

/** 1980-01-01, the earliest time that every file system can hold. */
const defaultTime = new Date(Date.UTC(1980, 0, 1));
const systemAreaSectors = 16;
/** As genisoimage -pad: readers that read ahead must not reach the end of the medium. */
const paddingSectors = 150;

/**
 * Builds an ISO 9660 volume with Rock Ridge and Joliet names, so that Linux, the BSDs and Windows
 * see the names as given. Needs no other program and no rights.
 *
 * Formats: ECMA-119 (ISO 9660), IEEE P1281/P1282 (SUSP, Rock Ridge), Joliet Specification 1.
 *
 * @returns the volume; its length is a multiple of 2048
 * @throws RangeError for a label, path or time that the formats cannot hold (a mistake of the caller)
 */
export function writeIso(options: IsoOptions): Buffer {
  const modified = options.modified ?? defaultTime;
  checkLabel(options.label);
  checkTime(modified);
  const root = buildTree(options.files);
  const primary = new Hierarchy(root, primaryNaming, modified, (node, role) =>
    rockRidgeEntries(node, role, modified),
  );
  const joliet = new Hierarchy(root, jolietNaming, modified, () => []);

  const map = new SectorMap(systemAreaSectors);
  const descriptors = map.reserve(3);
  const primaryTables = reserveTables(map, primary);
  const jolietTables = reserveTables(map, joliet);
  const primaryStart = map.reserve(primary.sectors);
  const jolietStart = map.reserve(joliet.sectors);
  const files = placeFiles(map, root);
  map.reserve(paddingSectors);
  const volumeSectors = map.next;

  const volume = Buffer.alloc(volumeSectors * sectorBytes);
  const put = (sector: number, bytes: Uint8Array): void => volume.set(bytes, sector * sectorBytes);
  const describe = (
    kind: 'primary' | 'joliet',
    hierarchy: Hierarchy,
    start: number,
    tables: PathTableSectors,
  ): Buffer =>
    volumeDescriptor({
      kind,
      label: options.label,
      volumeSectors,
      pathTable: { bytes: hierarchy.pathTableBytes, ...tables },
      root: hierarchy.rootExtent(start),
      modified,
    });

  put(descriptors, describe('primary', primary, primaryStart, primaryTables));
  put(descriptors + 1, describe('joliet', joliet, jolietStart, jolietTables));
  put(descriptors + 2, terminator());
  put(primaryTables.sectorL, primary.pathTable(primaryStart, 'L'));
  put(primaryTables.sectorM, primary.pathTable(primaryStart, 'M'));
  put(jolietTables.sectorL, joliet.pathTable(jolietStart, 'L'));
  put(jolietTables.sectorM, joliet.pathTable(jolietStart, 'M'));
  put(primaryStart, primary.serialise(primaryStart, files));
  put(jolietStart, joliet.serialise(jolietStart, files));
  for (const [file, extent] of files) put(extent.sector, file.content);
  return volume;
}

interface PathTableSectors {
  sectorL: number;
  sectorM: number;
}

/** Gives out sectors from front to back. */
class SectorMap {
  next: number;

  constructor(first: number) {
    this.next = first;
  }

  reserve(sectors: number): number {
    const first = this.next;
    this.next += sectors;
    return first;
  }
}

function reserveTables(map: SectorMap, hierarchy: Hierarchy): PathTableSectors {
  const sectors = sectorsFor(hierarchy.pathTableBytes);
  return { sectorL: map.reserve(sectors), sectorM: map.reserve(sectors) };
}

/** Both hierarchies point to the same data. */
function placeFiles(map: SectorMap, root: DirectoryNode): Map<FileNode, Extent> {
  return new Map(
    allFiles(root).map((file) => {
      const bytes = file.content.length;
      return [file, { sector: map.reserve(sectorsFor(bytes)), bytes }];
    }),
  );
}

function checkLabel(label: string): void {
  if (/^[A-Za-z0-9_-]{1,16}$/.test(label)) return;
  throw new RangeError(
    `ISO 9660: label ${JSON.stringify(label)} must be 1 to 16 of A-Z a-z 0-9 _ -`,
  );
}

function checkTime(time: Date): void {
  const year = time.getUTCFullYear();
  if (year >= 1900 && year <= 2155) return;
  throw new RangeError('ISO 9660: the time must be in the years 1900 to 2155');
}
