import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';

import { type Inventory, type Plan, type PveReader, ref, type Step } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { findStorage, requireStorage } from '../shared/places.js';
import { sizeInWords } from '../shared/size.js';
import { type Checksum, contentOf, findExisting, serverName, type Uploadable } from './files.js';

export interface UploadRequest {
  path: string;
  storage: string;
  node?: string;
  content?: Uploadable;
  /** Name on the server; that of the file when left out. */
  filename?: string;
  checksum?: Checksum;
  overwrite: boolean;
}

export interface StoredFile {
  volid: string;
  node: string;
  bytes: number;
}

/** @throws RequestError `PMX_FILE_…`, `PMX_STORAGE_…`, `PMX_CONTENT_UNKNOWN`, `PMX_VOLUME_EXISTS` */
export async function planUpload(
  pve: PveReader,
  inventory: Inventory,
  request: UploadRequest,
): Promise<Plan> {
  const path = resolve(request.path);
  const { size, mtimeMs } = await fileFacts(path, request.path);
  const filename = serverName(request.filename ?? basename(path));
  const content = contentOf(filename, request.content);
  const { node } = await findStorage(inventory, request.storage, request.node);
  const { storage, availableBytes } = await requireStorage(
    inventory,
    node,
    request.storage,
    content,
  );
  const replaces = await findExisting(pve, { node, storage, content }, filename, request.overwrite);
  refuseWithoutRoom(storage, size, availableBytes);
  const volid = `${storage}:${content}/${filename}`;
  const { checksum } = request;
  const upload: Step = {
    id: 'upload',
    title: `Upload ${basename(path)} (${sizeInWords(size)}) to ${storage} on ${node}`,
    kind: 'pve.upload',
    args: {
      node,
      storage,
      content,
      filename,
      source: {
        type: 'file',
        path,
        offset: 0,
        length: size,
        fileSize: size,
        modifiedMillis: Math.floor(mtimeMs),
      },
      ...(checksum && { checksum }),
    },
    bind: { made: 'volid' },
    ...(replaces
      ? // The file that was there is gone as soon as the new one is moved over it.
        { destructive: true }
      : {
          undo: [
            {
              title: `Remove ${volid}`,
              kind: 'pve.discard-volume' as const,
              args: { node, storage, volid, made: ref('made') },
            },
          ],
        }),
  };
  return {
    operation: 'storage.upload',
    target: volid,
    title: `Upload ${basename(path)} as ${volid} on node ${node}`,
    variables: { made: '' },
    steps: [upload],
    ...(replaces && {
      impact: { removes: [{ what: 'file', name: volid, detail: 'replaced' }], keeps: [] },
    }),
    result: { volid, node, bytes: size },
  };
}

async function fileFacts(path: string, given: string): Promise<{ size: number; mtimeMs: number }> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new RequestError({
      code: error.code === 'ENOENT' ? 'PMX_FILE_NOT_FOUND' : 'PMX_FILE_UNREADABLE',
      message:
        error.code === 'ENOENT'
          ? `There is no file '${given}'.`
          : `The file '${given}' cannot be read: ${error.message}.`,
      hints: ['Paths are relative to the present folder.'],
    });
  });
  if (facts.isFile() && facts.size > 0) return facts;
  throw new RequestError({
    code: 'PMX_FILE_UNREADABLE',
    message: `'${given}' is ${facts.isFile() ? 'empty' : 'no regular file'}.`,
    hints: ['Name a file with something in it.'],
  });
}

export function refuseWithoutRoom(
  storage: string,
  size: number,
  available: number | undefined,
): void {
  if (available === undefined || size <= available) return;
  throw new RequestError({
    code: 'PMX_STORAGE_FULL',
    message: `Storage '${storage}' has ${sizeInWords(available)} left, and ${sizeInWords(size)} are needed.`,
    hints: ['See the others: pmx storage list --sort-by -availableBytes'],
    data: { storage, availableBytes: available, neededBytes: size },
  });
}
