import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';

import { expect } from 'chai';

import { createEmptyQcow2 } from '#dist/lib/images/index.js';

import { digest, Publisher } from '../unit/catalog/publisher.ts';
import { Lab, type Outcome, writeRawDisk } from './support.ts';

const debian = 'https://cloud.debian.org/images/cloud/trixie/latest';
const file = 'debian-13-genericcloud-amd64.qcow2';
const freebsd = 'https://download.freebsd.org/releases/VM-IMAGES/15.1-RELEASE/amd64/Latest';

describe('templates of distributions', function () {
  this.timeout(60_000);
  let lab: Lab;
  let publisher: Publisher;
  let image: Buffer;
  let env: Record<string, string>;
  let before_: { guests: string[]; volumes: string[] };

  before(async () => {
    [lab, publisher] = await Promise.all([Lab.start(), Publisher.start()]);
    await createEmptyQcow2(lab.file('disk.qcow2'), 64 * 2 ** 20);
    image = readFileSync(lab.file('disk.qcow2'));
    // Without the cache: what a publisher gives is to be seen each time.
    env = { PMX_MIRRORS: JSON.stringify({ '*': publisher.base }), PMX_IMAGE_CACHE: '0' };
    before_ = await lab.holdings();
  });
  after(async () => {
    await publisher.stop();
    await lab.stop();
  });

  const create = (...args: string[]): Promise<Outcome> =>
    lab.pmx(['template', 'create', ...args, '--json'], { env });
  const publishDebian = (content = image): void => {
    publisher.put(`${debian}/${file}`, content);
    publisher.put(`${debian}/SHA512SUMS`, `${digest('sha512', image)}  ${file}\n`);
  };
  const errorOf = ({ stdout }: Outcome) =>
    (JSON.parse(stdout) as { error: { code: string; exitCode: number } }).error;

  it('lets the node download what it can take as it is', async () => {
    publishDebian();
    const { code, stdout, stderr } = await create('debian-13');
    expect(code, stdout + stderr).to.equal(0);
    const made = JSON.parse(stdout) as { name: string; vmid: number; image: { checksum: string } };
    expect(made.name).to.equal('debian-13');
    expect(made.image.checksum).to.equal(`sha512:${digest('sha512', image)}`);
    const writes = lab.requests().filter(({ method }) => method === 'POST');
    expect(writes.some(({ path }) => path.endsWith('/download-url'))).to.equal(true);
    expect(writes.some(({ path }) => path.endsWith('/upload'))).to.equal(false);
    expect(
      (await lab.holdings()).volumes.filter((volid) => volid.includes('import/')),
    ).to.deep.equal([]);
    await lab.json('template', 'delete', 'debian-13', '--yes');
  });

  it('fetches it itself when asked to, with the same result', async () => {
    publishDebian();
    const { code, stdout, stderr } = await create('debian', '--fetch', 'local', '--name', 'own');
    expect(code, stdout + stderr).to.equal(0);
    const posts = lab
      .requests()
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/upload'));
    expect(posts).to.have.length(1);
    await lab.json('template', 'delete', 'own', '--yes');
  });

  it('unpacks what the node cannot', async () => {
    const packed = execFileSync('xz', ['-c', lab.file('disk.qcow2')]);
    const name = 'FreeBSD-15.1-RELEASE-amd64-BASIC-CLOUDINIT-ufs.qcow2.xz';
    publisher.put(`${freebsd}/${name}`, packed);
    publisher.put(`${freebsd}/CHECKSUM.SHA256`, `SHA256 (${name}) = ${digest('sha256', packed)}\n`);
    const { code, stdout, stderr } = await create('freebsd');
    expect(code, stdout + stderr).to.equal(0);
    const { vmid } = JSON.parse(stdout) as { vmid: number };
    const config = await lab.json<{ ostype: string }>(
      'api',
      'get',
      `/nodes/pve1/qemu/${vmid}/config`,
    );
    expect(config.ostype).to.equal('other');
    await lab.json('template', 'delete', String(vmid), '--yes');
  });

  it('takes any URL that comes with a checksum', async () => {
    writeRawDisk(lab.file('small.raw'), 2 ** 20, true);
    const packed = zstdCompressSync(readFileSync(lab.file('small.raw')));
    publisher.put('/own/small.raw.zst', packed);
    const url = `${publisher.base}/own/small.raw.zst`;
    const without = await lab.pmx(['template', 'create', '--url', url, '--json']);
    expect(errorOf(without)).to.include({ code: 'PMX_CHECKSUM_NEEDED', exitCode: 1 });
    const made = await lab.pmx([
      'template',
      'create',
      '--url',
      url,
      '--checksum',
      `sha256:${digest('sha256', packed)}`,
      '--json',
    ]);
    expect(made.code, made.stdout + made.stderr).to.equal(0);
    expect(JSON.parse(made.stdout)).to.have.property('name', 'small');
    await lab.json('template', 'delete', 'small', '--yes');
  });

  it('leaves nothing behind, whatever is wrong', async () => {
    const changed = Buffer.from(image);
    changed[image.length - 1]! ^= 1;
    const cases: Array<[string, () => void, string[], string, number]> = [
      [
        'mismatch on the way',
        () => publishDebian(changed),
        ['debian-13', '--fetch', 'local'],
        'PMX_CHECKSUM_MISMATCH',
        2,
      ],
      [
        'a page',
        () => publishDebian(Buffer.from('<html>Please log in</html>')),
        ['debian-13'],
        'PMX_DOWNLOAD_NOT_IMAGE',
        2,
      ],
      ['gone', () => publisher.clear(), ['debian-13'], 'PMX_DOWNLOAD_REFUSED', 2],
      ['unknown', () => undefined, ['debain-13'], 'PMX_DISTRIBUTION_NOT_FOUND', 1],
      [
        'wrong architecture',
        () => publishDebian(),
        ['debian-13', '--arch', 'aarch64'],
        'PMX_ARCH_UNAVAILABLE',
        1,
      ],
      ['nothing named', () => undefined, [], 'PMX_IMAGE_SOURCE', 1],
      [
        'other packing',
        () => undefined,
        ['--url', `${publisher.base}/x.qcow2.7z`],
        'PMX_COMPRESSION_UNSUPPORTED',
        1,
      ],
    ];
    for (const [what, prepare, args, code, exit] of cases) {
      prepare();
      const outcome = await create(...args);
      expect(outcome.code, `${what}: ${outcome.stdout}${outcome.stderr}`).to.equal(exit);
      expect(errorOf(outcome).code, what).to.equal(code);
    }
    publishDebian(changed);
    const byNode = await create('debian-13', '--fetch', 'node');
    expect(byNode.code, byNode.stdout).to.equal(3);
    expect(byNode.stdout).to.contain('checksum mismatch');
    expect(await lab.holdings()).to.deep.equal(before_);
  });

  it('plans without a write, and lists, searches and verifies', async () => {
    publishDebian();
    const writes = lab.writes();
    const dry = await lab.pmx(['template', 'create', 'debian-13', '--dry-run'], { env });
    expect(dry.code, dry.stderr).to.equal(0);
    expect(dry.stdout + dry.stderr).to.contain('download-url');
    expect(lab.writes()).to.equal(writes);
    const found = await lab.json<Array<{ id: string }>>('catalog', 'search', 'freebsd', '15.1');
    expect(found.map(({ id }) => id)).to.deep.equal(['freebsd-15.1']);
    const good = await lab.pmx(['catalog', 'verify', 'debian-13', '--json'], { env });
    expect(good.code, good.stdout).to.equal(0);
    expect(JSON.parse(good.stdout)[0]).to.deep.include({
      id: 'debian-13',
      result: 'ok',
      bytes: image.length,
    });
    const report = lab.file('verify.xml');
    const two = await lab.pmx(['catalog', 'verify', 'debian-13', 'cirros', '--junit', report], {
      env,
    });
    expect(two.code).to.equal(2);
    expect(readFileSync(report, 'utf8'))
      .to.include('tests="2" failures="1"')
      .and.match(/name="cirros"><failure message="failed: /);
    const offline = await lab.pmx(['catalog', 'verify', 'debian-13', '--json'], {
      env: { PMX_MIRRORS: '{"*": "http://127.0.0.1:9"}' },
    });
    expect(offline.code).to.equal(2);
    expect(JSON.parse(offline.stdout)[0]).to.include({ result: 'offline' });
  });
});
