import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { App } from '../../app.js';
import type { Identity } from '../../auth/acl.js';
import { failure, messageOf, parameterError } from '../../errors.js';
import type { Task } from '../../tasks/manager.js';
import { parseUpid } from '../../tasks/upid.js';
import { fileHash } from '../hash.js';
import { checkUntrusted } from '../untrusted.js';
import { EXTENSIONS, parseVolume } from '../volumes.js';
import type { Volume } from '../volumes.js';
import { normalizeFilename } from '../upload.js';
import type { UploadContent } from '../upload.js';
import { fetchUrl, Unreachable } from './request.js';
import { WgetLog } from './wget-log.js';

export interface DownloadRequest {
  node: string;
  storage: string;
  content: UploadContent;
  filename: string;
  url: string;
  checksum: string | undefined;
  algorithm: string;
  compression: string | undefined;
  verify: boolean;
}

/** What the sandbox can unpack. */
const DECOMPRESSORS: Readonly<Record<string, () => Transform>> = {
  gz: createGunzip,
  zst: createZstdDecompress,
};

function volumeFor(app: App, request: DownloadRequest): Volume {
  const { node, storage, content, filename } = request;
  const config = app.storages.get(storage, node);
  app.storages.requireFiles(config);
  if (!config.content.includes(content))
    throw failure(`storage '${storage}' is not configured for content-type '${content}'`);
  const wrong =
    content === 'import' ? 'invalid filename or wrong extension' : 'wrong file extension';
  const name = normalizeFilename(filename);
  const safe = content !== 'import' || /^[-\w.+]+$/.test(filename);
  if (!safe || !EXTENSIONS[content].test(name)) throw parameterError({ filename: wrong });
  return parseVolume(`${storage}:${content}/${name}`);
}

/** Checks a download and starts the task that fetches the file. */
export function downloadUrl(app: App, who: Identity, request: DownloadRequest): string {
  const volume = volumeFor(app, request);
  const { node, compression, content } = request;
  if (compression !== undefined) {
    if (content !== 'iso') throw failure(`decompression not supported for ${content}`);
    if (!DECOMPRESSORS[compression]) throw failure('no decompression method found');
  }
  return app.tasks.start(
    { node, type: 'download', id: volume.name, user: who.id },
    async (task) => {
      const shown = app.storages.shownPath(volume);
      task.log(`downloading ${request.url} to ${shown}`);
      if (await keepExisting(app, request, volume, task)) return;
      const pid = parseUpid(task.upid)?.pid ?? 0;
      const files = [`.tmp_dwnl.${pid}`, `.tmp_dcom.${pid}`].map((ending) => ({
        path: `${app.storages.path(node, volume)}${ending}`,
        shown: `${shown}${ending}`,
      }));
      try {
        await bring(app, request, volume, files[0]!, files[1]!, task);
        task.log(`download of '${request.url}' to '${shown}' finished`);
      } finally {
        for (const { path } of files) await rm(path, { force: true });
        app.storages.changed(node, volume.storage);
      }
    },
  );
}

/** An existing file is never replaced; with the right checksum it is as good as downloaded. */
async function keepExisting(
  app: App,
  request: DownloadRequest,
  volume: Volume,
  task: Task,
): Promise<boolean> {
  const path = app.storages.path(request.node, volume);
  if (!(await stat(path).catch(() => undefined))) return false;
  if (request.checksum === undefined)
    throw failure(`refusing to override existing file '${app.storages.shownPath(volume)}'`);
  task.log('calculating checksum of existing file...');
  const got = await fileHash(path, request.algorithm, task.signal);
  if (got !== request.checksum.toLowerCase())
    throw failure(`checksum mismatch: got '${got}' != expect '${request.checksum}', aborting`);
  task.logMore('OK, got correct file already, no need to download');
  return true;
}

interface TemporaryFile {
  path: string;
  shown: string;
}

async function bring(
  app: App,
  request: DownloadRequest,
  volume: Volume,
  download: TemporaryFile,
  unpacked: TemporaryFile,
  task: Task,
): Promise<void> {
  await receive(app, request, download, task);
  if (request.checksum !== undefined) {
    task.log('calculating checksum...');
    const got = await fileHash(download.path, request.algorithm, task.signal);
    if (got !== request.checksum.toLowerCase())
      throw failure(`checksum mismatch: got '${got}' != expect '${request.checksum}'`);
    task.logMore('OK, checksum verified');
  }
  if (request.content === 'import')
    await checkUntrusted(app, request.node, { ...download, format: volume.format }, task);
  await task.work();
  let done = download;
  if (request.compression !== undefined) {
    task.log(`decompressing ${download.shown} to ${unpacked.shown}`);
    await unpack(app, request, download, unpacked, task);
    done = unpacked;
  }
  await rename(done.path, app.storages.path(request.node, volume));
}

/** Fetches the file as wget does, with its lines and exit codes. */
async function receive(
  app: App,
  request: DownloadRequest,
  file: TemporaryFile,
  task: Task,
): Promise<void> {
  const log = new WgetLog((line) => task.log(line), app.faults.now);
  const failed = (code: number): Error => failure(`download failed: exit code ${code}`);
  let at: URL | undefined;
  let answer: IncomingMessage;
  try {
    answer = await fetchUrl(request.url, {
      method: 'GET',
      verify: request.verify,
      allowed: app.settings.allowHosts,
      signal: task.signal,
      onHop: (url) => {
        at = url;
        log.hop(url);
      },
      onAnswer: (url, from) => log.answer(url, from),
    });
  } catch (error) {
    if (task.signal.aborted) throw failure('download failed: interrupted by signal');
    if (!(error instanceof Unreachable)) throw error;
    if (!at) {
      task.log(`${request.url}: Invalid host name.`);
      throw failed(1);
    }
    log.unreachable(at, error);
    throw failed(error.kind === 'certificate' ? 5 : 4);
  }
  if (answer.statusCode !== 200) {
    answer.destroy();
    log.refused(answer);
    throw failed(8);
  }
  log.begin(answer, file.shown);
  const meter = new Meter(await room(app, request), (bytes) => log.received(bytes));
  try {
    await pipeline(answer, meter, createWriteStream(file.path, { flags: 'wx', mode: 0o640 }), {
      signal: task.signal,
    });
  } catch (error) {
    if (task.signal.aborted) throw failure('download failed: interrupted by signal');
    if (isFull(error)) {
      log.full(file.shown);
      throw failed(3);
    }
    task.log(`Read error (${messageOf(error)}).`);
    throw failed(4);
  }
  log.saved(file.shown);
}

async function unpack(
  app: App,
  request: DownloadRequest,
  from: TemporaryFile,
  to: TemporaryFile,
  task: Task,
): Promise<void> {
  app.storages.changed(request.node, request.storage);
  const meter = new Meter(await room(app, request), () => undefined);
  try {
    await pipeline(
      createReadStream(from.path),
      DECOMPRESSORS[request.compression!]!(),
      meter,
      createWriteStream(to.path, { flags: 'wx', mode: 0o640 }),
      { signal: task.signal },
    );
  } catch (error) {
    if (task.signal.aborted) throw failure('interrupted by signal');
    task.log(isFull(error) ? 'No space left on device' : messageOf(error));
    throw failure(
      `command '${request.compression === 'gz' ? 'zcat' : 'zstd -q -d -c'} ${from.shown}' failed: exit code 1`,
    );
  }
}

function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC';
}

async function room(app: App, { node, storage }: DownloadRequest): Promise<number> {
  return app.storages.room(node, storage);
}

/** Counts what goes through and stops like a full disk. */
class Meter extends Transform {
  #left: number;
  readonly #count: (bytes: number) => void;

  constructor(room: number, count: (bytes: number) => void) {
    super();
    this.#left = room;
    this.#count = count;
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null, data?: Buffer) => void,
  ): void {
    this.#left -= chunk.length;
    if (this.#left < 0) {
      done(Object.assign(new Error('No space left on device'), { code: 'ENOSPC' }));
      return;
    }
    this.#count(chunk.length);
    done(null, chunk);
  }
}
