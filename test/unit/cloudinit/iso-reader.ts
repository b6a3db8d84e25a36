/**
 * A minimal ISO 9660 reader, written from ECMA-119, SUSP and the Joliet specification and sharing
 * nothing with the writer. It insists on what the specifications demand.
 */
const sector = 2048;

export interface Volume {
  label: string;
  sectors: number;
  files: Map<string, Buffer>;
  directories: string[];
  /** Directories as the path table (type L) has them. */
  pathTable: string[];
}

type Names = 'rock-ridge' | 'joliet' | 'plain';

export function readIso(iso: Buffer, names: Names): Volume {
  assert(iso.length % sector === 0, 'whole sectors');
  const descriptor = findDescriptor(iso, names === 'joliet' ? 2 : 1);
  const joliet = names === 'joliet';
  const volume: Volume = {
    label: text(descriptor.subarray(40, 72), joliet).trimEnd(),
    sectors: both32(descriptor, 80),
    files: new Map(),
    directories: [],
    pathTable: [],
  };
  assert(both32(descriptor, 80) * sector === iso.length, 'volume size');
  assert(descriptor.readUInt16LE(128) === sector, 'block size');
  if (joliet) assert(descriptor.toString('latin1', 88, 91) === '%/E', 'escape sequence');
  const extents = new Map<number, string>();
  walk(iso, record(descriptor, 156), '', names, volume, extents);
  readPathTables(iso, descriptor, extents, volume);
  return volume;
}

interface DirectoryRecord {
  length: number;
  sector: number;
  bytes: number;
  directory: boolean;
  identifier: Buffer;
  systemUse: Buffer;
}

function findDescriptor(iso: Buffer, type: number): Buffer {
  for (let at = 16; ; at += 1) {
    const descriptor = iso.subarray(at * sector, (at + 1) * sector);
    assert(descriptor.toString('latin1', 1, 6) === 'CD001', 'volume descriptor');
    if (descriptor[0] === type) return descriptor;
    assert(descriptor[0] !== 255, `descriptor of type ${type}`);
  }
}

function record(bytes: Buffer, at: number): DirectoryRecord {
  const length = bytes[at] ?? 0;
  const nameLength = bytes[at + 32] ?? 0;
  const head = 33 + nameLength + ((nameLength + 1) % 2);
  assert(length % 2 === 0, 'even record length');
  return {
    length,
    sector: both32(bytes, at + 2),
    bytes: both32(bytes, at + 10),
    directory: ((bytes[at + 25] ?? 0) & 2) !== 0,
    identifier: bytes.subarray(at + 33, at + 33 + nameLength),
    systemUse: bytes.subarray(at + head, at + length),
  };
}

function walk(
  iso: Buffer,
  self: DirectoryRecord,
  path: string,
  names: Names,
  volume: Volume,
  extents: Map<number, string>,
): void {
  extents.set(self.sector, path);
  const extent = iso.subarray(self.sector * sector, self.sector * sector + self.bytes);
  const records: DirectoryRecord[] = [];
  for (let at = 0; at < extent.length;) {
    if (extent[at] === 0) {
      at = (Math.floor(at / sector) + 1) * sector;
      continue;
    }
    const entry = record(extent, at);
    assert((at % sector) + entry.length <= sector, 'record inside a sector');
    records.push(entry);
    at += entry.length;
  }
  const [dot, dotDot, ...children] = records;
  assert(dot?.identifier.equals(Buffer.from([0])) === true, '. first');
  assert(dot?.sector === self.sector && dot.bytes === self.bytes, '. points to itself');
  assert(dotDot?.identifier.equals(Buffer.from([1])) === true, '.. second');
  if (names === 'plain') {
    const listed = children.map(({ identifier }) => identifier.toString('latin1'));
    assert(listed.join('/') === [...listed].sort().join('/'), 'sorted');
    assert(new Set(listed).size === listed.length, 'unique');
    for (const name of listed) {
      assert(/^[A-Z0-9_]{1,8}(?:\.[A-Z0-9_]{0,3};1)?$/.test(name), `level 1: ${name}`);
    }
  }
  if (names === 'joliet') {
    // By name, then by extension, each as UCS-2; strings of JavaScript compare in that way.
    const keys = children.map(({ identifier }) =>
      text(identifier, true)
        .replace(/;1$/, '')
        .replace(/\.([^.]*)$/, '\0$1'),
    );
    assert(keys.join('/') === [...keys].sort().join('/'), 'sorted');
  }
  for (const child of children) {
    const childPath = (path === '' ? '' : `${path}/`) + nameOf(iso, child, names);
    if (child.directory) {
      volume.directories.push(childPath);
      walk(iso, child, childPath, names, volume, extents);
    } else {
      const start = child.sector * sector;
      assert(start + child.bytes <= iso.length, 'file inside the volume');
      assert(!volume.files.has(childPath), 'each path once');
      volume.files.set(childPath, iso.subarray(start, start + child.bytes));
    }
  }
}

function nameOf(iso: Buffer, entry: DirectoryRecord, names: Names): string {
  if (names !== 'rock-ridge') {
    return text(entry.identifier, names === 'joliet').replace(/;1$/, '');
  }
  let found: Buffer = Buffer.alloc(0);
  let mode = 0;
  for (let area: Buffer | undefined = entry.systemUse; area !== undefined;) {
    let next: Buffer | undefined;
    for (let at = 0; at + 4 <= area.length && area[at] !== 0; at += area[at + 2] ?? 4) {
      const signature = area.toString('latin1', at, at + 2);
      const data = area.subarray(at + 4, at + (area[at + 2] ?? 4));
      if (signature === 'NM') found = Buffer.concat([found, data.subarray(1)]);
      if (signature === 'PX') mode = both32(data, 0);
      if (signature === 'CE') {
        const [block, offset, length] = [both32(data, 0), both32(data, 8), both32(data, 16)];
        assert(offset + length <= sector, 'continuation inside a sector');
        next = iso.subarray(block * sector + offset, block * sector + offset + length);
      }
    }
    area = next;
  }
  assert(mode === (entry.directory ? 0o40555 : 0o100444), 'POSIX mode');
  return found.toString('utf8');
}

function readPathTables(
  iso: Buffer,
  descriptor: Buffer,
  extents: ReadonlyMap<number, string>,
  volume: Volume,
): void {
  const bytes = both32(descriptor, 132);
  const little = iso.subarray(descriptor.readUInt32LE(140) * sector).subarray(0, bytes);
  const big = iso.subarray(descriptor.readUInt32BE(148) * sector).subarray(0, bytes);
  const parents: number[] = [];
  for (let at = 0; at < bytes;) {
    const length = little[at] ?? 0;
    assert(little.readUInt32LE(at + 2) === big.readUInt32BE(at + 2), 'both path tables');
    assert(little.readUInt16LE(at + 6) === big.readUInt16BE(at + 6), 'both path tables');
    const path = extents.get(little.readUInt32LE(at + 2));
    assert(path !== undefined, 'path table points to a directory');
    const parent = little.readUInt16LE(at + 6);
    const expected = path === '' ? '' : (path ?? '').split('/').slice(0, -1).join('/');
    volume.pathTable.push(path ?? '');
    assert(volume.pathTable[parent - 1] === expected, 'parent number');
    assert(parents.length === 0 || (parents.at(-1) ?? 0) <= parent, 'order of the path table');
    parents.push(parent);
    at += 8 + length + (length % 2);
  }
}

function text(bytes: Buffer, joliet: boolean): string {
  return joliet ? Buffer.from(bytes).swap16().toString('utf16le') : bytes.toString('latin1');
}

function both32(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32LE(at);
  assert(value === bytes.readUInt32BE(at + 4), 'both byte orders');
  return value;
}

function assert(condition: boolean, what: string): void {
  if (!condition) throw new Error(`ISO 9660: broken rule: ${what}`);
}
