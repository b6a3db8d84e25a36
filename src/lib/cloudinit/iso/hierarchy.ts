import { both16, both32, recordTime, sectorBytes, sectorsFor } from './fields.js';
import type { Naming } from './names.js';
import { continuationEntry, continuationEntryBytes, type RecordRole } from './rock-ridge.js';
import type { DirectoryNode, FileNode, IsoNode } from './tree.js';

/** Where something lies in the volume. */
export interface Extent {
  sector: number;
  bytes: number;
}

type SystemUse = (node: IsoNode, role: RecordRole) => Buffer[];

interface PlannedRecord {
  identifier: Buffer;
  node: IsoNode;
  inline: Buffer;
  /** Entries that did not fit, and their place in the continuation area. */
  continued: { entries: Buffer; at: number } | undefined;
  /** Position in the directory's extent. */
  at: number;
  length: number;
}

interface PlannedDirectory {
  directory: DirectoryNode;
  identifier: Buffer;
  records: PlannedRecord[];
  bytes: number;
}

const maxRecordBytes = 255;
const fixedRecordBytes = 33;
const directoryFlag = 0x02;

/**
 * One of the two directory hierarchies of a volume (primary or Joliet): directory extents and path
 * tables. All sizes are known after construction; positions are given when the bytes are made.
 * ECMA-119, sections 6.8 to 6.9, 9.1 and 9.4.
 */
export class Hierarchy {
  readonly #directories: PlannedDirectory[];
  readonly #modified: Date;
  #continuationBytes = 0;

  constructor(root: DirectoryNode, naming: Naming, modified: Date, systemUse: SystemUse) {
    this.#modified = modified;
    const order: Array<{ directory: DirectoryNode; identifier: Buffer }> = [
      { directory: root, identifier: Buffer.from([0]) },
    ];
    this.#directories = [];
    // Breadth first with sorted children: the order that path tables require. The loop visits what
    // it appends.
    for (const { directory, identifier } of order) {
      const children = naming.identify(directory);
      this.#directories.push(this.#plan(directory, identifier, children, systemUse));
      for (const child of children) {
        if (child.node.kind === 'directory') {
          order.push({ directory: child.node, identifier: child.identifier });
        }
      }
    }
  }

  /** Sectors of all directories and the continuation area behind them. */
  get sectors(): number {
    return this.#directorySectors() + sectorsFor(this.#continuationBytes);
  }

  get pathTableBytes(): number {
    return this.#directories.reduce((sum, { identifier }) => sum + pathRecordBytes(identifier), 0);
  }

  /** The extent of the root directory when the hierarchy starts at `firstSector`. */
  rootExtent(firstSector: number): Extent {
    return { sector: firstSector, bytes: this.#directories[0]?.bytes ?? 0 };
  }

  /** The path table; type L is little-endian, type M big-endian. */
  pathTable(firstSector: number, type: 'L' | 'M'): Buffer {
    const extents = this.#extents(firstSector);
    const numbers = new Map(
      this.#directories.map(({ directory }, index) => [directory, index + 1]),
    );
    const records = this.#directories.map(({ directory, identifier }) => {
      const record = Buffer.alloc(pathRecordBytes(identifier));
      const sector = extents.get(directory)?.sector ?? 0;
      const parent = numbers.get(directory.parent) ?? 1;
      record[0] = identifier.length;
      if (type === 'L') {
        record.writeUInt32LE(sector, 2);
        record.writeUInt16LE(parent, 6);
      } else {
        record.writeUInt32BE(sector, 2);
        record.writeUInt16BE(parent, 6);
      }
      identifier.copy(record, 8);
      return record;
    });
    return Buffer.concat(records);
  }

  /** All directories and the continuation area, `sectors` long. */
  serialise(firstSector: number, files: ReadonlyMap<FileNode, Extent>): Buffer {
    const volume = Buffer.alloc(this.sectors * sectorBytes);
    const extents = this.#extents(firstSector);
    const continuation = this.#directorySectors();
    for (const { directory, records } of this.#directories) {
      const start = ((extents.get(directory)?.sector ?? firstSector) - firstSector) * sectorBytes;
      for (const record of records) {
        const { node } = record;
        const extent = node.kind === 'directory' ? extents.get(node) : files.get(node);
        let systemUse = record.inline;
        if (record.continued !== undefined) {
          const { entries, at } = record.continued;
          const sector = continuation + Math.floor(at / sectorBytes);
          const pointer = continuationEntry(firstSector + sector, at % sectorBytes, entries.length);
          systemUse = Buffer.concat([record.inline, pointer]);
          entries.copy(volume, continuation * sectorBytes + at);
        }
        directoryRecord({
          identifier: record.identifier,
          extent: extent ?? { sector: 0, bytes: 0 },
          isDirectory: node.kind === 'directory',
          modified: this.#modified,
          systemUse,
        }).copy(volume, start + record.at);
      }
    }
    return volume;
  }

  #directorySectors(): number {
    return this.#directories.reduce((sum, { bytes }) => sum + sectorsFor(bytes), 0);
  }

  #extents(firstSector: number): Map<DirectoryNode, Extent> {
    let sector = firstSector;
    return new Map(
      this.#directories.map(({ directory, bytes }) => {
        const extent = { sector, bytes };
        sector += sectorsFor(bytes);
        return [directory, extent];
      }),
    );
  }

  #plan(
    directory: DirectoryNode,
    identifier: Buffer,
    children: ReadonlyArray<{ node: IsoNode; identifier: Buffer }>,
    systemUse: SystemUse,
  ): PlannedDirectory {
    const listed: Array<{ node: IsoNode; identifier: Buffer; role: RecordRole }> = [
      { node: directory, identifier: Buffer.from([0]), role: 'self' },
      { node: directory.parent, identifier: Buffer.from([1]), role: 'parent' },
      ...children.map((child) => ({ ...child, role: 'child' as const })),
    ];
    let at = 0;
    const records = listed.map(({ node, identifier: name, role }) => {
      const { inline, continued } = this.#split(systemUse(node, role), recordHeadBytes(name));
      const pointerBytes = continued === undefined ? 0 : continuationEntryBytes;
      const length = even(recordHeadBytes(name) + inline.length + pointerBytes);
      // A record never crosses the end of a sector.
      const room = sectorBytes - (at % sectorBytes);
      if (length > room) at += room;
      const record = { identifier: name, node, inline, continued, at, length };
      at += length;
      return record;
    });
    return { directory, identifier, records, bytes: sectorsFor(at) * sectorBytes };
  }

  /** Keeps what fits into the record and reserves a place for the rest. */
  #split(entries: readonly Buffer[], headBytes: number) {
    // A record has an even length, so 254 is the most.
    const room = maxRecordBytes - 1 - headBytes;
    const all = Buffer.concat(entries);
    if (all.length <= room) return { inline: all, continued: undefined };
    let inlineBytes = 0;
    let count = 0;
    for (const entry of entries) {
      if (inlineBytes + entry.length > room - continuationEntryBytes) break;
      inlineBytes += entry.length;
      count += 1;
    }
    const rest = Buffer.concat(entries.slice(count));
    // Linux reads a continuation from one block only, so it must not cross the end of a sector.
    const left = sectorBytes - (this.#continuationBytes % sectorBytes);
    if (rest.length > left) this.#continuationBytes += left;
    const at = this.#continuationBytes;
    this.#continuationBytes += rest.length;
    return { inline: all.subarray(0, inlineBytes), continued: { entries: rest, at } };
  }
}

/** A directory record: ECMA-119, 9.1. Also the root record inside a volume descriptor. */
export function directoryRecord(record: {
  identifier: Buffer;
  extent: Extent;
  isDirectory: boolean;
  modified: Date;
  systemUse: Buffer;
}): Buffer {
  const headBytes = recordHeadBytes(record.identifier);
  const bytes = Buffer.alloc(even(headBytes + record.systemUse.length));
  bytes[0] = bytes.length;
  both32(record.extent.sector).copy(bytes, 2);
  both32(record.extent.bytes).copy(bytes, 10);
  recordTime(record.modified).copy(bytes, 18);
  bytes[25] = record.isDirectory ? directoryFlag : 0;
  both16(1).copy(bytes, 28);
  bytes[32] = record.identifier.length;
  record.identifier.copy(bytes, fixedRecordBytes);
  record.systemUse.copy(bytes, headBytes);
  return bytes;
}

/** The System Use field starts at an even position. */
function recordHeadBytes(identifier: Buffer): number {
  return even(fixedRecordBytes + identifier.length);
}

function pathRecordBytes(identifier: Buffer): number {
  return even(8 + identifier.length);
}

function even(value: number): number {
  return value + (value % 2);
}
