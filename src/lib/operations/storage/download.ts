import { basename } from 'node:path/posix';

import { type Inventory, invalid, type Plan, type PveReader, ref } from '@pmx-cli/kit';
import { isPmxError } from '@pmx-cli/kit/errors';

import { findStorage, requireStorage } from '../shared/places.js';
import { sizeInWords } from '../shared/size.js';
import { type Checksum, contentOf, findExisting, serverName, type Uploadable } from './files.js';
import { refuseWithoutRoom } from './upload.js';

export interface DownloadRequest {
  url: string;
  storage: string;
  node?: string;
  content?: Uploadable;
  filename?: string;
  checksum?: Checksum;
  /** How the file is packed, to be unpacked by the server. */
  compression?: string;
  verifyCertificates: boolean;
}

interface Metadata {
  filename?: string;
  size?: number;
}

/** Slow mirrors and big images. */
const timeoutSeconds = 12 * 3600;

/**
 * The server fetches the file itself.
 * @throws RequestError `PMX_INVALID_URL`, `PMX_STORAGE_…`, `PMX_CONTENT_UNKNOWN`, `PMX_VOLUME_EXISTS`
 */
export async function planDownload(
  pve: PveReader,
  inventory: Inventory,
  request: DownloadRequest,
): Promise<Plan> {
  const url = parseUrl(request.url);
  const { node } = await findStorage(inventory, request.storage, request.node);
  const { facts, note } = await askAbout(pve, node, request);
  const filename = serverName(request.filename ?? nameOf(url, facts, request.compression));
  const content = contentOf(filename, request.content);
  const { storage, availableBytes } = await requireStorage(
    inventory,
    node,
    request.storage,
    content,
  );
  // It refuses to overwrite, too, but only in its task.
  await findExisting(pve, { node, storage, content }, filename, false);
  if (facts.size !== undefined) refuseWithoutRoom(storage, facts.size, availableBytes);
  const volid = `${storage}:${content}/${filename}`;
  const { checksum, compression } = request;
  const size = facts.size === undefined ? '' : ` (${sizeInWords(facts.size)})`;
  return {
    operation: 'storage.download',
    target: volid,
    title: `Let node ${node} download ${filename}${size} to ${storage}`,
    variables: { made: '' },
    steps: [
      {
        id: 'download',
        title: `Download ${url.host}${url.pathname}${size} to ${volid}`,
        kind: 'pve.call',
        args: {
          method: 'POST',
          path: `/nodes/${node}/storage/${storage}/download-url`,
          params: {
            url: request.url,
            content,
            filename,
            ...(checksum && {
              checksum: checksum.value,
              'checksum-algorithm': checksum.algorithm,
            }),
            ...(compression !== undefined && { compression }),
            ...(!request.verifyCertificates && { 'verify-certificates': false }),
          },
          lookup: { type: 'download', id: filename },
          timeoutSeconds,
        },
        bind: { made: 'upid' },
        undo: [
          {
            title: `Remove ${volid}`,
            kind: 'pve.discard-volume',
            args: { node, storage, volid, made: ref('made') },
          },
        ],
      },
    ],
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(checksum ? [] : ['Without --checksum nobody checks that it is the right file.']),
    ],
    result: { volid, node, url: request.url, bytes: facts.size ?? null },
  };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw invalid(
    'PMX_INVALID_URL',
    'URL',
    text,
    'it must begin with http:// or https://',
    'A file of this machine is sent with: pmx storage upload FILE --storage STORAGE',
  );
}

/** Only to know better beforehand: not everybody may ask, and not every web server answers. */
async function askAbout(
  pve: PveReader,
  node: string,
  { url, verifyCertificates }: DownloadRequest,
): Promise<{ facts: Metadata; note?: string }> {
  try {
    return {
      facts: await pve.get<Metadata>(`/nodes/${node}/query-url-metadata`, {
        url,
        'verify-certificates': verifyCertificates ? undefined : false,
      }),
    };
  } catch (error) {
    if (!isPmxError(error) || error.exitCode !== 3) throw error;
    if (error.code === 'PMX_PERMISSION_DENIED') return { facts: {} };
    return { facts: {}, note: `Node ${node} cannot tell about the URL: ${error.message}` };
  }
}

function nameOf(url: URL, facts: Metadata, compression: string | undefined): string {
  const name = facts.filename ?? decodeURIComponent(basename(url.pathname));
  // Unpacked, it has lost the ending of its packing.
  return compression === undefined ? name : name.replace(/\.(?:gz|lzo|zst|bz2)$/i, '');
}
