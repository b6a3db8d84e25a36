import { type ByteSource, openFile, readAt } from './byte-source.js';
import { refuseForeign } from './foreign.js';
import { inspectOva } from './ova.js';
import { inspectQcow2 } from './qcow2.js';
import { qcow2Magic } from './qcow2-header.js';
import { inspectRaw, rawHeadBytes } from './raw.js';
import { acceptedFormats, refuse, shellWord } from './refusal.js';
import { isTarHeader } from './tar.js';
import { describeText } from './text.js';
import type { ImageInfo } from './types.js';
import {
  descriptorOnly,
  esxSparseMagic,
  inspectVmdk,
  isDescriptorText,
  notSingleFile,
  vmdkMagic,
} from './vmdk.js';

/**
 * Finds out what an image file is, by its content and never by its name, and refuses what Proxmox
 * VE could not import: wrong formats, and images that are truncated, encrypted or incomplete.
 * Only metadata is read, with bounded memory, so this is quick for images of any size.
 *
 * @throws RequestError `PMX_FILE_NOT_FOUND`, `PMX_FILE_UNREADABLE` or `PMX_IMAGE_…` (exit 1)
 * @throws SurroundingsError `PMX_FILE_READ_FAILED` (exit 2) when the medium fails
 */
export async function inspectImage(path: string): Promise<ImageInfo> {
  const file = await openFile(path);
  try {
    const { source, modifiedMillis } = file;
    const whole = { path, offset: 0, length: source.size, modifiedMillis, fileSize: source.size };
    return { ...whole, ...(await judge(source)) };
  } finally {
    await file.close();
  }
}

type Judgement = Pick<ImageInfo, 'format' | 'container' | 'virtualSize'> & Partial<ImageInfo>;

async function judge(source: ByteSource): Promise<Judgement> {
  const { path } = source;
  if (source.size === 0) {
    throw refuse({
      code: 'PMX_IMAGE_EMPTY',
      path,
      found: 'is empty (0 bytes)',
      rule: 'an image must hold a disk',
      hints: ['Download or copy the file again.'],
    });
  }
  const head = await readAt(source, 0, rawHeadBytes);
  const magic = head.subarray(0, 4);
  if (magic.equals(qcow2Magic)) {
    return { format: 'qcow2', container: 'file', ...(await inspectQcow2(source)) };
  }
  if (magic.equals(vmdkMagic)) {
    return { format: 'vmdk', container: 'file', ...(await inspectVmdk(source)) };
  }
  if (magic.equals(esxSparseMagic)) throw notSingleFile(path, 'is a sparse extent of ESX');
  if (isDescriptorText(head)) throw descriptorOnly(path);
  if (isTarHeader(head.subarray(0, 512))) {
    return { format: 'vmdk', container: 'ova', ...(await inspectOva(source)) };
  }
  await refuseForeign(source, head);
  const raw = await inspectRaw(source, head);
  if (raw !== undefined) return { format: 'raw', container: 'file', ...raw };
  throw unrecognised(path, head);
}

function unrecognised(path: string, head: Buffer): Error {
  const text = describeText(head.subarray(0, 4096));
  if (text !== undefined) {
    return refuse({
      code: 'PMX_IMAGE_TEXT',
      path,
      found: text,
      rule: acceptedFormats,
      hints: [`Look at it: head ${shellWord(path)}`, 'Download the image again.'],
    });
  }
  const zeros = head.every((byte) => byte === 0);
  return refuse({
    code: 'PMX_IMAGE_UNKNOWN',
    path,
    found: zeros
      ? 'starts with zeros only, without partition table and file system'
      : 'is not recognised: it has no partition table and no file system (ext, XFS, btrfs)',
    rule: acceptedFormats,
    hints: [`Ask what it is: file ${shellWord(path)}`, `Or: qemu-img info ${shellWord(path)}`],
  });
}
