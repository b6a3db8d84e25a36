import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { isPmxError, RequestError, SurroundingsError } from '@pmx-cli/kit/errors';
import { refuse } from './refusal.js';

/** Random access to the bytes of an image: a whole file, or one member of a tar. */
export interface ByteSource {
  /** Path of the file, for messages. */
  readonly path: string;
  /** Number of bytes. */
  readonly size: number;
  /** Fills `target` from `position`; returns how many bytes there were (fewer only at the end). */
  readInto(target: Buffer, position: number): Promise<number>;
}

export interface OpenedFile {
  source: ByteSource;
  modifiedMillis: number;
  close(): Promise<void>;
}

/**
 * Opens a regular file for reading.
 *
 * @throws RequestError `PMX_FILE_NOT_FOUND`, `PMX_FILE_UNREADABLE`, `PMX_IMAGE_NOT_A_FILE`
 * @throws SurroundingsError `PMX_FILE_READ_FAILED` when the medium fails
 */
export async function openFile(path: string): Promise<OpenedFile> {
  try {
    // stat before open: opening a FIFO would wait for a writer for ever.
    refuseUnlessRegular(path, await stat(path));
    // O_NONBLOCK closes the gap between the two calls; it has no effect on regular files.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const now = await handle.stat();
      refuseUnlessRegular(path, now);
      return {
        source: fileSource(path, handle, now.size),
        modifiedMillis: Math.floor(now.mtimeMs),
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

/** The bytes `offset`…`offset + size` of another source, as a source of their own. */
export function windowOf(source: ByteSource, offset: number, size: number): ByteSource {
  return {
    path: source.path,
    size,
    async readInto(target, position) {
      const wanted = Math.min(target.length, Math.max(0, size - position));
      return source.readInto(target.subarray(0, wanted), offset + position);
    },
  };
}

/** Reads up to `length` bytes; the result is shorter only where the source ends. */
export async function readAt(
  source: ByteSource,
  position: number,
  length: number,
): Promise<Buffer> {
  const available = Math.max(0, Math.min(length, source.size - position));
  const target = Buffer.alloc(available);
  return target.subarray(0, await source.readInto(target, position));
}

/** Turns a file-system error into one that says who has to act. Other errors pass unchanged. */
export function fileError(path: string, error: unknown): unknown {
  if (isPmxError(error) || !(error instanceof Error)) return error;
  const errno = (error as NodeJS.ErrnoException).code;
  const name = JSON.stringify(path);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') {
    return new RequestError({
      code: 'PMX_FILE_NOT_FOUND',
      message: `File ${name} does not exist; the path must name an existing file.`,
      hints: [`Relative paths start at the current directory: ${process.cwd()}`],
      data: { path },
      cause: error,
    });
  }
  if (errno !== undefined && unreadable.has(errno)) {
    return new RequestError({
      code: 'PMX_FILE_UNREADABLE',
      message: `File ${name} cannot be opened (${errno}); pmx must be able to read it.`,
      hints: [`See who may read it: ls -l ${name}`],
      data: { path, errno },
      cause: error,
    });
  }
  if (errno === undefined) return error;
  return new SurroundingsError({
    code: 'PMX_FILE_READ_FAILED',
    message: `Reading file ${name} failed (${errno}).`,
    hints: ['Check the disk or network share that holds the file, then run the command again.'],
    data: { path, errno },
    cause: error,
  });
}

/** Errors that a different path or a chmod cures; everything else is the machine's fault. */
const unreadable = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'EINVAL']);

function refuseUnlessRegular(path: string, status: { isFile(): boolean; isDirectory(): boolean }) {
  if (status.isFile()) return;
  const directory = status.isDirectory();
  throw refuse({
    code: 'PMX_IMAGE_NOT_A_FILE',
    path,
    found: directory ? 'is a directory' : 'is a device, pipe or socket',
    rule: 'an image must be a regular file',
    hints: directory
      ? ['Name the image inside the directory.']
      : [`Copy it into a file first: qemu-img convert -O qcow2 ${JSON.stringify(path)} disk.qcow2`],
  });
}

function fileSource(path: string, handle: FileHandle, size: number): ByteSource {
  return {
    path,
    size,
    async readInto(target, position) {
      let done = 0;
      try {
        while (done < target.length) {
          const { bytesRead } = await handle.read(
            target,
            done,
            target.length - done,
            position + done,
          );
          if (bytesRead === 0) break;
          done += bytesRead;
        }
      } catch (error) {
        throw fileError(path, error);
      }
      return done;
    },
  };
}
