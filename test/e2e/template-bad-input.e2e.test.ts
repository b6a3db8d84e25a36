import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { debian, debianFile, PublishedLab } from './published-lab.ts';
import { bin, type Lab, type Outcome } from './support.ts';

interface Refusal {
  what: string;
  args: (lab: Lab) => string[];
  prepare?: (published: PublishedLab) => void;
  code: string;
  exit: number;
  /** What the one message must name. */
  says: string[];
}

const url = (path: string): string[] => [
  ...['template', 'create', '--url', `https://own.test${path}`, '--fetch', 'local'],
  ...['--checksum', `sha256:${'0a'.repeat(32)}`],
];

const refusals: readonly Refusal[] = [
  {
    what: 'an unknown distribution',
    args: () => ['template', 'create', 'debain-13'],
    code: 'PMX_DISTRIBUTION_NOT_FOUND',
    exit: 1,
    says: ["'debain-13'", "Did you mean 'debian-13'"],
  },
  {
    what: 'an architecture that the node does not have',
    args: () => ['template', 'create', 'debian-13', '--arch', 'aarch64'],
    code: 'PMX_ARCH_UNAVAILABLE',
    exit: 1,
    says: ['pve1', 'x86_64', 'aarch64'],
  },
  {
    what: 'another image than its publisher says',
    prepare: (published) => {
      published.publish();
      published.publisher.put(`${debian}/${debianFile}`, published.other('changed'));
    },
    args: () => ['template', 'create', 'debian-13', '--fetch', 'local'],
    code: 'PMX_CHECKSUM_MISMATCH',
    exit: 2,
    says: [debianFile, 'sha512'],
  },
  {
    what: 'a download that always breaks off at the same place',
    prepare: ({ publisher, image }) =>
      publisher.put('https://own.test/cut.qcow2', (request, response) => {
        if (request.headers.range?.startsWith('bytes=0-')) {
          response.writeHead(206, {
            'content-range': `bytes 0-1023/${image.length}`,
            'content-length': 1024,
          });
          return void response.end(image.subarray(0, 1024));
        }
        response.writeHead(200, { 'content-length': image.length });
        response.write(image.subarray(0, 1024), () => response.destroy());
      }),
    args: () => url('/cut.qcow2'),
    code: 'PMX_DOWNLOAD_TRUNCATED',
    exit: 2,
    says: ['/cut.qcow2', 'bytes'],
  },
  {
    what: 'a page instead of an image',
    prepare: ({ publisher }) =>
      publisher.put('https://own.test/page.qcow2', '<html>Please log in</html>'),
    args: () => url('/page.qcow2'),
    code: 'PMX_DOWNLOAD_NOT_IMAGE',
    exit: 2,
    says: ['/page.qcow2', 'a text'],
  },
  {
    what: 'redirects in a circle',
    prepare: ({ publisher }) =>
      publisher.put(
        'https://own.test/round.qcow2',
        (_, response) => void response.writeHead(302, { location: '/own.test/round.qcow2' }).end(),
      ),
    args: () => url('/round.qcow2'),
    code: 'PMX_REDIRECT_LOOP',
    exit: 2,
    says: ['/round.qcow2'],
  },
  {
    what: 'packing that nobody unpacks',
    args: () => url('/x.qcow2.lz4'),
    code: 'PMX_COMPRESSION_UNSUPPORTED',
    exit: 1,
    says: ['lz4', 'xz'],
  },
  {
    what: 'a disk smaller than the image',
    args: () => ['vm', 'create', 'web-01', '--template', 'base', '--disk', '32M'],
    code: 'PMX_DISK_SHRINK',
    exit: 1,
    says: ['32M', '64M'],
  },
  {
    what: 'a storage without content "import"',
    args: () => ['template', 'create', '--image', 'own.qcow2', '--import-storage', 'isoonly'],
    code: 'PMX_STORAGE_LACKS_CONTENT',
    exit: 1,
    says: ['isoonly', 'import'],
  },
  ...(
    [
      ['keys given twice', 'twice.yaml', 'used twice', 'line 3'],
      ['tabs', 'tabs.yaml', 'a tab', 'line 3'],
    ] as const
  ).map(([what, file, ...says]) => ({
    what: `user-data with ${what}`,
    args: (lab: Lab) => [
      ...['vm', 'create', 'web-01', '--template', 'base', '--user-data', lab.file(file)],
    ],
    code: 'PMX_CLOUDINIT_YAML',
    exit: 1,
    says: [file, ...says],
  })),
];

describe('what is wrong with images and files for cloud-init', function () {
  this.timeout(60_000);
  let published: PublishedLab;
  let lab: Lab;

  before(async () => {
    published = await PublishedLab.start();
    ({ lab } = published);
    published.publish();
    writeFileSync(lab.file('twice.yaml'), '#cloud-config\nhostname: a\nhostname: b\n');
    writeFileSync(lab.file('tabs.yaml'), '#cloud-config\na:\n\tb: 1\n');
    await lab.template('base');
    before_ = await lab.holdings();
  });
  after(() => published.stop());

  let before_: Awaited<ReturnType<Lab['holdings']>>;

  const left = (): string[] =>
    readdirSync(lab.path, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:part|lock|tmp)$/.test(name),
    );

  for (const { what, args, prepare, code, exit, says } of refusals) {
    it(`${what}: one message, ${exit}, and nothing is left`, async () => {
      prepare?.(published);
      const [words, writes] = [args(lab), lab.writes()];
      const outcome = await lab.pmx([...words, '--json'], { env: published.env });
      const { error } = JSON.parse(outcome.stdout) as {
        error: { code: string; message: string; hints: string[] };
      };
      expect([error.code, outcome.code], outcome.stdout).to.deep.equal([code, exit]);
      for (const word of says)
        expect(`${error.message}\n${error.hints.join('\n')}`).to.include(word);
      if (lab.writes() !== writes) expect(await lab.holdings()).to.deep.equal(before_);
      expect(left()).to.deep.equal([]);
    });
  }

  it('a disk of this machine that is full: it is said, and all is taken back', async function () {
    const within = (line: string, size: string): string =>
      `unshare -rm sh -c 'mount -t tmpfs -o size=${size} none state && ${line}'`;
    if (spawnSync('bash', ['-c', within('true', '4k')], { cwd: lab.path }).status !== 0)
      this.skip();
    const create = (size: string): Promise<Outcome> =>
      lab.shell(
        within(
          `exec ${process.execPath} ${bin} template create --image own.qcow2 --name full --json`,
          size,
        ),
      );
    const outcome = await create('4k');
    const { error } = JSON.parse(outcome.stdout) as {
      error: { code: string; message: string; data: { left: string[] } };
    };
    expect([error.code, outcome.code], outcome.stdout).to.deep.equal(['PMX_DISK_FULL', 2]);
    expect(error.message).to.include('no room left on the disk').and.include('state/operations');
    expect(error.data.left).to.deep.equal([]);
    expect(await lab.holdings()).to.deep.equal(before_);
  });

  it('a report that cannot be written: what was built is there, and that is said', async () => {
    await createEmptyQcow2(lab.file('small.qcow2'), 2 ** 20);
    const path = published.save('one.yaml', 'templates: [{ name: one, image: small.qcow2 }]');
    const outcome = await published.build(path, '--report', '/dev/full');
    const { error } = JSON.parse(outcome.stdout) as { error: { code: string } };
    expect([error.code, outcome.code], outcome.stdout).to.deep.equal(['PMX_DISK_FULL', 2]);
    const names = (await lab.json<Array<{ name: string }>>('template', 'list')).map(
      ({ name }) => name,
    );
    expect(names).to.include('one');
  });
});
