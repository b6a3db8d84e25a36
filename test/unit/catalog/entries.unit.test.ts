import { basename } from 'node:path/posix';

import { expect } from 'chai';

import {
  type Catalog,
  type CatalogEntry,
  loadCatalog,
  resolveBuild,
} from '#dist/lib/catalog/index.js';
import { fill } from '#dist/lib/catalog/newest.js';
import { checkEntries } from '#dist/lib/catalog/validate.js';

import { failure } from '../engine/lab.ts';
import { Publisher } from './publisher.ts';

const sum = { sha256: '0123456789abcdef'.repeat(4), sha512: '0123456789abcdef'.repeat(8) };
const signal = new AbortController().signal;

/** A folder as Apache shows it; nginx and others have the names in links as well. */
const folder = (...names: string[]): string =>
  `<html><head><title>Index of /</title></head><body><pre>\n${names
    .map((name) => `<a href="${name}">${name}</a>  2026-07-20 10:00  580M`)
    .join('\n')}\n</pre></body></html>`;

/** Where builds are listed: an older one, the newest, and things that only look like one. */
const listings: Readonly<Record<string, { text: (entry: CatalogEntry) => string; build: string }>> =
  {
    fedora: {
      text: ({ version: v }) =>
        folder(
          '../',
          `Fedora-Cloud-${v}-1.10-x86_64-CHECKSUM`,
          `Fedora-Cloud-Base-Generic-${v}-1.9.x86_64.qcow2`,
          `Fedora-Cloud-Base-Generic-${v}-1.10.x86_64.qcow2`,
          `Fedora-Cloud-Base-UEFI-UKI-${v}-1.11.x86_64.qcow2`,
          `Fedora-Cloud-Base-AmazonEC2-${v}-1.12.x86_64.raw.xz`,
        ),
      build: '1.10',
    },
    'fedora-rawhide': {
      text: () =>
        folder(
          'Fedora-Cloud-Base-Generic-Rawhide-20260719.n.1.x86_64.qcow2',
          'Fedora-Cloud-Base-Generic-Rawhide-20260720.n.0.x86_64.qcow2',
        ),
      build: '20260720.n.0',
    },
    alpine: {
      text: ({ version: v }) =>
        folder(
          `nocloud_alpine-${v}.9-x86_64-bios-cloudinit-r0.qcow2`,
          `nocloud_alpine-${v}.10-x86_64-bios-cloudinit-r0.qcow2`,
          `nocloud_alpine-${v}.10-x86_64-bios-cloudinit-r0.qcow2.sha512`,
          `nocloud_alpine-${v}.11-x86_64-uefi-cloudinit-r0.qcow2`,
          `aws_alpine-${v}.12-x86_64-bios-cloudinit-r0.vhd`,
        ),
      build: '10',
    },
    'gentoo-cloudinit': {
      text: () =>
        '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n# Latest as of Mon, 20 Jul 2026 17:00:01 +0000\n20260720T170000Z/di-amd64-cloudinit-20260720T170000Z.qcow2 3147431936\n-----BEGIN PGP SIGNATURE-----\n',
      build: '20260720T170000Z',
    },
    'kali-rolling': {
      text: () =>
        folder(
          'SHA256SUMS',
          'kali-linux-2025.4-cloud-genericcloud-amd64.tar.xz',
          'kali-linux-2026.1-cloud-genericcloud-amd64.tar.xz',
          'kali-linux-2026.2-cloud-genericcloud-arm64.tar.xz',
        ),
      build: '2026.1',
    },
    'amazonlinux-2023': {
      text: () => `${sum.sha256}  al2023-kvm-2023.9.20251105.0-kernel-6.1-x86_64.xfs.gpt.qcow2\n`,
      build: '2023.9.20251105.0',
    },
    'routeros-chr': {
      text: () =>
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Latest stable</title><item><title>RouterOS 7.20.2 [stable]</title></item><item><title>RouterOS 7.9</title></item></channel></rss>',
      build: '7.20.2',
    },
    openwrt: {
      text: () =>
        folder('23.05.5/', '24.10.0/', '24.10.12/', '24.10.2/', '24.10-SNAPSHOT/', '25.12.0-rc1/'),
      build: '24.10.12',
    },
    'fedora-coreos': {
      text: ({ version: stream }) =>
        JSON.stringify({
          stream,
          architectures: {
            x86_64: {
              artifacts: {
                proxmoxve: {
                  release: '44.20260707.3.1',
                  formats: {
                    'qcow2.xz': {
                      disk: {
                        location: `https://builds.coreos.fedoraproject.org/prod/streams/${stream}/builds/44.20260707.3.1/x86_64/fedora-coreos-44.20260707.3.1-proxmoxve.x86_64.qcow2.xz`,
                        sha256: sum.sha256,
                      },
                    },
                  },
                },
              },
            },
          },
        }),
      build: 'fedora-coreos-44.20260707.3.1-proxmoxve.x86_64.qcow2.xz',
    },
  };

/** As publishers write them, with other files and, where they sign, the signature around it. */
function checksums(format: string, algorithm: 'sha256' | 'sha512', file: string): string {
  const value = sum[algorithm];
  const other = value.replaceAll('0', 'f');
  switch (format) {
    case 'coreutils':
      return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${other}  ${file}.manifest\n${other} *x-${file}\n${value} *${file}\n-----BEGIN PGP SIGNATURE-----\n\niQIzBAEB\n`;
    case 'bsd':
      return `# ${file}: 581238784 bytes\nSHA1 (${file}) = ${'a'.repeat(40)}\n${algorithm.toUpperCase()} (other-${file}) = ${other}\n${algorithm.toUpperCase()} (${file}) = ${value}\n`;
    case 'bare':
      return `${value}\n`;
    default:
      return `# MD5 HASH\n${'b'.repeat(32)}  ${file}\n# SHA1 HASH\n${'a'.repeat(40)}  ${file}\n# SHA512 HASH\n${value}  ${file}\n# SHA512 HASH\n${other}  ${file}.zip\n`;
  }
}

function listingOf(entry: CatalogEntry) {
  const found = listings[entry.id] ?? listings[entry.distribution];
  if (!found) throw new Error(`${entry.id} has a listing that no test knows`);
  const build = entry.distribution === 'alpine' ? `${entry.version}.${found.build}` : found.build;
  return { text: found.text(entry), build };
}

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

  for (const entry of catalog.entries) {
    it(`${entry.id}: finds build and checksum where its publisher has them`, async () => {
      const arch = 'x86_64';
      const spelled = entry.arch[arch]!;
      const listing = entry.newest && listingOf(entry);
      const { checksum: rule, newest } = entry;
      let image = fill(entry.image, { arch: spelled, ...(listing && { build: listing.build }) });
      if (listing && 'json' in newest!)
        image = (/https:[^"]+qcow2\.xz/.exec(listing.text) ?? [''])[0];
      const file = basename(new URL(image).pathname);
      if (rule && 'url' in rule && rule.format !== 'json') {
        const url = fill(rule.url, { arch: spelled, ...(listing && { build: listing.build }) });
        publisher.put(url, checksums(rule.format, rule.algorithm, file));
      }
      // After it: what lists the builds may be the list of checksums itself.
      if (newest) publisher.put(fill(newest.url, { arch: spelled }), listing!.text);

      const found = await resolveBuild(entry, { arch, mirrors: { '*': publisher.base }, signal });
      expect(found.url).to.equal(`${publisher.base}/${image.replace(/^https?:\/\//, '')}`);
      expect(found.filename).to.equal(file);
      expect(found.build).to.equal(listing?.build);
      if (!rule) expect(found.checksum).to.equal(undefined);
      else if ('value' in rule)
        expect(found.checksum).to.deep.equal({ algorithm: rule.algorithm, value: rule.value });
      else
        expect(found.checksum).to.deep.equal({
          algorithm: rule.algorithm,
          value: sum[rule.algorithm],
        });
    });
  }

  it('says when nothing is listed, or the checksum of another file only', async () => {
    const options = { arch: 'x86_64', mirrors: { '*': publisher.base }, signal } as const;
    const fedora = catalog.find('fedora-44');
    publisher.put(fedora.newest!.url.replace('{arch}', 'x86_64'), folder('../'));
    expect((await failure(() => resolveBuild(fedora, options))).code).to.equal(
      'PMX_BUILD_NOT_FOUND',
    );
    const debian = catalog.find('debian-13');
    const url = (debian.checksum as { url: string }).url;
    publisher.put(url, checksums('coreutils', 'sha512', 'debian-13-generic-amd64.qcow2'));
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
