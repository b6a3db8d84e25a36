import type { ErrorEntry } from '../entry.js';

const again = 'Ask the publishers: pmx catalog verify NAME';

/** Images of distributions: the catalogue, and getting them. */
export const distributions: readonly ErrorEntry[] = [
  {
    code: 'PMX_DISTRIBUTION_NOT_FOUND',
    title: 'The catalogue does not know it',
    meaning: 'A distribution is named by its id in the catalogue, or by an alias.',
    causes: ['A typo, or a version that is not there.'],
    remedies: [
      'See all of them: pmx catalog list',
      'Give the image itself: pmx template create --url URL',
    ],
  },
  {
    code: 'PMX_ARCH_UNKNOWN',
    title: 'No such architecture',
    meaning: 'Images are for x86_64 or aarch64.',
    causes: ['Another spelling.'],
    remedies: ['amd64 and arm64 are understood as well.'],
  },
  {
    code: 'PMX_ARCH_UNAVAILABLE',
    title: 'Not for that architecture',
    meaning:
      'The publisher has no image for it, or the node is of another architecture. Nothing was changed.',
    causes: ['--arch says another one than the node has.'],
    remedies: ['Leave --arch out.', 'Search: pmx catalog search aarch64'],
  },
  {
    code: 'PMX_CATALOG_UNREADABLE',
    title: 'The catalogue file cannot be read',
    meaning: 'The setting catalog names a file that is not there or is no YAML.',
    causes: ['It was moved.', 'It has tabs, or a key twice.'],
    remedies: ['See the setting: pmx config get catalog', 'Do without: pmx config unset catalog'],
  },
  {
    code: 'PMX_CATALOG_INVALID',
    title: 'The catalogue file is not valid',
    meaning: 'An entry lacks a field, or has one that pmx does not know.',
    causes: ['It was written for another version of pmx.'],
    remedies: ['Copy from one that is good: pmx catalog show debian-13 -o yaml'],
  },
  {
    code: 'PMX_BUILD_NOT_FOUND',
    title: 'The publisher lists no build',
    meaning: 'The catalogue says where builds are listed; nothing there looks like one.',
    causes: ['The publisher has moved them.', 'A mirror does not have them.'],
    remedies: [again],
  },
  {
    code: 'PMX_CHECKSUM_NOT_FOUND',
    title: 'The publisher names no checksum of the image',
    meaning: 'The list of checksums does not have the file. Nothing was downloaded.',
    causes: ['A new build is just being published.'],
    remedies: ['Try again later.', again],
  },
  {
    code: 'PMX_CHECKSUM_NEEDED',
    title: 'Nothing says what checksum the image must have',
    meaning: 'pmx makes no template from an image that may be anybody’s, unless told to.',
    causes: ['The publisher gives none.', '--url came without --checksum.'],
    remedies: ['Give it: --checksum sha256:…', 'Take it as it comes: --no-checksum'],
  },
  {
    code: 'PMX_CHECKSUM_MISMATCH',
    title: 'The image is not what its publisher says',
    meaning: 'Its checksum differs. What had come was thrown away, here and on the server.',
    causes: ['A mirror that is being updated.', 'Somebody changed the image.'],
    remedies: ['Try again later, or another mirror.', 'If it stays so, do not use it.'],
  },
  {
    code: 'PMX_DOWNLOAD_UNREACHABLE',
    title: 'The publisher cannot be reached',
    meaning: 'No connection came about, or it broke before anything came.',
    causes: ['No network, a firewall, a proxy that is not set.'],
    remedies: [
      'Set HTTPS_PROXY.',
      'Set a mirror: pmx config set mirrors …',
      'Let the node fetch it: --fetch node',
    ],
  },
  {
    code: 'PMX_DOWNLOAD_REFUSED',
    title: 'The publisher does not give the file',
    meaning: 'The web server answered with an error, or with a redirect that is not followed.',
    causes: ['The file has moved.', 'The mirror is out of order.'],
    remedies: [again],
  },
  {
    code: 'PMX_REDIRECT_LOOP',
    title: 'Redirects without end',
    meaning: 'The web server sends from one address to the next, more than ten times.',
    causes: ['A login page, a broken mirror.'],
    remedies: ['Open it in a browser.', 'Use another mirror.'],
  },
  {
    code: 'PMX_DOWNLOAD_TRUNCATED',
    title: 'The download broke off',
    meaning: 'It broke several times, or could not go on where it was. Nothing was kept.',
    causes: ['A bad line.', 'The file was replaced meanwhile.', 'The server knows no ranges.'],
    remedies: ['Run the command again.', 'Use another mirror.'],
  },
  {
    code: 'PMX_DOWNLOAD_NOT_IMAGE',
    title: 'It is no image',
    meaning: 'A page of a web server, or another format, came where an image should be.',
    causes: ['A login or consent page.', 'A URL of a page that only links to the image.'],
    remedies: ['Open it in a browser and take the link behind it.'],
  },
  {
    code: 'PMX_DOWNLOAD_CORRUPT',
    title: 'It cannot be unpacked',
    meaning: 'What was downloaded is not packed as its name says, or is damaged.',
    causes: ['A damaged mirror.', 'A wrong ending of the name.'],
    remedies: ['Try another mirror.'],
  },
  {
    code: 'PMX_DOWNLOAD_LENGTH_UNKNOWN',
    title: 'The server does not say how long the file is',
    meaning: 'Proxmox VE must be told the length of an upload before it begins.',
    causes: ['The web server makes the file while it sends it.'],
    remedies: ['Download it, then: pmx template create --image FILE'],
  },
  {
    code: 'PMX_COMPRESSION_UNSUPPORTED',
    title: 'Packed in a way that cannot be unpacked here',
    meaning:
      'pmx unpacks xz, gz, zst, bz2, zip, tar.xz and tar.gz; a node unpacks nothing for an import.',
    causes: ['Another packing.', '--fetch node with a packed image.'],
    remedies: ['Leave --fetch out.', 'Unpack it yourself: pmx template create --image FILE'],
  },
  {
    code: 'PMX_UNPACKER_MISSING',
    title: 'A program is missing',
    meaning: 'For .xz images pmx needs its library for this platform, or the program xz.',
    causes: ['A platform without a ready-made library.'],
    remedies: ['Debian and Ubuntu: apt install xz-utils'],
  },
  {
    code: 'PMX_IMAGE_SOURCE',
    title: 'Which image?',
    meaning: 'A template is made from a distribution, a URL or a file: exactly one of them.',
    causes: ['None was given, or two.'],
    remedies: ['pmx template create debian-13', 'pmx template create --image FILE'],
  },
];
