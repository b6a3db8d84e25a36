import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { createGunzip, createInflateRaw, createZstdDecompress } from 'node:zlib';

import { SurroundingsError } from '@pmx-cli/kit/errors';

import { withoutGarbage } from './young-garbage.js';

export type Packing = 'xz' | 'gz' | 'zst' | 'bz2' | 'zip';

/** Unpacks while it flows; memory does not grow with the file. */
export async function unpack(
  packing: Packing,
  packed: AsyncIterable<Buffer>,
): Promise<AsyncIterable<Buffer>> {
  if (packing === 'zip')
    return piped(Readable.from(deflated(packed), { objectMode: false }), createInflateRaw());
  const source = Readable.from(packed, { objectMode: false, highWaterMark: 256 * 1024 });
  switch (packing) {
    case 'gz':
      return piped(source, createGunzip({ chunkSize: 256 * 1024 }));
    case 'zst':
      return piped(source, createZstdDecompress({ chunkSize: 256 * 1024 }));
    case 'bz2': {
      const { default: bunzip2 } = await import('unbzip2-stream');
      const unpacker = bunzip2();
      source.once('error', (error) => unpacker.emit('error', error));
      // A stream of the old kind, which does not wait for who reads it by itself.
      return new Readable().wrap(source.pipe(unpacker));
    }
    case 'xz':
      return (await library(source)) ?? program('xz', source);
  }
}

/** What the first file of a zip holds: publishers of images put just one into it. */
async function* deflated(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of packed) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 30) continue;
    if (head.readUInt32LE(0) !== 0x04034b50) throw new Error('it is no zip archive');
    if (head.readUInt16LE(8) !== 8) throw new Error('its first file is not deflated');
    const data = 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
    if (head.length < data) continue;
    yield head.subarray(data);
    head = undefined;
  }
}

function piped(source: Readable, unpacker: NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  source.once('error', (error) => (unpacker as unknown as Readable).destroy(error));
  return source.pipe(unpacker) as unknown as AsyncIterable<Buffer>;
}

/** Undefined where it has no binary for this platform. */
async function library(source: Readable): Promise<AsyncIterable<Buffer> | undefined> {
  try {
    const { createDecompressStream } = await import('@napi-rs/lzma/xz');
    return withoutGarbage(piped(source, createDecompressStream()));
  } catch {
    return undefined;
  }
}

async function* program(name: string, source: Readable): AsyncGenerator<Buffer> {
  const child = spawn(name, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const end = new Promise<Error | undefined>((resolve) => {
    child.once('error', (error) => resolve(error));
    child.once('close', (code) =>
      resolve(code === 0 ? undefined : new Error(said.trim() || `${name} ended with ${code}`)),
    );
  });
  let broken: Error | undefined;
  source.once('error', (error) => {
    broken = error;
    child.kill();
  });
  // What the program says is worth more than that it takes no more.
  child.stdin.on('error', () => undefined);
  source.pipe(child.stdin);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const failure = broken ?? (await end);
    if (failure === undefined) return;
    throw (failure as NodeJS.ErrnoException).code === 'ENOENT' ? missing(name, failure) : failure;
  } finally {
    child.kill();
    source.destroy();
  }
}

function missing(name: string, cause: Error): SurroundingsError {
  return new SurroundingsError({
    code: 'PMX_UNPACKER_MISSING',
    message: `The program '${name}' is needed to unpack the image and is not there.`,
    hints: [`Debian and Ubuntu: apt install ${name}-utils`],
    cause,
  });
}
