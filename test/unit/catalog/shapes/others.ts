import { apache, binary, bsd, clearsigned, copy, made, type Shape, two } from './shape.ts';

const gentooDay = '20260720T170000Z';

/** The less usual ones, and those that publish no checksum. */
export const others: readonly Shape[] = [
  {
    of: ['gentoo-cloudinit'],
    form: 'the newest build in a signed text with its size; a .sha256 of one image, signed around',
    known: 'seen: both in public tests of tools that read them',
    listing: () => ({
      text: clearsigned(
        `# Latest as of Mon, 20 Jul 2026 17:00:01 +0000\n# ts=1784566801\n${gentooDay}/di-amd64-cloudinit-${gentooDay}.qcow2 1501626368\n`,
      ),
      build: gentooDay,
      file: `di-amd64-cloudinit-${gentooDay}.qcow2`,
    }),
    checksums: (file) => clearsigned(two('sha256', file)),
  },
  {
    of: ['kali'],
    form: 'SHA256SUMS of a folder; builds by year and number',
    known: 'seen: a copy of it in public tests of a tool; the link to it in a public list',
    listing: () => ({
      text: apache(
        'SHA256SUMS',
        'SHA256SUMS.gpg',
        'kali-linux-2025.4-cloud-genericcloud-amd64.tar.xz',
        'kali-linux-2026.1-cloud-genericcloud-amd64.tar.xz',
        'kali-linux-2026.2-cloud-genericcloud-arm64.tar.xz',
      ),
      build: '2026.1',
      file: 'kali-linux-2026.1-cloud-genericcloud-amd64.tar.xz',
    }),
    checksums: (file) => two('sha256', file, file.replace('amd64', 'arm64')),
  },
  {
    of: ['amazonlinux-2023'],
    form: 'SHA256SUMS of a folder, which has the newest build only and names it',
    known: 'seen: public configurations that take the version from it',
    listing: () => ({
      text: two('sha256', 'al2023-kvm-2023.9.20251105.0-kernel-6.1-x86_64.xfs.gpt.qcow2'),
      build: '2023.9.20251105.0',
      file: 'al2023-kvm-2023.9.20251105.0-kernel-6.1-x86_64.xfs.gpt.qcow2',
    }),
    checksums: (file) => two('sha256', file),
  },
  {
    of: ['amazonlinux'],
    form: 'SHA256SUMS of a folder',
    known: 'seen: boxcutter/kvm has Packer read it so',
    checksums: (file) => two('sha256', file),
  },
  {
    of: ['freebsd'],
    form: 'CHECKSUM.SHA256 of a folder, no comments, one line for each form and file system',
    known: 'seen: a line of that of 14.4 in public tests of a tool',
    checksums: (file) => {
      const other = file.includes('-ufs') ? '-zfs' : '-ufs';
      return bsd(
        file.replace(/-BASIC-CLOUDINIT-[uz]fs/, ''),
        file.replace(/-[uz]fs/, other),
        file,
        file.replace(/qcow2|raw/, 'vmdk'),
      );
    },
  },
  {
    of: ['opnsense'],
    form: 'one file of a version, for the four images as they are packed',
    known: 'seen: that of 26.7 in public notes',
    checksums: (file) =>
      bsd(
        file.replace('nano-amd64.img', 'dvd-amd64.iso'),
        file,
        file.replace('nano', 'serial'),
        file.replace('nano', 'vga'),
      ),
  },
  {
    of: ['openeuler'],
    form: '.sha256sum of one image, as sha256sum writes it',
    known: 'seen: instructions of openEuler call `sha256sum -c` with it',
    checksums: (file) => two('sha256', file),
  },
  {
    of: ['openwrt'],
    form: 'sha256sums of a folder in binary mode; a folder for each release, and for candidates',
    known: 'seen: trimmed copies of both in public tests of tools',
    listing: () => ({
      text: `<table>\n${[
        '..',
        '23.05.6/',
        '24.10.0/',
        '24.10.12/',
        '24.10.2/',
        '24.10-SNAPSHOT/',
        '25.12.0-rc1/',
        'faillogs/',
        'packages-25.12/',
      ]
        .map(
          (name) =>
            `<tr><td class="n"><a href="${name}">${name.replace('/', '')}</a>/</td><td class="s">-</td></tr>`,
        )
        .join('\n')}\n</table>`,
      build: '24.10.12',
      file: 'openwrt-24.10.12-x86-64-generic-ext4-combined.img.gz',
    }),
    checksums: (file) =>
      binary('sha256', file.replace('combined', 'combined-efi'), file, 'profiles.json'),
  },
  {
    of: ['altlinux'],
    form: 'SHA256SUM of a folder; its signature is a file of its own',
    known: 'seen: public configurations of Packer read it so',
    checksums: (file) => two('sha256', file.replace('-cloud', '-server-cloud'), file),
  },
  {
    of: ['flatcar'],
    form: '.DIGESTS of one image: MD5, SHA1 and SHA512, a heading before each',
    known: 'seen: flatcar/scripts (ci-automation) makes it so',
    checksums: (file) =>
      (['md5', 'sha1', 'sha512'] as const)
        .map(
          (algorithm) => `# ${algorithm.toUpperCase()} HASH\n${made(algorithm, file)}  ${file}\n`,
        )
        .join(''),
  },
  {
    of: ['fedora-coreos'],
    form: 'one JSON document of a stream, with a part for each platform',
    known: 'seen: coreos/fedora-coreos-streams has the documents themselves',
    listing: ({ entry: { version: stream } }) => {
      const release = '44.20260707.3.1';
      const of = (platform: string, end: string): object => {
        const file = `fedora-coreos-${release}-${platform}.x86_64.${end}`;
        const location = `https://builds.coreos.fedoraproject.org/prod/streams/${stream}/builds/${release}/x86_64/${file}`;
        return {
          release,
          formats: {
            [end]: {
              disk: {
                location,
                signature: `${location}.sig`,
                sha256: made('sha256', file),
                'uncompressed-sha256': made('sha256', file.replace('.xz', '')),
              },
            },
          },
        };
      };
      const file = `fedora-coreos-${release}-proxmoxve.x86_64.qcow2.xz`;
      return {
        text: JSON.stringify({
          stream,
          metadata: { 'last-modified': '2026-07-20T10:00:00Z' },
          architectures: {
            aarch64: { artifacts: { qemu: of('qemu', 'qcow2.xz') } },
            x86_64: {
              artifacts: {
                metal: of('metal', 'raw.xz'),
                proxmoxve: of('proxmoxve', 'qcow2.xz'),
                qemu: of('qemu', 'qcow2.xz'),
              },
              images: { aws: { regions: {} } },
            },
          },
        }),
        build: file,
        file,
        image: `https://builds.coreos.fedoraproject.org/prod/streams/${stream}/builds/${release}/x86_64/${file}`,
      };
    },
  },
  {
    of: ['mikrotik-routeros'],
    form: 'a feed of releases, the newest first; no checksum',
    known: copy('tools that read it'),
    listing: () => ({
      text: '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>RouterOS releases</title><item><title>RouterOS 7.20.2 [stable]</title><link>https://mikrotik.com/download?v=7.20.2</link></item><item><title>RouterOS 7.9 [stable]</title></item></channel></rss>',
      build: '7.20.2',
      file: 'chr-7.20.2.img.zip',
    }),
    digest: 'of nobody',
  },
  {
    of: ['cirros', 'gardenlinux', 'home-assistant-os', 'oraclelinux'],
    form: 'one build, whose digest the catalogue has',
    known: 'seen: the digests in lima-vm/lima, osism/openstack-image-manager and others',
    digest: 'of the catalogue',
  },
  {
    of: [
      ...['dragonflybsd', 'gentoo-openstack', 'guix', 'netbsd', 'openbsd', 'photon', 'talos'],
      'umbrel',
    ],
    form: 'one address, and no checksum that could be asked for',
    known: 'not seen anywhere: --checksum or --no-checksum is needed',
    digest: 'of nobody',
  },
];
