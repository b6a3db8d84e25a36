import { mkdir, stat, symlink, truncate } from 'node:fs/promises';
import { expect } from 'chai';
import { inspectImage } from '#dist/lib/images/index.js';
import {
  btrfsDisk,
  extDisk,
  failure,
  gptDisk,
  mbrDisk,
  mebibyte,
  needs,
  qcow2,
  run,
  tar,
  useFolder,
  vmdk,
  withBytes,
  xfsDisk,
} from './fixtures.ts';

const ovf = { name: 'vm.ovf', content: Buffer.from('<Envelope/>') };

describe('inspectImage', () => {
  const folder = useFolder();

  describe('accepts by content, whatever the name', () => {
    const raws: Record<string, Buffer> = {
      MBR: mbrDisk(mebibyte),
      GPT: gptDisk(mebibyte),
      'GPT with 4096-byte blocks': gptDisk(mebibyte, 4096),
      ext: extDisk(mebibyte),
      XFS: xfsDisk(mebibyte),
      btrfs: btrfsDisk(mebibyte),
    };
    for (const [name, content] of Object.entries(raws)) {
      it(`raw disk: ${name}`, async () => {
        const path = await folder.put('disk.qcow2', content);
        const { mtimeMs } = await stat(path);
        expect(await inspectImage(path)).to.deep.equal({
          path,
          format: 'raw',
          container: 'file',
          offset: 0,
          length: mebibyte,
          virtualSize: mebibyte,
          modifiedMillis: Math.floor(mtimeMs),
          fileSize: mebibyte,
        });
      });
    }

    it('raw disk that does not end on a sector: the guest sees whole sectors', async () => {
      const path = await folder.put('disk.raw', mbrDisk(mebibyte).subarray(0, mebibyte - 100));
      expect(await inspectImage(path)).to.include({
        virtualSize: mebibyte,
        length: mebibyte - 100,
      });
    });

    it('qcow2', async () => {
      const path = folder.path('disk.iso');
      await qcow2(path);
      expect(await inspectImage(path)).to.include({
        format: 'qcow2',
        container: 'file',
        offset: 0,
        length: 6 * 0x1_0000,
        virtualSize: 1024 * mebibyte,
      });
    });

    for (const options of [{}, { compressed: true }, { compressed: true, footer: true }]) {
      it(`VMDK ${JSON.stringify(options)}`, async () => {
        const path = await folder.put('disk.bin', vmdk(options));
        expect(await inspectImage(path)).to.include({ format: 'vmdk', virtualSize: mebibyte });
      });
    }

    it('OVA: the range of the first VMDK; the others are named', async () => {
      const disk = vmdk({ compressed: true, footer: true });
      const entries = [
        ovf,
        { name: 'vm-disk1.VMDK', content: disk },
        { name: 'vm-disk2.vmdk', content: vmdk() },
      ];
      const path = await folder.put('vm.ova', tar(entries));
      expect(await inspectImage(path)).to.include({
        format: 'vmdk',
        container: 'ova',
        offset: 3 * 512,
        length: disk.length,
        virtualSize: mebibyte,
        diskName: 'vm-disk1.VMDK',
      });
      expect((await inspectImage(path)).otherDisks).to.deep.equal(['vm-disk2.vmdk']);
    });

    it('OVA with GNU long name and pax header', async () => {
      const longName = `${'d'.repeat(120)}.vmdk`;
      const record = ` path=${'p'.repeat(120)}.ovf\n`;
      const pax = `${record.length + 3}${record}`;
      const path = await folder.put(
        'vm.ova',
        tar([
          { name: 'PaxHeader', content: Buffer.from(pax), type: 'x' },
          ovf,
          { name: '././@LongLink', content: Buffer.from(`${longName}\0`), type: 'L' },
          { name: 'd', content: vmdk() },
        ]),
      );
      expect((await inspectImage(path)).diskName).to.equal(longName);
    });

    it('OVA made by tar(1)', async function () {
      needs(this, 'tar');
      await folder.put('vm.ovf', ovf.content);
      await folder.put('disk.vmdk', vmdk());
      const path = folder.path('vm.ova');
      run('tar', '-C', folder.path('.'), '-cf', path, 'vm.ovf', 'disk.vmdk');
      expect(await inspectImage(path)).to.include({ container: 'ova', length: vmdk().length });
    });
  });

  interface Refused {
    name: string;
    content: Buffer;
    file?: string;
    code: string;
    found: RegExp;
    hint: RegExp;
  }
  const iso = withBytes(40_000, 32_769, 'CD001');
  iso.set(mbrDisk(40_960).subarray(0, 512));
  const vhd = mbrDisk(mebibyte);
  vhd.write('conectix', mebibyte - 512, 'latin1');
  const gptCut = gptDisk(mebibyte).subarray(0, mebibyte / 2);
  const refused: Refused[] = [
    {
      name: 'empty file',
      content: Buffer.alloc(0),
      code: 'EMPTY',
      found: /0 bytes/,
      hint: /again/,
    },
    {
      name: 'text named .qcow2',
      content: Buffer.from('hello\n'),
      code: 'TEXT',
      found: /is a text file/,
      hint: /^Look at it: head /,
    },
    {
      name: 'HTML page',
      content: Buffer.from('<!DOCTYPE html><html>'),
      code: 'TEXT',
      found: /HTML/,
      hint: /head/,
    },
    {
      name: 'Git LFS pointer',
      content: Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      code: 'TEXT',
      found: /Git LFS/,
      hint: /head/,
    },
    {
      name: 'zeros',
      content: Buffer.alloc(mebibyte),
      code: 'UNKNOWN',
      found: /zeros only/,
      hint: /file /,
    },
    {
      name: 'noise',
      content: Buffer.alloc(4096, 0xa7),
      code: 'UNKNOWN',
      found: /not recognised/,
      hint: /file /,
    },
    {
      name: 'boot sector without plausible partition table (FAT)',
      content: withBytes(
        mebibyte,
        446,
        Buffer.concat([Buffer.alloc(64, 0x41), Buffer.from('55aa', 'hex')]),
      ),
      code: 'UNKNOWN',
      found: /not recognised/,
      hint: /qemu-img info|file /,
    },
    {
      name: 'gzip',
      content: withBytes(600, 0, '\x1f\x8b\x08'),
      file: 'a.qcow2.gz',
      code: 'COMPRESSED',
      found: /gzip/,
      hint: /gzip -dc \S*a\.qcow2\.gz > \S*a\.qcow2$/,
    },
    {
      name: 'xz',
      content: withBytes(600, 0, '\xfd7zXZ\0'),
      file: "it's.xz",
      code: 'COMPRESSED',
      found: /xz/,
      hint: /xz -dc '\S*it'\\''s\.xz' > /,
    },
    {
      name: 'zstd',
      content: withBytes(600, 0, '\x28\xb5\x2f\xfd'),
      code: 'COMPRESSED',
      found: /zstd/,
      hint: /zstd -dc \S*disk\.qcow2 > \S*disk\.img$/,
    },
    {
      name: 'bzip2',
      content: withBytes(600, 0, 'BZh91AY&SY'),
      code: 'COMPRESSED',
      found: /bzip2/,
      hint: /bzip2 -dc/,
    },
    {
      name: 'zip',
      content: withBytes(600, 0, 'PK\x03\x04'),
      code: 'COMPRESSED',
      found: /zip/,
      hint: /unzip /,
    },
    {
      name: '7z',
      content: withBytes(600, 0, '7z\xbc\xaf\x27\x1c'),
      code: 'COMPRESSED',
      found: /7z/,
      hint: /7z x /,
    },
    {
      name: 'VHDX',
      content: withBytes(600, 0, 'vhdxfile'),
      file: 'a.vhdx',
      code: 'FORMAT_UNSUPPORTED',
      found: /VHDX/,
      hint: /qemu-img convert -f vhdx -O qcow2 \S*a\.vhdx \S*a\.qcow2$/,
    },
    {
      name: 'VHD (dynamic)',
      content: withBytes(600, 0, 'conectix'),
      code: 'FORMAT_UNSUPPORTED',
      found: /VHD image/,
      hint: /-f vpc .*disk\.qcow2 \S*disk-new\.qcow2$/,
    },
    {
      name: 'VHD (fixed, looks like raw from the front)',
      content: vhd,
      code: 'FORMAT_UNSUPPORTED',
      found: /VHD image/,
      hint: /-f vpc /,
    },
    {
      name: 'VDI',
      content: withBytes(600, 0x40, '\x7f\x10\xda\xbe'),
      code: 'FORMAT_UNSUPPORTED',
      found: /VDI/,
      hint: /-f vdi /,
    },
    {
      name: 'QED',
      content: withBytes(600, 0, 'QED\0'),
      code: 'FORMAT_UNSUPPORTED',
      found: /QED/,
      hint: /-f qed /,
    },
    {
      name: 'backup of Proxmox VE',
      content: withBytes(600, 0, 'VMA\0'),
      code: 'FORMAT_UNSUPPORTED',
      found: /VMA/,
      hint: /qmrestore /,
    },
    {
      name: 'ISO 9660, even with a partition table (isohybrid)',
      content: iso,
      code: 'INSTALLATION_MEDIUM',
      found: /installation medium/,
      hint: /cloud image/,
    },
    {
      name: 'raw disk cut off (MBR)',
      content: mbrDisk(mebibyte).subarray(0, mebibyte / 2),
      code: 'TRUNCATED',
      found: /ends at byte 1048576/,
      hint: /again/,
    },
    {
      name: 'raw disk cut off (GPT)',
      content: gptCut,
      code: 'TRUNCATED',
      found: /GPT/,
      hint: /again/,
    },
    {
      name: 'ext cut off',
      content: extDisk(mebibyte).subarray(0, mebibyte - 1024),
      code: 'TRUNCATED',
      found: /ext/,
      hint: /again/,
    },
    {
      name: 'XFS cut off',
      content: xfsDisk(mebibyte).subarray(0, mebibyte - 4096),
      code: 'TRUNCATED',
      found: /XFS/,
      hint: /again/,
    },
    {
      name: 'btrfs cut off',
      content: btrfsDisk(mebibyte).subarray(0, mebibyte - 4096),
      code: 'TRUNCATED',
      found: /btrfs/,
      hint: /again/,
    },
    {
      name: 'protective MBR without GPT',
      content: mbrDisk(mebibyte, { type: 0xee }),
      code: 'CORRUPT',
      found: /no GPT/,
      hint: /qemu-img info/,
    },
    {
      name: 'VMDK text descriptor',
      content: Buffer.from('# Disk DescriptorFile\nversion=1\n'),
      file: 'a.vmdk',
      code: 'FORMAT_UNSUPPORTED',
      found: /only the text descriptor/,
      hint: /qemu-img convert -f vmdk -O qcow2 \S*a\.vmdk \S*a\.qcow2/,
    },
    {
      name: 'VMDK with header cut off',
      content: vmdk().subarray(0, 100),
      code: 'TRUNCATED',
      found: /inside its VMDK header/,
      hint: /again/,
    },
    {
      name: 'VMDK extent without descriptor',
      content: vmdk({ descriptorOffset: 0n }),
      code: 'FORMAT_UNSUPPORTED',
      found: /several files/,
      hint: /qemu-img convert/,
    },
    {
      name: 'VMDK of another createType',
      content: vmdk({ createType: 'twoGbMaxExtentSparse' }),
      code: 'FORMAT_UNSUPPORTED',
      found: /"twoGbMaxExtentSparse"/,
      hint: /OVA|qemu-img convert/,
    },
    {
      name: 'ESX sparse extent',
      content: withBytes(600, 0, 'COWD'),
      code: 'FORMAT_UNSUPPORTED',
      found: /ESX/,
      hint: /qemu-img convert/,
    },
    {
      name: 'VMDK of a linked clone',
      content: vmdk({ parent: '12345678' }),
      code: 'BACKING_FILE',
      found: /parent disk/,
      hint: /Merge both/,
    },
    {
      name: 'VMDK encrypted',
      content: vmdk({ extra: 'encryption.keySafe = "vmware:key/list"' }),
      code: 'ENCRYPTED',
      found: /is encrypted/,
      hint: /Remove the encryption/,
    },
    {
      name: 'VMDK of 0 bytes',
      content: vmdk({ capacity: 0n }),
      code: 'VIRTUAL_SIZE',
      found: /virtual size of 0/,
      hint: /again/,
    },
    {
      name: 'VMDK of unknown version',
      content: vmdk({ version: 9 }),
      code: 'CORRUPT',
      found: /version 9/,
      hint: /again/,
    },
    {
      name: 'VMDK transferred as text',
      content: vmdk({ brokenLineEnds: true }),
      code: 'CORRUPT',
      found: /line ends/,
      hint: /again/,
    },
    {
      name: 'VMDK with absurd grain size',
      content: vmdk({ grainSectors: 3n }),
      code: 'CORRUPT',
      found: /grain has 3 sectors/,
      hint: /again/,
    },
    {
      name: 'VMDK with absurd grain tables',
      content: vmdk({ tableEntries: 0xffff_ffff }),
      code: 'CORRUPT',
      found: /4294967295 entries/,
      hint: /again/,
    },
    {
      name: 'VMDK with absurd capacity',
      content: vmdk({ capacity: 2n ** 60n }),
      code: 'CORRUPT',
      found: /claims 1152921504606846976 sectors/,
      hint: /again/,
    },
    {
      name: 'VMDK whose grain is cut off',
      content: vmdk().subarray(0, -1),
      code: 'TRUNCATED',
      found: /a grain ends/,
      hint: /again/,
    },
    {
      name: 'VMDK whose compressed grain is cut off',
      content: vmdk({ compressed: true }).subarray(0, -1),
      code: 'TRUNCATED',
      found: /compressed grain/,
      hint: /again/,
    },
    {
      name: 'stream-optimized VMDK without footer',
      content: vmdk({ compressed: true, footer: true }).subarray(0, -512),
      code: 'TRUNCATED',
      found: /without its footer/,
      hint: /again/,
    },
    {
      name: 'tar without .ovf',
      content: tar([{ name: 'etc/passwd', content: Buffer.from('x') }]),
      code: 'OVA_NO_DESCRIPTOR',
      found: /without an \.ovf/,
      hint: /tar -tvf /,
    },
    {
      name: 'OVA without .vmdk',
      content: tar([ovf, { name: 'disk.vhd', content: Buffer.from('x') }]),
      code: 'OVA_NO_DISK',
      found: /vm\.ovf, disk\.vhd/,
      hint: /tar -xvf /,
    },
    {
      name: 'OVA whose .vmdk is something else',
      content: tar([ovf, { name: 'disk.vmdk', content: Buffer.alloc(600) }]),
      code: 'OVA_NO_DISK',
      found: /"disk\.vmdk", which is not/,
      hint: /tar -xvf /,
    },
    {
      name: 'OVA whose .vmdk is a descriptor',
      content: tar([ovf, { name: 'd.vmdk', content: Buffer.from('# Disk DescriptorFile\n') }]),
      code: 'FORMAT_UNSUPPORTED',
      found: /only the text descriptor/,
      hint: /qemu-img convert/,
    },
    {
      name: 'OVA cut off inside the disk',
      content: tar([ovf, { name: 'disk.vmdk', content: vmdk() }]).subarray(0, 20_000),
      code: 'TRUNCATED',
      found: /member of the archive/,
      hint: /again/,
    },
    {
      name: 'OVA whose disk is itself cut off',
      content: tar([ovf, { name: 'disk.vmdk', content: vmdk().subarray(0, -512) }]),
      code: 'TRUNCATED',
      found: /a grain ends/,
      hint: /again/,
    },
    {
      name: 'tar with damaged second header',
      content: tar([ovf, { name: 'disk.vmdk', content: vmdk() }]).fill(0xff, 1024, 1030),
      code: 'CORRUPT',
      found: /no tar header at byte 1024/,
      hint: /again/,
    },
    {
      name: 'tar with a huge long name',
      content: tar([ovf, { name: 'x', content: Buffer.alloc(70_000), type: 'L' }]),
      code: 'CORRUPT',
      found: /extended tar header of 70000 bytes/,
      hint: /again/,
    },
  ];

  describe('refuses, with the way out', () => {
    for (const { name, content, file, code, found, hint } of refused) {
      it(name, async () => {
        const path = await folder.put(file ?? 'disk.qcow2', content);
        const error = await failure(inspectImage(path));
        expect(error.code).to.equal(`PMX_IMAGE_${code}`);
        expect(error.exitCode).to.equal(1);
        expect(error.message).to.include(JSON.stringify(path)).and.match(found);
        expect(error.hints.join('\n')).to.match(new RegExp(hint.source, 'm'));
      });
    }

    it('a directory', async () => {
      await mkdir(folder.path('dir.qcow2'));
      const error = await failure(inspectImage(folder.path('dir.qcow2')));
      expect(error).to.include({ code: 'PMX_IMAGE_NOT_A_FILE', exitCode: 1 });
      expect(error.message).to.include('is a directory');
    });

    it('a device', async () => {
      const error = await failure(inspectImage('/dev/null'));
      expect(error).to.include({ code: 'PMX_IMAGE_NOT_A_FILE', exitCode: 1 });
    });

    for (const missing of ['nothing.qcow2', 'file/below.qcow2']) {
      it(`a missing file: ${missing}`, async () => {
        await folder.put('file', Buffer.from('x'));
        const error = await failure(inspectImage(folder.path(missing)));
        expect(error).to.include({ code: 'PMX_FILE_NOT_FOUND', exitCode: 1 });
        expect(error.message).to.include(missing);
      });
    }

    it('an unreadable file', async () => {
      // A link to itself cannot be opened by root either, unlike a file with mode 000.
      await symlink('loop.qcow2', folder.path('loop.qcow2'));
      const error = await failure(inspectImage(folder.path('loop.qcow2')));
      expect(error).to.include({ code: 'PMX_FILE_UNREADABLE', exitCode: 1 });
      expect(error.message).to.include('ELOOP');
    });
  });

  it('does not read VMDK grain tables for ever when a directory is crafted', async function () {
    this.timeout(5000);
    // 1 Mi directory entries that all point to the same table would be 2 GiB of reads.
    const header = vmdk({ capacity: 128n * 512n * 1_048_576n });
    const directory = Buffer.alloc(4 * 1_048_576);
    for (let at = 0; at < directory.length; at += 4) directory.writeUInt32LE(4, at);
    const image = Buffer.concat([header, directory]);
    image.writeBigUInt64LE(BigInt(header.length / 512), 56);
    const error = await failure(inspectImage(await folder.put('x.vmdk', image)));
    expect(error).to.include({ code: 'PMX_IMAGE_CORRUPT' });
    expect(error.message).to.include('more grain tables');
  });

  it('agrees with qemu-img about the VMDK files that it writes', async function () {
    needs(this, 'qemu-img');
    const raw = await folder.put('disk.raw', mbrDisk(3 * mebibyte).fill('text', 600, 2 * mebibyte));
    for (const subformat of ['monolithicSparse', 'streamOptimized']) {
      const path = folder.path(`${subformat}.vmdk`);
      run(
        'qemu-img',
        'convert',
        '-f',
        'raw',
        '-O',
        'vmdk',
        '-o',
        `subformat=${subformat}`,
        raw,
        path,
      );
      expect(await inspectImage(path)).to.include({ format: 'vmdk', virtualSize: 3 * mebibyte });
      const { size } = await stat(path);
      // qemu-img pads the file, so a few missing bytes at the end may be harmless; half is not.
      await truncate(path, Math.floor(size / 2));
      expect(await failure(inspectImage(path))).to.include({ code: 'PMX_IMAGE_TRUNCATED' });
    }
  });
});
