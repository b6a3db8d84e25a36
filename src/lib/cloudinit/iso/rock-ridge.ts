import { both32, recordTime } from './fields.js';
import { type DirectoryNode, type IsoNode, subdirectories } from './tree.js';

/** Which record of a directory the entries are for. */
export type RecordRole = 'self' | 'parent' | 'child';

/** Length of a CE entry, which points to the entries that do not fit into a directory record. */
export const continuationEntryBytes = 28;

const directoryMode = 0o040_555;
const fileMode = 0o100_444;

/**
 * The System Use entries of one directory record: SUSP 1.12 (IEEE P1281) and Rock Ridge 1.12
 * (IEEE P1282): owner root, read-only modes, the time and the real name.
 *
 * @param node what the record points to
 */
export function rockRidgeEntries(node: IsoNode, role: RecordRole, modified: Date): Buffer[] {
  const entries = [posixAttributes(node), timeStamps(modified)];
  if (role === 'self' && node.kind === 'directory' && node.parent === node) {
    // Announces the protocol; must be the first entry of the root's record of itself.
    return [entry('SP', Buffer.from([0xbe, 0xef, 0])), ...entries, extensionReference()];
  }
  if (role === 'child') {
    entries.push(entry('NM', Buffer.concat([Buffer.from([0]), Buffer.from(node.name, 'utf8')])));
  }
  return entries;
}

/** CE: `length` bytes of further entries are in block `sector` from byte `offset`. */
export function continuationEntry(sector: number, offset: number, length: number): Buffer {
  return entry('CE', Buffer.concat([both32(sector), both32(offset), both32(length)]));
}

function posixAttributes(node: IsoNode): Buffer {
  const [mode, links] =
    node.kind === 'directory' ? [directoryMode, linkCount(node)] : [fileMode, 1];
  return entry('PX', Buffer.concat([mode, links, 0, 0].map(both32)));
}

function linkCount(directory: DirectoryNode): number {
  return 2 + subdirectories(directory).length;
}

function timeStamps(modified: Date): Buffer {
  const modifyAccessAttributes = 0x02 | 0x04 | 0x08;
  const stamp = recordTime(modified);
  return entry('TF', Buffer.concat([Buffer.from([modifyAccessAttributes]), stamp, stamp, stamp]));
}

/** ER: names Rock Ridge as the extension in use. The texts are those of the specification. */
function extensionReference(): Buffer {
  const identifier = Buffer.from('RRIP_1991A', 'latin1');
  const description = Buffer.from(
    'THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS',
    'latin1',
  );
  const source = Buffer.from(
    'PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN ' +
      'PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION.',
    'latin1',
  );
  const lengths = Buffer.from([identifier.length, description.length, source.length, 1]);
  return entry('ER', Buffer.concat([lengths, identifier, description, source]));
}

/** Signature, length of the whole entry, version 1, data. */
function entry(signature: string, data: Buffer): Buffer {
  const head = Buffer.from([0, 0, data.length + 4, 1]);
  head.write(signature, 0, 'latin1');
  return Buffer.concat([head, data]);
}
