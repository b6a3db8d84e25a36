import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { cachePlace, cacheRows, planCachePrune } from '#dist/lib/operations/catalog/cache.js';
import { openDownload } from '#dist/lib/operations/engine/handlers/download.js';
import { cacheLimit, CacheWriter, ImageCache } from '#dist/lib/operations/engine/image-cache.js';

import { failure } from '../engine/lab.ts';
import { digest, Publisher } from './publisher.ts';

const disk = Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), randomBytes(700_000)]);
const packed = gzipSync(disk);
const never = async (): Promise<void> => undefined;

describe('the cache of downloaded images', () => {
  let publisher: Publisher;
  let folder: string;
  let cache: ImageCache;

  before(async () => void (publisher = await Publisher.start()));
  after(() => publisher.stop());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-cache-'));
    cache = new ImageCache(join(folder, 'images'), 10_000_000);
  });
  afterEach(() => {
    publisher.clear();
    rmSync(folder, { recursive: true });
  });

  const checksumOf = (content: Buffer) => ({
    algorithm: 'sha256',
    value: digest('sha256', content),
  });
  const open = (
    content: Buffer,
    compression?: 'gz',
    checksum: ReturnType<typeof checksumOf> | null = checksumOf(content),
  ) =>
    openDownload(
      {
        ...{ type: 'download', url: `${publisher.base}/x/image.qcow2`, format: 'qcow2' },
        ...(checksum && { checksum }),
        ...(compression !== undefined && { compression }),
      },
      { signal: new AbortController().signal, sleep: never, images: async () => cache },
    );
  async function read(opened: Awaited<ReturnType<typeof open>>): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of opened.body) parts.push(Buffer.from(part as Buffer));
    return Buffer.concat(parts);
  }
  const files = (): string[] => (existsSync(cache.folder) ? readdirSync(cache.folder).sort() : []);

  it('has an image downloaded once, also one that is read twice to learn its length', async () => {
    publisher.put('/x/image.qcow2', packed);
    for (let time = 0; time < 2; time++)
      expect((await read(await open(packed, 'gz'))).equals(disk)).to.equal(true);
    expect(publisher.asked).to.have.length(1);
    const [row] = await cacheRows(cache);
    expect(row).to.include({ name: 'image.qcow2', bytes: packed.length });
    expect(files()).to.have.length(2);
  });

  it('keeps nothing that is wrong, cut off or without a checksum', async () => {
    publisher.put('/x/image.qcow2', disk);
    const wrong = { algorithm: 'sha256', value: 'a'.repeat(64) };
    const error = await failure(async () => read(await open(disk, undefined, wrong)));
    expect(error.code).to.equal('PMX_CHECKSUM_MISMATCH');
    const opened = await open(disk);
    opened.body.destroy();
    await once(opened.body, 'close');
    await read(await open(disk, undefined, null));
    // Whoever is stopped tidies up behind the stream.
    while (files().length > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('throws away a copy that was damaged', async () => {
    publisher.put('/x/image.qcow2', disk);
    await read(await open(disk));
    const path = (await cache.list())[0]!.path;
    const damaged = readFileSync(path);
    damaged[damaged.length - 1]! ^= 1;
    writeFileSync(path, damaged);
    const error = await failure(async () => read(await open(disk)));
    expect(error.code).to.equal('PMX_CHECKSUM_MISMATCH');
    expect((await read(await open(disk))).equals(disk)).to.equal(true);
    expect(publisher.asked).to.have.length(2);
  });

  it('lets others wait for who downloads the same, and take it from there', async () => {
    const sum = checksumOf(disk);
    const first = await cache.begin(sum, 'https://x/y', disk.length, never);
    expect(first).to.be.instanceOf(CacheWriter);
    let pauses = 0;
    const second = cache.begin(sum, 'https://x/y', disk.length, async () => {
      if (pauses++ > 0) return;
      await (first as CacheWriter).write(disk);
      await (first as CacheWriter).keep();
    });
    expect(await second).to.include({ length: disk.length });
    expect(pauses).to.equal(1);
    // One that gave up leaves the next one the work.
    const other = checksumOf(packed);
    const gone = await cache.begin(other, 'https://x/z', 5, never);
    const next = cache.begin(other, 'https://x/z', 5, () => (gone as CacheWriter).drop());
    expect(await next).to.be.instanceOf(CacheWriter);
    // As a process leaves it that was killed.
    writeFileSync(join(cache.folder, `${other.algorithm}-${other.value}.old.part`), 'half');
    await ((await next) as CacheWriter).drop();
    await ((await cache.begin(other, 'https://x/z', 5, never)) as CacheWriter).drop();
    expect(files().filter((name) => /part|lock/.test(name))).to.deep.equal([]);
  });

  it('lets go what was used longest ago, and takes nothing bigger than itself', async () => {
    const put = async (content: Buffer): Promise<void> => {
      const writer = await cache.begin(checksumOf(content), 'https://x/y?token=1', 1000, never);
      await (writer as CacheWriter).write(content);
      await (writer as CacheWriter).keep();
    };
    const images = [1, 2, 3].map((byte) => Buffer.alloc(400, byte));
    cache = new ImageCache(cache.folder, 1000);
    await put(images[0]!);
    await put(images[1]!);
    // The first one is used again, so that the second one is the oldest.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cache.find(checksumOf(images[0]!));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await put(images[2]!);
    const kept = (await cache.list()).map(({ checksum }) => checksum);
    expect(kept).to.have.members(
      [images[0]!, images[2]!].map((image) => `sha256:${digest('sha256', image)}`),
    );
    expect((await cache.list())[0]!.url, 'no secrets of an address').to.equal('https://x/y');
    expect(await cache.begin(checksumOf(disk), 'u', 1001, never)).to.equal(undefined);
    expect(await new ImageCache(folder, 0).begin(checksumOf(disk), 'u', 1, never)).to.equal(
      undefined,
    );
    expect(await cachePlace(cache)).to.include({ images: 2, usedBytes: 800, limitBytes: 1000 });
    const plan = await planCachePrune(cache, 0);
    expect(plan.result).to.deep.equal({ removed: 2, bytes: 800, keptBytes: 0 });
    expect((await planCachePrune(cache, 1000)).steps).to.deep.equal([]);
  });

  it('reads its limit', () => {
    expect(['4G', '512M', '0', '1.5g'].map(cacheLimit)).to.deep.equal([
      4 * 2 ** 30,
      512 * 2 ** 20,
      0,
      1.5 * 2 ** 30,
    ]);
  });
});
