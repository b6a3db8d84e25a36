import { both16, both32, noVolumeTime, sectorBytes, volumeTime } from './fields.js';
import { directoryRecord, type Extent } from './hierarchy.js';
import { ucs2 } from './names.js';

export interface VolumeDescriptor {
  kind: 'primary' | 'joliet';
  label: string;
  volumeSectors: number;
  pathTable: { bytes: number; sectorL: number; sectorM: number };
  root: Extent;
  modified: Date;
}

/** ECMA-119, 8.4 (primary) and 8.5 (supplementary, with the escape sequence of Joliet level 3). */
export function volumeDescriptor(volume: VolumeDescriptor): Buffer {
  const joliet = volume.kind === 'joliet';
  const sector = Buffer.alloc(sectorBytes);
  const text = (at: number, length: number, value: string): void => {
    padded(value, length, joliet).copy(sector, at);
  };
  sector[0] = joliet ? 2 : 1;
  writeIdentification(sector);
  text(8, 32, '');
  text(40, 32, volume.label);
  both32(volume.volumeSectors).copy(sector, 80);
  if (joliet) sector.write('%/E', 88, 'latin1');
  both16(1).copy(sector, 120); // volumes in the set
  both16(1).copy(sector, 124); // number of this volume
  both16(sectorBytes).copy(sector, 128);
  both32(volume.pathTable.bytes).copy(sector, 132);
  sector.writeUInt32LE(volume.pathTable.sectorL, 140);
  sector.writeUInt32BE(volume.pathTable.sectorM, 148);
  directoryRecord({
    identifier: Buffer.from([0]),
    extent: volume.root,
    isDirectory: true,
    modified: volume.modified,
    systemUse: Buffer.alloc(0),
  }).copy(sector, 156);
  text(190, 128, ''); // volume set
  text(318, 128, ''); // publisher
  text(446, 128, ''); // data preparer
  text(574, 128, 'PMX');
  text(702, 37, ''); // copyright file
  text(739, 37, ''); // abstract file
  text(776, 37, ''); // bibliographic file
  volumeTime(volume.modified).copy(sector, 813); // creation
  volumeTime(volume.modified).copy(sector, 830); // modification
  noVolumeTime().copy(sector, 847); // expiration
  noVolumeTime().copy(sector, 864); // effective
  sector[881] = 1; // file structure version
  return sector;
}

/** ECMA-119, 8.3. */
export function terminator(): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector[0] = 255;
  writeIdentification(sector);
  return sector;
}

function writeIdentification(sector: Buffer): void {
  sector.write('CD001', 1, 'latin1');
  sector[6] = 1;
}

function padded(value: string, bytes: number, joliet: boolean): Buffer {
  if (!joliet) return Buffer.from(value.padEnd(bytes, ' '), 'latin1');
  // A field of odd length ends with a zero byte.
  const field = Buffer.alloc(bytes);
  ucs2(value.padEnd(Math.floor(bytes / 2), ' ')).copy(field);
  return field;
}
