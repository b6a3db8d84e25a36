import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { createEmptyQcow2, inspectImage } from '#dist/lib/images/index.js';
import {
  failure,
  mbrDisk,
  mebibyte,
  needs,
  qcow2,
  qcow2Field as field,
  qcow2Place as place,
  run,
  useFolder,
} from './fixtures.ts';

type Change = (image: Buffer) => Buffer | void;

describe('inspectImage: qcow2', () => {
  const folder = useFolder();

  interface Refused {
    name: string;
    change: Change;
    code: string;
    found: RegExp;
  }
  const setEntry =
    (at: number, value: bigint): Change =>
    (image) => {
      image.writeBigUInt64BE(value, at);
    };
  const set32 =
    (at: number, value: number): Change =>
    (image) => {
      image.writeUInt32BE(value, at);
    };
  const far = 1n << 40n;
  const copied = 1n << 63n;
  const refused: Refused[] = [
    { name: 'only a magic', change: (i) => i.subarray(0, 8), code: 'TRUNCATED', found: /header/ },
    { name: 'v3 header cut', change: (i) => i.subarray(0, 80), code: 'TRUNCATED', found: /header/ },
    {
      name: 'version 1',
      change: set32(field.version, 1),
      code: 'FORMAT_UNSUPPORTED',
      found: /version 1/,
    },
    { name: 'version 4', change: set32(field.version, 4), code: 'CORRUPT', found: /version 4/ },
    {
      name: 'cluster_bits 8',
      change: set32(field.clusterBits, 8),
      code: 'CORRUPT',
      found: /are 8/,
    },
    {
      name: 'cluster_bits 22',
      change: set32(field.clusterBits, 22),
      code: 'CORRUPT',
      found: /are 22/,
    },
    {
      name: 'cluster_bits 2^32-1',
      change: set32(field.clusterBits, 0xffff_ffff),
      code: 'CORRUPT',
      found: /9 to 21/,
    },
    {
      name: 'backing file',
      change: (image) => {
        image.writeBigUInt64BE(512n, field.backingOffset);
        image.writeUInt32BE(9, field.backingSize);
        image.write('base\u001b.img', 512, 'latin1');
      },
      code: 'BACKING_FILE',
      found: /"base\?\.img"/,
    },
    {
      name: 'backing file with absurd name length',
      change: (image) => {
        image.writeBigUInt64BE(512n, field.backingOffset);
        image.writeUInt32BE(0xffff_ffff, field.backingSize);
      },
      code: 'BACKING_FILE',
      found: /backing file/,
    },
    {
      name: 'external data file',
      change: set32(field.incompatible + 4, 1 << 2),
      code: 'EXTERNAL_DATA',
      found: /external data file/,
    },
    { name: 'AES', change: set32(field.cryptMethod, 1), code: 'ENCRYPTED', found: /AES/ },
    { name: 'LUKS', change: set32(field.cryptMethod, 2), code: 'ENCRYPTED', found: /LUKS/ },
    {
      name: 'crypt_method 7',
      change: set32(field.cryptMethod, 7),
      code: 'CORRUPT',
      found: /crypt_method 7/,
    },
    {
      name: 'unknown incompatible feature (low bits)',
      change: set32(field.incompatible + 4, 1 << 5),
      code: 'FEATURE_UNKNOWN',
      found: /0x20\b/,
    },
    {
      name: 'unknown incompatible feature (bit 63)',
      change: set32(field.incompatible, 0x8000_0000),
      code: 'FEATURE_UNKNOWN',
      found: /0x8000000000000000/,
    },
    {
      name: 'dirty',
      change: set32(field.incompatible + 4, 1),
      code: 'DIRTY',
      found: /marked dirty/,
    },
    {
      name: 'corrupt',
      change: set32(field.incompatible + 4, 2),
      code: 'DIRTY',
      found: /marked corrupt/,
    },
    {
      name: 'refcount_order 7',
      change: set32(field.refcountOrder, 7),
      code: 'CORRUPT',
      found: /refcount_order 7/,
    },
    {
      name: 'header length 100',
      change: set32(field.headerLength, 100),
      code: 'CORRUPT',
      found: /length of 100/,
    },
    {
      name: 'unknown compression type',
      change: (image) => {
        image.writeUInt32BE(1 << 3, field.incompatible + 4);
        image.writeUInt32BE(112, field.headerLength);
        image[field.compressionType] = 2;
      },
      code: 'FEATURE_UNKNOWN',
      found: /compression type 2/,
    },
    {
      name: 'compression bit without type',
      change: set32(field.incompatible + 4, 1 << 3),
      code: 'CORRUPT',
      found: /compression type 0/,
    },
    {
      name: 'extended L2 with small clusters',
      change: (image) => {
        image.writeUInt32BE(1 << 4, field.incompatible + 4);
        image.writeUInt32BE(13, field.clusterBits);
      },
      code: 'CORRUPT',
      found: /extended L2/,
    },
    { name: 'size 0', change: setEntry(field.size, 0n), code: 'VIRTUAL_SIZE', found: /of 0 bytes/ },
    {
      name: 'size beyond the L1 table',
      change: setEntry(field.size, 1n << 50n),
      code: 'CORRUPT',
      found: /needs 2097152/,
    },
    {
      name: 'size 2^64-1',
      change: setEntry(field.size, 0xffff_ffff_ffff_ffffn),
      code: 'CORRUPT',
      found: /claims 18446744073709551615 bytes/,
    },
    {
      name: 'L1 table of 2^32-1 entries',
      change: set32(field.l1Size, 0xffff_ffff),
      code: 'CORRUPT',
      found: /4294967295 entries/,
    },
    {
      name: 'L1 table beyond the end',
      change: setEntry(field.l1Offset, far),
      code: 'TRUNCATED',
      found: /L1 table ends/,
    },
    {
      name: 'L1 table not aligned',
      change: setEntry(field.l1Offset, BigInt(place.l1 + 8)),
      code: 'CORRUPT',
      found: /L1 table is at byte/,
    },
    {
      name: 'L1 table at 0',
      change: setEntry(field.l1Offset, 0n),
      code: 'CORRUPT',
      found: /L1 table is at byte 0/,
    },
    {
      name: 'refcount table beyond the end',
      change: setEntry(field.refcountOffset, far),
      code: 'TRUNCATED',
      found: /refcount table ends/,
    },
    {
      name: 'refcount table of 0 clusters',
      change: set32(field.refcountClusters, 0),
      code: 'CORRUPT',
      found: /refcount table has 0/,
    },
    {
      name: 'refcount table of 2^32-1 clusters',
      change: set32(field.refcountClusters, 0xffff_ffff),
      code: 'CORRUPT',
      found: /refcount table has 4294967295/,
    },
    {
      name: 'refcount block beyond the end',
      change: setEntry(place.refcountTable, far),
      code: 'TRUNCATED',
      found: /refcount block ends/,
    },
    {
      name: 'refcount block not aligned',
      change: setEntry(place.refcountTable, BigInt(place.refcountBlock + 512)),
      code: 'CORRUPT',
      found: /refcount block is at/,
    },
    {
      name: 'too many snapshots',
      change: set32(field.snapshotCount, 70_000),
      code: 'CORRUPT',
      found: /70000 snapshots/,
    },
    {
      name: 'snapshot table beyond the end',
      change: (image) => {
        image.writeUInt32BE(1, field.snapshotCount);
        image.writeBigUInt64BE(far, field.snapshotsOffset);
      },
      code: 'TRUNCATED',
      found: /snapshot table/,
    },
    {
      name: 'L2 table beyond the end',
      change: setEntry(place.l1, copied | far),
      code: 'TRUNCATED',
      found: /L2 table ends/,
    },
    {
      name: 'L2 table not aligned',
      change: setEntry(place.l1, copied | BigInt(place.l2 + 512)),
      code: 'CORRUPT',
      found: /L2 table is at/,
    },
    {
      name: 'data cluster beyond the end',
      change: setEntry(place.l2 + 8 * 1000, copied | far),
      code: 'TRUNCATED',
      found: /data cluster ends at byte 1099511693312/,
    },
    {
      name: 'data cluster not aligned',
      change: setEntry(place.l2 + 8, copied | BigInt(place.data + 512)),
      code: 'CORRUPT',
      found: /data cluster at byte/,
    },
    {
      name: 'last data cluster one byte short',
      change: (image) => image.subarray(0, -1),
      code: 'TRUNCATED',
      found: /data cluster ends at byte 393216/,
    },
    {
      // x = 54: offset in bits 0–53, one further sector in bits 54–61.
      name: 'compressed cluster beyond the end',
      change: setEntry(place.l2 + 8, (1n << 62n) | (1n << 54n) | BigInt(place.end - 100)),
      code: 'TRUNCATED',
      found: /compressed cluster ends at byte 393728/,
    },
  ];
  for (const { name, change, code, found } of refused) {
    it(`refuses: ${name}`, async () => {
      const path = folder.path('disk.qcow2');
      await qcow2(path, change);
      const error = await failure(inspectImage(path));
      expect(error.code).to.equal(`PMX_IMAGE_${code}`);
      expect(error.exitCode).to.equal(1);
      expect(error.message).to.include(path).and.match(found);
      expect(error.hints).to.have.length.greaterThan(0);
    });
  }

  const accepted: Array<{ name: string; change: Change }> = [
    {
      name: 'version 2',
      change: (image) => {
        image.writeUInt32BE(2, field.version);
        // Not part of a v2 header: must not be read as features.
        image.fill(0xff, 72, 112);
      },
    },
    {
      name: 'a compressed cluster that ends inside its last sector',
      change: (image) => {
        image.writeBigUInt64BE((1n << 62n) | BigInt(place.end), place.l2 + 8);
        return Buffer.concat([image, Buffer.alloc(100)]);
      },
    },
    {
      name: 'an unknown autoclear or compatible feature',
      change: (image) => {
        image.fill(0xff, 80, 96);
      },
    },
    {
      name: 'an internal snapshot',
      change: (image) => {
        image.writeUInt32BE(1, field.snapshotCount);
        image.writeBigUInt64BE(BigInt(place.end), field.snapshotsOffset);
        return Buffer.concat([image, Buffer.alloc(60)]);
      },
    },
    {
      name: 'zstd',
      change: (image) => {
        image.writeUInt32BE(1 << 3, field.incompatible + 4);
        image.writeUInt32BE(112, field.headerLength);
        image[field.compressionType] = 1;
      },
    },
  ];
  for (const { name, change } of accepted) {
    it(`accepts: ${name}`, async () => {
      const path = folder.path('disk.qcow2');
      await qcow2(path, change);
      expect(await inspectImage(path)).to.include({ virtualSize: 1024 * mebibyte });
    });
  }

  it('does not read one L2 table for ever when the L1 table is crafted', async function () {
    this.timeout(5000);
    const path = folder.path('disk.qcow2');
    await createEmptyQcow2(path, 2 ** 50);
    const image = await readFile(path);
    const l1 = Number(image.readBigUInt64BE(field.l1Offset));
    const entry = image.readBigUInt64BE(l1);
    const l2 = Number(entry & 0xff_ffff_ffff_fe00n);
    for (let index = 0; index < 2_000_000; index += 1)
      image.writeBigUInt64BE(entry, l1 + index * 8);
    // The L2 table maps a cluster; with the whole L1 table that would be 128 GiB of reads.
    expect(image.readBigUInt64BE(l2)).to.not.equal(0n);
    await writeFile(path, image);
    expect(await failure(inspectImage(path))).to.include({ code: 'PMX_IMAGE_CORRUPT' });
  });

  it('never fails in another way than by a refusal, whatever the bytes', async function () {
    this.timeout(20_000);
    const path = folder.path('base.qcow2');
    await qcow2(path);
    const base = await readFile(path);
    const metadata = fc.oneof(
      fc.nat(112),
      fc.nat(15).map((at) => place.l1 + at),
      fc.nat(63).map((at) => place.l2 + at),
      fc.nat(15).map((at) => place.refcountTable + at),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(metadata, fc.nat(255)), { maxLength: 6 }),
        fc.integer({ min: 4, max: base.length }),
        async (changes, length) => {
          const image = Buffer.from(base.subarray(0, length));
          for (const [at, value] of changes) if (at >= 4 && at < length) image[at] = value;
          const mutated = await folder.put('mutated.qcow2', image);
          try {
            expect((await inspectImage(mutated)).virtualSize).to.be.greaterThan(0);
          } catch (error) {
            expect((error as { code?: string }).code).to.match(/^PMX_IMAGE_/);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  const written: Array<{ name: string; options: string; compress?: boolean }> = [
    { name: 'defaults', options: 'cluster_size=65536' },
    { name: 'version 2', options: 'compat=0.10' },
    { name: 'small clusters', options: 'cluster_size=512' },
    { name: 'large clusters', options: 'cluster_size=2M' },
    { name: 'extended L2', options: 'extended_l2=on' },
    { name: 'preallocated', options: 'preallocation=metadata' },
    { name: 'zlib', options: 'cluster_size=65536', compress: true },
    { name: 'zlib, small clusters', options: 'cluster_size=4096', compress: true },
    { name: 'zstd', options: 'compression_type=zstd', compress: true },
  ];
  for (const { name, options, compress } of written) {
    it(`accepts what qemu-img writes, and notices when it is cut: ${name}`, async function () {
      needs(this, 'qemu-img');
      // Not a multiple of any cluster size; noise at the end, so that the last cluster has data.
      const size = 3 * mebibyte + 512;
      const disk = mbrDisk(size, { sectors: 64 });
      for (let at = size - 100_000; at < size; at += 1) disk[at] = (at * 2_654_435_761) >>> 24;
      const raw = await folder.put('disk.raw', disk);
      const path = folder.path('disk.qcow2');
      const flags = compress === true ? ['-c'] : [];
      run('qemu-img', 'convert', ...flags, '-f', 'raw', '-O', 'qcow2', '-o', options, raw, path);
      expect(await inspectImage(path)).to.include({ format: 'qcow2', virtualSize: size });
      const { size: fileSize } = await stat(path);
      // A download that stopped half-way.
      await truncate(path, Math.floor(fileSize / 2 / 512) * 512);
      expect(await failure(inspectImage(path))).to.include({ code: 'PMX_IMAGE_TRUNCATED' });
    });
  }

  it('accepts what qemu-io leaves after one small write with extended L2', async function () {
    needs(this, 'qemu-img');
    needs(this, 'qemu-io');
    const path = folder.path('disk.qcow2');
    run('qemu-img', 'create', '-q', '-f', 'qcow2', '-o', 'extended_l2=on', path, '1M');
    run('qemu-io', '-c', 'write -P 7 0 512', path);
    // Only one subcluster is in the file; the cluster as a whole would go beyond its end.
    expect(await inspectImage(path)).to.include({ virtualSize: mebibyte });
  });
});

describe('createEmptyQcow2', () => {
  const folder = useFolder();

  for (const size of [512, mebibyte, mebibyte + 512, 1024 * mebibyte, 2 ** 43, 2 ** 51]) {
    it(`${size} bytes: is accepted by inspectImage and by qemu-img check and info`, async function () {
      const path = folder.path('disk.qcow2');
      await createEmptyQcow2(path, size);
      expect(await inspectImage(path)).to.include({ format: 'qcow2', virtualSize: size });
      needs(this, 'qemu-img');
      const check = JSON.parse(run('qemu-img', 'check', '--output=json', path)) as object;
      expect(check).to.include({ 'check-errors': 0 }).and.not.have.any.keys('leaks', 'corruptions');
      const info = JSON.parse(run('qemu-img', 'info', '--output=json', path)) as object;
      expect(info).to.include({ format: 'qcow2', 'virtual-size': size });
    });
  }

  it('has a partition table, seen through qemu-img', async function () {
    needs(this, 'qemu-img');
    const path = folder.path('disk.qcow2');
    const raw = folder.path('disk.raw');
    await createEmptyQcow2(path, 64 * mebibyte);
    run('qemu-img', 'convert', '-O', 'raw', path, raw);
    expect(await inspectImage(raw)).to.include({ format: 'raw', virtualSize: 64 * mebibyte });
    const mbr = (await readFile(raw)).subarray(0, 512);
    expect(mbr[450]).to.equal(0x83);
    expect([mbr.readUInt32LE(454), mbr.readUInt32LE(458)]).to.deep.equal([2048, 63 * 2048]);
  });

  it('makes the same bytes each time', async () => {
    await createEmptyQcow2(folder.path('a'), 1024 * mebibyte);
    await createEmptyQcow2(folder.path('b'), 1024 * mebibyte);
    expect(await readFile(folder.path('a'))).to.deep.equal(await readFile(folder.path('b')));
  });

  for (const size of [0, -512, 511, 1.5, Number.NaN, 2 ** 51 + 512]) {
    it(`refuses ${size} bytes and writes nothing`, async () => {
      const path = folder.path('disk.qcow2');
      const error = await failure(createEmptyQcow2(path, size));
      expect(error).to.include({ code: 'PMX_IMAGE_VIRTUAL_SIZE', exitCode: 1 });
      expect(await failure(stat(path))).to.include({ code: 'ENOENT' });
    });
  }

  it('does not overwrite', async () => {
    const path = await folder.put('disk.qcow2', Buffer.from('precious'));
    const error = await failure(createEmptyQcow2(path, mebibyte));
    expect(error).to.include({ code: 'PMX_FILE_EXISTS', exitCode: 1 });
    expect((await readFile(path)).toString()).to.equal('precious');
  });

  it('names a missing folder', async () => {
    const error = await failure(createEmptyQcow2(folder.path('no/disk.qcow2'), mebibyte));
    expect(error).to.include({ code: 'PMX_FILE_NOT_FOUND', exitCode: 1 });
  });
});
