import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { basename } from 'node:path/posix';

import { Ajv } from 'ajv';
import { expect } from 'chai';

import { type Arch, type Catalog, loadCatalog, resolveBuild } from '#dist/lib/catalog/index.js';
import { fill } from '#dist/lib/catalog/newest.js';
import { checkEntries } from '#dist/lib/catalog/validate.js';

import { failure } from '../engine/lab.ts';
import { Publisher } from './publisher.ts';
import { made, shapeOf, shapes } from './shapes/index.ts';

const signal = new AbortController().signal;

const catalog: Catalog = await loadCatalog();

describe('entries of the catalogue', () => {
  let publisher: Publisher;
  before(async () => void (publisher = await Publisher.start()));
  afterEach(() => publisher.clear());
  after(() => publisher.stop());

  it('are many, valid, and named once', () => {
    expect(catalog.entries.length).to.be.at.least(60);
    expect(
      new Set(catalog.entries.map((e) => `${e.distribution} ${e.version}`)).size,
    ).to.be.at.least(50);
    expect(checkEntries(structuredClone(catalog.entries))).to.deep.equal([]);
  });

  it('are what the schema for editors says, as the check of user files does', () => {
    const path = new URL('../../../schemas/catalog.schema.json', import.meta.url);
    const validate = new Ajv({ formats: { regex: true } }).compile(
      JSON.parse(readFileSync(path, 'utf8')) as object,
    );
    expect(validate(catalog.entries), JSON.stringify(validate.errors)).to.equal(true);
    const good = catalog.find('fedora-44');
    for (const wrong of [
      { format: 'vhd' },
      { minDisk: 0 },
      { arch: {} },
      { arch: { riscv64: 'riscv64' } },
      { image: 'ftp://x/{build}' },
      { newest: { url: 'https://x/' } },
      { checksum: { algorithm: 'md5', value: 'a'.repeat(32) } },
      { checksum: { url: 'https://x/', algorithm: 'sha256', format: 'other' } },
      { compression: 'lz4' },
      { colour: 'red' },
      { id: 'Fedora 44' },
      { os: 'l24' },
    ]) {
      const entry = { ...good, ...wrong };
      expect(validate([entry]), JSON.stringify(wrong)).to.equal(false);
      expect(checkEntries([entry]), JSON.stringify(wrong)).to.have.length.above(0);
    }
    for (const [wrong, word] of [
      [{ image: 'https://x/{build}-{file}' }, '{file}'],
      [{ image: 'https://x/fixed.qcow2' }, 'no {build}'],
      [{ signature: { url: 'https://x/{revision}', kind: 'openpgp' } }, '{revision}'],
      [
        { newest: { url: 'https://x/', pattern: '(?<file>x)' }, image: 'https://x/{file}' },
        'a group',
      ],
    ] as const)
      expect(checkEntries([{ ...good, ...wrong }]).join(), JSON.stringify(wrong)).to.contain(word);
    expect(checkEntries([good, good]).join()).to.contain('names two entries');
    expect(checkEntries([7])).to.deep.equal(['entry 1 must be a mapping']);
    expect(checkEntries({})).to.deep.equal(['it must be a list of entries']);
  });

  it('are joined by those of a file, which win', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pmx-catalog-'));
    const file = join(folder, 'own.yaml');
    try {
      const own = { ...catalog.find('debian-13'), minDisk: 77 };
      writeFileSync(file, JSON.stringify([own, { ...own, id: 'house', aliases: [] }]));
      const joined = await loadCatalog(file);
      expect(joined.find('debian').minDisk).to.equal(77);
      expect(joined.entries.length).to.equal(catalog.entries.length + 1);
      writeFileSync(file, JSON.stringify([{ ...own, os: 'dos' }]));
      expect((await failure(() => loadCatalog(file))).code).to.equal('PMX_CATALOG_INVALID');
      writeFileSync(file, 'a: [');
      expect((await failure(() => loadCatalog(file))).code).to.equal('PMX_CATALOG_UNREADABLE');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('each follow a shape of what their publisher has, and no shape is left over', () => {
    const without = catalog.entries.filter((entry) => shapeOf(entry) === undefined);
    expect(without.map(({ id }) => id)).to.deep.equal([]);
    const used = new Set(catalog.entries.map(shapeOf));
    for (const shape of shapes) {
      expect(used.has(shape), shape.of.join()).to.equal(true);
      expect(shape.form).to.have.length.above(15);
      expect(shape.known, shape.of.join()).to.match(/^(?:seen: |not seen|from memory: )/);
    }
  });

  for (const entry of catalog.entries) {
    for (const arch of Object.keys(entry.arch) as Arch[]) {
      it(`${entry.id} (${arch}): finds build and checksum where its publisher has them`, async () => {
        const shape = shapeOf(entry)!;
        const wanted = { entry, arch: entry.arch[arch]! };
        const { checksum: rule, newest } = entry;
        expect(shape.listing !== undefined).to.equal(newest !== undefined);
        const listing = shape.listing?.(wanted);
        const values = { ...wanted, ...(listing && { build: listing.build, file: listing.file }) };
        const filled = (url: string): string =>
          fill(url, { ...values, entry: '' } as Record<string, string>);
        const image = listing?.image ?? filled(entry.image);
        const file = listing?.file ?? basename(new URL(image).pathname);
        if (rule && 'url' in rule && rule.format !== 'json')
          publisher.put(filled(rule.url), shape.checksums!(file, wanted));
        // After it: what lists the builds may be the list of checksums itself.
        if (newest) publisher.put(filled(newest.url), listing!.text);

        const found = await resolveBuild(entry, { arch, mirrors: { '*': publisher.base }, signal });
        expect(found.url).to.equal(`${publisher.base}/${image.replace(/^https?:\/\//, '')}`);
        expect(found.filename).to.equal(file);
        expect(found.build).to.equal(listing?.build);
        if (rule && 'value' in rule) expect(shape.digest).to.equal('of the catalogue');
        else expect(shape.digest).to.equal(rule ? undefined : 'of nobody');
        expect(found.checksum).to.deep.equal(
          rule && {
            algorithm: rule.algorithm,
            value: 'value' in rule ? rule.value : made(rule.algorithm, file),
          },
        );
      });
    }
  }

  it('takes what a link points to for the image, where the text is of this image only', async () => {
    const options = { arch: 'x86_64', mirrors: { '*': publisher.base }, signal } as const;
    for (const [id, dated] of [
      ['opensuse-tumbleweed', 'openSUSE-Tumbleweed-1.0.0-Cloud-Snapshot20260720.qcow2'],
      ['centos-stream-9', 'CentOS-Stream-GenericCloud-9-20260720.0.x86_64.qcow2'],
    ] as const) {
      const entry = catalog.find(id);
      const url = fill((entry.checksum as { url: string }).url, { arch: 'x86_64' });
      const text = shapeOf(entry)!.checksums!(dated, { entry, arch: 'x86_64' });
      publisher.put(url, text);
      const { checksum } = await resolveBuild(entry, options);
      expect(checksum?.value).to.equal(made('sha256', dated));
      publisher.put(
        url,
        text + text.replaceAll('20260720', '20260719').replace(/[0-9a-f]{64}/, 'a'.repeat(64)),
      );
      const error = await failure(() => resolveBuild(entry, options));
      expect(error.code, 'two of them').to.equal('PMX_CHECKSUM_NOT_FOUND');
    }
  });

  it('says when nothing is listed, or the checksum of another file only', async () => {
    const options = { arch: 'x86_64', mirrors: { '*': publisher.base }, signal } as const;
    const fedora = catalog.find('fedora-44');
    publisher.put(
      fedora.newest!.url.replace('{arch}', 'x86_64'),
      '<html><body><a href="../">../</a></body></html>',
    );
    expect((await failure(() => resolveBuild(fedora, options))).code).to.equal(
      'PMX_BUILD_NOT_FOUND',
    );
    const debian = catalog.find('debian-13');
    const url = (debian.checksum as { url: string }).url;
    publisher.put(
      url,
      shapeOf(debian)!.checksums!('debian-13-generic-amd64.qcow2', {
        entry: debian,
        arch: 'amd64',
      }),
    );
    const error = await failure(() => resolveBuild(debian, options));
    expect(error).to.include({ code: 'PMX_CHECKSUM_NOT_FOUND', exitCode: 2 });
  });

  it('finds by alias, offers near names, refuses other architectures', async () => {
    expect(catalog.find('Ubuntu-LTS').id).to.equal('ubuntu-26.04');
    const error = await failure(() => catalog.find('debain-13'));
    expect(error.code).to.equal('PMX_DISTRIBUTION_NOT_FOUND');
    expect(error.hints[0]).to.contain("'debian-13'");
    const arch = catalog.find('arch');
    const wrong = await failure(() => resolveBuild(arch, { arch: 'aarch64', signal }));
    expect(wrong.code).to.equal('PMX_ARCH_UNAVAILABLE');
    expect(catalog.search(['bsd', 'eol']).map(({ id }) => id)).to.include('freebsd-13.5');
  });
});
