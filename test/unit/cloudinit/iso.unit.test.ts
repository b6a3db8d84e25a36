import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { type IsoFile, writeIso } from '#dist/lib/cloudinit/index.js';
import { readIso } from './iso-reader.ts';
import { failure, needs, run, skip } from './support.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const seed: IsoFile[] = [
  { path: 'user-data', content: bytes('#cloud-config\n') },
  { path: 'meta-data', content: bytes('instance-id: a\n') },
  { path: 'network-config', content: Buffer.alloc(5000, 'n') },
  { path: 'vendor-data', content: Buffer.alloc(0) },
  { path: 'openstack/latest/user_data', content: bytes('u') },
  { path: 'openstack/2015-10-15/meta_data.json', content: bytes('{}') },
];
const directories = ['openstack', 'openstack/2015-10-15', 'openstack/latest'];
const asMap = (files: readonly IsoFile[]): Map<string, Buffer> =>
  new Map(files.map(({ path, content }) => [path, Buffer.from(content)]));
const sorted = (map: ReadonlyMap<string, Buffer>): Array<[string, string]> =>
  [...map].map(([path, content]): [string, string] => [path, content.toString('hex')]).sort();

describe('writeIso', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pmx-iso-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  for (const names of ['rock-ridge', 'joliet'] as const) {
    it(`keeps names, directories and contents: ${names}`, () => {
      const volume = readIso(writeIso({ label: 'cidata', files: seed }), names);
      expect(volume.label).to.equal('cidata');
      expect(sorted(volume.files)).to.deep.equal(sorted(asMap(seed)));
      expect(volume.directories.sort()).to.deep.equal(directories);
      expect(volume.pathTable.sort()).to.deep.equal(['', ...directories]);
    });
  }

  it('has plain names of level 1, unique where long names begin alike', () => {
    const files = ['user-data', 'user-date', 'user-dat', 'a.b.tar.gz', '.x', 'USER_DAT/f'].map(
      (path) => ({ path, content: bytes(path) }),
    );
    const volume = readIso(writeIso({ label: 'X', files }), 'plain');
    expect([...volume.files].map(([, content]) => content.toString()).sort()).to.deep.equal(
      files.map(({ path }) => path).sort(),
    );
  });

  it('is a whole number of sectors, with 150 sectors of padding', () => {
    const iso = writeIso({ label: 'cidata', files: [{ path: 'a', content: bytes('end') }] });
    expect(iso.length % 2048).to.equal(0);
    expect(iso.length / 2048).to.be.at.least(150);
    expect(iso.length - iso.lastIndexOf('end')).to.equal(151 * 2048);
  });

  it('gives equal bytes for equal input, and the time that is asked for', () => {
    const modified = new Date(Date.UTC(2026, 6, 14, 3, 4, 5));
    const iso = writeIso({ label: 'cidata', files: seed, modified });
    expect(iso.equals(writeIso({ label: 'cidata', files: seed, modified }))).to.equal(true);
    expect(iso.toString('latin1', 16 * 2048 + 813, 16 * 2048 + 829)).to.equal('2026071403040500');
    expect([...iso.subarray(16 * 2048 + 156 + 18, 16 * 2048 + 156 + 25)]).to.deep.equal([
      126, 7, 14, 3, 4, 5, 0,
    ]);
    const fixed = writeIso({ label: 'cidata', files: seed });
    expect(fixed.equals(writeIso({ label: 'cidata', files: seed }))).to.equal(true);
  });

  it('holds more entries than fit into one directory sector or one continuation sector', () => {
    const files = Array.from({ length: 120 }, (_, index) => ({
      path: `d/${'日'.repeat(60)}${index}`,
      content: bytes(String(index)),
    }));
    const iso = writeIso({ label: 'many', files });
    for (const names of ['rock-ridge', 'joliet'] as const) {
      expect(sorted(readIso(iso, names).files)).to.deep.equal(sorted(asMap(files)));
    }
  });

  const wrong: Record<string, { label?: string; paths?: string[]; modified?: Date }> = {
    'an empty label': { label: '' },
    'a label of 17 characters': { label: 'a'.repeat(17) },
    'a label with a blank': { label: 'a b' },
    'an empty path': { paths: [''] },
    'a leading slash': { paths: ['/a'] },
    'a path with ..': { paths: ['a/../b'] },
    'a name of 65 characters': { paths: ['a'.repeat(65)] },
    'a colon': { paths: ['a:b'] },
    'a line break': { paths: ['a\nb'] },
    'half a surrogate pair': { paths: ['a\ud800'] },
    'nine levels': { paths: ['1/2/3/4/5/6/7/8/9'] },
    'a path given twice': { paths: ['a', 'a'] },
    'a file as directory': { paths: ['a', 'a/b'] },
    'a directory as file': { paths: ['a/b', 'a'] },
    'the year 2156': { modified: new Date(Date.UTC(2156, 0, 1)) },
    'no valid time': { modified: new Date(Number.NaN) },
  };
  for (const [name, { label = 'x', paths = [], modified }] of Object.entries(wrong)) {
    it(`refuses ${name}`, async () => {
      const files = paths.map((path) => ({ path, content: bytes('x') }));
      const options = { label, files, ...(modified === undefined ? {} : { modified }) };
      const error = await failure(() => writeIso(options));
      expect(error).to.be.instanceOf(RangeError);
    });
  }

  const name = fc
    .array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...'abcXYZ019-_. +~') },
        { weight: 1, arbitrary: fc.constantFrom('ü', '日', '😀', "'", '#') },
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((characters) => characters.join('').slice(0, 64))
    .filter((text) => text !== '.' && text !== '..' && text.isWellFormed());
  const tree = fc.dictionary(
    fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    fc.uint8Array({ maxLength: 5000 }),
    { maxKeys: 25 },
  );
  /** Drops files that would be directories at the same time. */
  const files = tree.map((entries) =>
    Object.entries(entries)
      .filter(([path]) => !Object.keys(entries).some((other) => other.startsWith(`${path}/`)))
      .map(([path, content]) => ({ path, content })),
  );

  it('brings back whatever files are put in (own reader)', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(files, (given) => {
        const iso = writeIso({ label: 'random', files: given });
        for (const names of ['rock-ridge', 'joliet'] as const) {
          const volume = readIso(iso, names);
          expect(sorted(volume.files)).to.deep.equal(sorted(asMap(given)));
        }
        expect(readIso(iso, 'plain').files.size).to.equal(given.length);
      }),
      { numRuns: 150 },
    );
  });

  it('lists a folder before a file whose name is the same but for a dot at its end', () => {
    const given = ['c.', 'c/a'].map((path) => ({ path, content: bytes('x') }));
    for (const files of [given, given.toReversed()])
      expect(readIso(writeIso({ label: 'dots', files }), 'joliet').files.size).to.equal(2);
  });

  it('brings back whatever files are put in (xorriso)', async function () {
    needs(this, 'xorriso');
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const image = join(folder, 'random.iso');
        const target = join(folder, 'out');
        await rm(target, { recursive: true, force: true });
        await writeFile(image, writeIso({ label: 'random', files: given }));
        run('xorriso', '-osirrox', 'on', '-indev', image, '-extract', '/', target);
        for (const { path, content } of given) {
          const found = await readFile(join(target, path));
          expect(found.equals(content), path).to.equal(true);
        }
        await run('chmod', '-R', 'u+w', target);
      }),
      { numRuns: 15 },
    );
  });

  describe('as other programs see it', () => {
    let image = '';
    beforeEach(async () => {
      image = join(folder, 'seed.iso');
      await writeFile(image, writeIso({ label: 'cidata', files: seed }));
    });

    for (const option of ['-R', '-J']) {
      it(`isoinfo ${option}`, function () {
        needs(this, 'isoinfo');
        const listing = run('isoinfo', option, '-f', '-i', image)
          .split('\n')
          .map((line) => line.replace(/;1$/, ''));
        const expected = [...directories, ...seed.map(({ path }) => path)];
        expect(listing.filter(Boolean).sort()).to.deep.equal(
          expected.map((path) => `/${path}`).sort(),
        );
        const about = run('isoinfo', '-d', '-i', image);
        expect(about).to.include('Volume id: cidata').and.include('Rock Ridge signatures');
        expect(about).to.include('Joliet with UCS level 3 found');
        const version = option === '-J' ? ';1' : '';
        const content = run('isoinfo', option, '-i', image, '-x', `/user-data${version}`);
        expect(content).to.equal('#cloud-config\n');
      });
    }

    it('xorriso', function () {
      needs(this, 'xorriso');
      const found = run('xorriso', '-indev', image, '-find').split('\n').filter(Boolean);
      const expected = [
        '.',
        ...[...directories, ...seed.map(({ path }) => path)].map((p) => `./${p}`),
      ];
      expect(found.sort()).to.deep.equal(expected.map((path) => `'${path}'`).sort());
      const check = spawnSync('xorriso', ['-indev', image, '-toc'], { encoding: 'utf8' });
      expect(check.stderr + check.stdout).to.not.match(/WARNING|SORRY|FAILURE/);
    });

    it('blkid, by which cloud-init finds the volume', function () {
      needs(this, 'blkid');
      expect(run('blkid', '-p', image)).to.match(/ LABEL="cidata".* TYPE="iso9660"/);
    });

    it('mount -o loop,ro', async function () {
      if (process.platform !== 'linux' || process.getuid?.() !== 0)
        skip(this, 'needs root on Linux');
      const point = join(folder, 'mnt');
      await mkdir(point);
      const mounted = spawnSync('mount', ['-o', 'loop,ro', image, point], { encoding: 'utf8' });
      if (mounted.status !== 0) skip(this, `mount: ${mounted.stderr.split('\n')[0] ?? ''}`);
      try {
        for (const { path, content } of seed) {
          expect((await readFile(join(point, path))).equals(content), path).to.equal(true);
        }
      } finally {
        run('umount', point);
      }
    });
  });
});
