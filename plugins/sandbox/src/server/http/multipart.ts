import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { PveError } from '../errors.js';
import type { RawParams } from './body.js';

/** A file that came with an upload; it lies in the temporary directory until a task takes it. */
export interface UploadedFile {
  /** Where it really is. */
  path: string;
  /** What PVE would call it. */
  shownPath: string;
  filename: string;
  size: number;
}

export interface Upload {
  fields: RawParams;
  file: UploadedFile;
}

const MAX_HEADERS = 8 * 1024;
const MAX_FIELD = 64 * 1024;
/** TLS hands on 16 KiB at a time; one write for each would be half of the time of an upload. */
const WRITE_BYTES = 1024 * 1024;
const CRLF2 = Buffer.from('\r\n\r\n');

const textError = (message: string): PveError => new PveError(500, message, { body: 'text' });
const failed = (): PveError =>
  textError('upload failed at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1370.');

/** The boundary of a multipart body; undefined for other bodies. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(
    contentType ?? '',
  );
  return match?.[1] ?? match?.[2];
}

/** Reads a body piece by piece; never holds more than a chunk and a delimiter. */
class Reader {
  buffer: Buffer = Buffer.alloc(0);
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(request: IncomingMessage) {
    this.#chunks = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[
      Symbol.asyncIterator
    ]();
  }

  /** Stops reading; what is left of the body stays in the request. */
  async release(): Promise<void> {
    await this.#chunks.return?.();
  }

  async more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.buffer = this.buffer.length === 0 ? next.value : Buffer.concat([this.buffer, next.value]);
    return true;
  }

  /** Takes everything before the delimiter, and the delimiter. */
  async until(delimiter: Buffer, limit: number): Promise<Buffer> {
    for (;;) {
      const index = this.buffer.indexOf(delimiter);
      if (index >= 0) {
        const piece = this.buffer.subarray(0, index);
        this.buffer = this.buffer.subarray(index + delimiter.length);
        return piece;
      }
      if (this.buffer.length > limit || !(await this.more())) throw failed();
    }
  }

  /** Hands on everything before the delimiter, in pieces. */
  async *stream(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const index = this.buffer.indexOf(delimiter);
      if (index >= 0) {
        yield this.buffer.subarray(0, index);
        this.buffer = this.buffer.subarray(index + delimiter.length);
        return;
      }
      const safe = this.buffer.length - delimiter.length;
      if (safe > 0) {
        yield this.buffer.subarray(0, safe);
        this.buffer = this.buffer.subarray(safe);
      }
      if (!(await this.more())) throw failed();
    }
  }

  async ensure(length: number): Promise<void> {
    while (this.buffer.length < length) if (!(await this.more())) throw failed();
  }
}

/**
 * Receives an upload as PVE does: fields first, then the one file in a field called `filename`;
 * what comes after the file is not looked at.
 */
export async function receiveUpload(
  request: IncomingMessage,
  boundary: string,
  directory: string,
  capacity: number,
): Promise<Upload> {
  const reader = new Reader(request);
  try {
    return await receive(reader, boundary, directory, capacity);
  } finally {
    await reader.release();
  }
}

async function receive(
  reader: Reader,
  boundary: string,
  directory: string,
  capacity: number,
): Promise<Upload> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields: RawParams = {};
  // The first boundary may stand at the very beginning, without a line break before it.
  reader.buffer = Buffer.from('\r\n');
  await reader.until(delimiter, MAX_HEADERS);
  for (;;) {
    await reader.ensure(2);
    if (reader.buffer.subarray(0, 2).toString() === '--') throw failed();
    const headers = (await reader.until(CRLF2, MAX_HEADERS)).toString('utf8');
    const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
    const name = /[;\s]name="([^"]*)"/.exec(disposition)?.[1] ?? '';
    const filename = /[;\s]filename="((?:[^"\\]|\\.)*)"/.exec(disposition)?.[1];
    if (filename === undefined) {
      fields[name] = (await reader.until(delimiter, MAX_FIELD)).toString('utf8');
      continue;
    }
    if (name !== 'filename')
      throw textError(
        `wrong field name '${name}' for file upload, expected 'filename' at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1325.`,
      );
    return { fields, file: await receiveFile(reader, delimiter, filename, directory, capacity) };
  }
}

async function receiveFile(
  reader: Reader,
  delimiter: Buffer,
  filename: string,
  directory: string,
  capacity: number,
): Promise<UploadedFile> {
  const id = `pveupload-${randomBytes(16).toString('hex')}`;
  const path = join(directory, id);
  let handle: FileHandle | undefined;
  let size = 0;
  try {
    handle = await open(path, 'wx', 0o600);
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    for await (const piece of reader.stream(delimiter)) {
      size += piece.length;
      if (size > capacity) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      pending.push(piece);
      pendingBytes += piece.length;
      if (pendingBytes < WRITE_BYTES) continue;
      await writeAll(handle, pending);
      pending = [];
      pendingBytes = 0;
    }
    await writeAll(handle, pending);
    await handle.close();
    return { path, shownPath: `/var/tmp/${id}`, filename, size };
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await rm(path, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw textError('write to temporary file failed - No space left on device');
    throw error;
  }
}

async function writeAll(handle: FileHandle, pieces: Buffer[]): Promise<void> {
  let rest = pieces;
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest);
    const done = rest.findIndex((piece) => {
      if (bytesWritten < piece.length) return true;
      bytesWritten -= piece.length;
      return false;
    });
    rest = done < 0 ? [] : [rest[done]!.subarray(bytesWritten), ...rest.slice(done + 1)];
  }
}
