import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { refusalOf } from '../dist/server/storage/fetch/hosts.js';
import { Bench, GIB, qcow2 } from './helper.ts';
import type { Reply } from './helper.ts';

const MIB = 1024 * 1024;
const SMALL = randomBytes(1_500_000);
const SUM = createHash('sha256').update(SMALL).digest('hex');

/** A qcow2 header with one field changed. */
async function forged(change: (header: Buffer) => void): Promise<Buffer> {
  const image = Buffer.from(await qcow2(GIB));
  change(image);
  return image;
}

describe('downloads', function () {
  this.timeout(20_000);
  let bench: Bench;
  let web: Server;
  let asked: string[] = [];
  const files = new Map<string, Buffer>();
  const url = (path: string): string =>
    `http://127.0.0.1:${(web.address() as AddressInfo).port}${path}`;

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path}`);
    if (path === '/away') response.writeHead(302, { Location: 'http://192.0.2.7/x.iso' }).end();
    else if (path === '/moved') response.writeHead(302, { Location: '/small.iso' }).end();
    else if (path === '/cut')
      response.writeHead(200, { 'Content-Length': 1000 }).write('x', () => response.destroy());
    else if (path === '/slow') response.writeHead(200, { 'Content-Length': MIB }).write('x');
    else if (path === '/endless') {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(MIB)));
      };
      response.on('drain', more);
      more();
    } else if (files.has(path))
      response
        .writeHead(200, {
          'Content-Type': 'application/x-iso9660-image; charset=x',
          'Content-Length': files.get(path)!.length,
          ...(path === '/named' && { 'Content-Disposition': 'attachment; filename="real.iso"' }),
        })
        .end(request.method === 'HEAD' ? undefined : files.get(path));
    else response.writeHead(404, 'Not Found').end();
  }

  before(async () => {
    bench = await Bench.start({ capacityBytes: 8 * MIB });
    web = createServer(serve).listen(0, '127.0.0.1');
    await once(web, 'listening');
    for (const path of ['/small.iso', '/named']) files.set(path, SMALL);
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    web.closeAllConnections();
    web.close();
    await bench.stop();
  });

  const download = (path: string, filename: string, more: object = {}): Promise<Reply> =>
    bench.post('/nodes/pve1/storage/local/download-url', {
      url: path.startsWith('http') ? path : url(path),
      content: 'iso',
      filename,
      ...more,
    });
  const query = (text: string): Promise<Reply> =>
    bench.get(`/nodes/pve1/query-url-metadata?url=${encodeURIComponent(text)}`);
  const isos = (): Promise<string[]> =>
    readdir(join(bench.dir, 'storages/pve1/local/template/iso'));
  const imports = (): Promise<string[]> => readdir(join(bench.dir, 'storages/pve1/local/import'));

  it('tells what a server says about a file', async () => {
    expect((await query(url('/small.iso?x=1'))).status).to.equal(500);
    expect((await query(url('/small.iso'))).data).to.deep.equal({
      filename: 'small.iso',
      size: SMALL.length,
      mimetype: 'application/x-iso9660-image',
    });
    expect((await query(url('/named'))).data.filename).to.equal('real.iso');
    expect((await query(url('/moved'))).data.size).to.equal(SMALL.length);
    expect(asked.every((line) => line.startsWith('HEAD '))).to.equal(true);
    expect((await query('ftp://x/y')).body.errors).to.have.property('url');
  });

  it('fetches a file byte for byte and keeps one that is there', async () => {
    const first = await download('/moved', 'a.iso', {
      checksum: SUM.toUpperCase(),
      'checksum-algorithm': 'sha256',
    });
    expect(await bench.end(first.data)).to.equal('OK');
    expect(first.data).to.match(/:download:a\.iso:root@pam!pmx:$/);
    const path = join(bench.dir, 'storages/pve1/local/template/iso/a.iso');
    expect((await readFile(path)).equals(SMALL)).to.equal(true);
    expect((await bench.log(first.data)).join('\n')).to.match(
      /302 Found\nLocation: \/small\.iso \[following\]\n--.*200 OK\nLength: 1500000 \(1\.4M\)/s,
    );
    expect(await bench.run(download('/small.iso', 'a.iso'))).to.equal(
      "refusing to override existing file '/var/lib/vz/template/iso/a.iso'",
    );
    const sums = { checksum: SUM, 'checksum-algorithm': 'sha256' };
    expect(await bench.run(download('/small.iso', 'a.iso', sums))).to.equal('OK');
    const other = { checksum: '0'.repeat(64), 'checksum-algorithm': 'sha256' };
    expect(await bench.run(download('/small.iso', 'a.iso', other))).to.match(
      /^checksum mismatch: got '\w+' != expect '0+', aborting$/,
    );
    expect(asked).to.deep.equal(['GET /moved', 'GET /small.iso']);
    expect(await isos()).to.deep.equal(['a.iso']);
  });

  it('goes nowhere but to this machine and to hosts that are allowed', async () => {
    for (const target of [
      'http://192.0.2.7/x.iso',
      url('/away'),
      'http://169.254.169.254/latest',
    ]) {
      const reply = await download(target, 'away.iso');
      expect(await bench.end(reply.data)).to.equal('download failed: exit code 4');
      const log = (await bench.log(reply.data)).join('\n');
      expect(log).to.match(
        /failed: Network is unreachable\.\n\(a sandbox fetches from this machine/,
      );
    }
    expect((await query('http://192.0.2.7/x.iso')).reason).to.match(
      /^invalid server response: '500 Can't connect to 192\.0\.2\.7:80 \(Network is unreachable; a sandbox /,
    );
    const refused = (text: string): boolean =>
      refusalOf(new URL(text), ['mirror.example.org']) !== undefined;
    for (const text of [
      'http://mirror.example.org/',
      'https://MIRROR.example.org:8443/x',
      'http://[::1]/',
    ])
      expect(refused(text), text).to.equal(false);
    for (const text of [
      'http://x.mirror.example.org/',
      'http://127.0.0.1.example.org/',
      'http://[::2]/',
    ])
      expect(refused(text), text).to.equal(true);
    expect(await isos()).to.deep.equal(['a.iso']);
  });

  it('leaves nothing of a download that fails or is stopped', async () => {
    expect(await bench.run(download('/endless', 'b.iso'))).to.equal('download failed: exit code 3');
    expect(await bench.run(download('/cut', 'b.iso'))).to.equal('download failed: exit code 4');
    expect(await bench.run(download('/none', 'b.iso'))).to.equal('download failed: exit code 8');
    expect(await bench.run(download('http://127.0.0.1:1/b.iso', 'b.iso'))).to.equal(
      'download failed: exit code 4',
    );
    expect(await bench.run(download('http://[/', 'b.iso'))).to.equal(
      'download failed: exit code 1',
    );
    const slow = await download('/slow', 'b.iso');
    while (!asked.includes('GET /slow')) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.del(bench.taskPath(slow.data));
    expect(await bench.end(slow.data)).to.equal('download failed: interrupted by signal');
    expect(await isos()).to.deep.equal(['a.iso']);
  });

  it('verifies certificates unless told otherwise', async () => {
    // The sandbox's own certificate signs itself.
    const own = `${bench.sandbox.url}/api2/json/version`;
    const reply = await download(own, 'v.iso');
    expect(await bench.end(reply.data)).to.equal('download failed: exit code 5');
    expect((await query(own)).reason).to.include('(certificate verify failed)');
    const trusting = await bench.get(
      `/nodes/pve1/query-url-metadata?url=${encodeURIComponent(own)}&verify-certificates=0`,
    );
    // HEAD is no method of the API.
    expect(trusting.reason).to.match(/^invalid server response: '501 /);
  });

  it('unpacks on request', async () => {
    files.set('/c.gz', gzipSync(SMALL));
    files.set('/bomb.gz', gzipSync(Buffer.alloc(64 * MIB)));
    await bench.ok(download('/c.gz', 'c.iso', { compression: 'gz' }));
    const path = join(bench.dir, 'storages/pve1/local/template/iso/c.iso');
    expect((await readFile(path)).equals(SMALL)).to.equal(true);
    expect(await bench.run(download('/bomb.gz', 'd.iso', { compression: 'gz' }))).to.match(
      /^command 'zcat .* failed: exit code 1$/,
    );
    expect(await bench.run(download('/small.iso', 'd.iso', { compression: 'gz' }))).to.match(
      /^command 'zcat /,
    );
    expect((await download('/c.gz', 'd.iso', { compression: 'zip' })).reason).to.equal(
      'no decompression method found',
    );
    expect(await isos()).to.deep.equal(['a.iso', 'c.iso']);
  });

  it('refuses names, contents and images that PVE refuses, however they come', async () => {
    expect((await download('/small.iso', 'a.txt')).body.errors).to.deep.equal({
      filename: 'wrong file extension',
    });
    expect(
      (await download('/small.iso', 'a b.qcow2', { content: 'import' })).body.errors,
    ).to.deep.equal({ filename: 'invalid filename or wrong extension' });
    await bench.ok(download('/small.iso', '../../../../../evil.iso'));
    expect(await isos()).to.include('evil.iso');
    const isoOnly = await bench.post('/nodes/pve1/storage/isoonly/download-url', {
      url: url('/small.iso'),
      content: 'import',
      filename: 'x.raw',
    });
    expect(isoOnly.reason).to.equal(
      "storage 'isoonly' is not configured for content-type 'import'",
    );
    const images: [string, Buffer, RegExp][] = [
      [
        'huge.qcow2',
        await forged((header) => header.writeBigUInt64BE(2n ** 62n, 24)),
        /Image is too big$/,
      ],
      [
        'big.qcow2',
        await forged((header) => header.writeBigUInt64BE(2n ** 50n, 24)),
        /L1 table is too small$/,
      ],
      [
        'backed.qcow2',
        await forged((header) => {
          header.write('/etc/passwd', 200);
          header.writeBigUInt64BE(200n, 8);
          header.writeUInt32BE(11, 16);
        }),
        /backing file, which is not allowed$/,
      ],
      [
        'data.qcow2',
        await forged((header) => header.writeBigUInt64BE(4n, 72)),
        /'data-file' references are not allowed!$/,
      ],
      [
        'text.vmdk',
        Buffer.from('# Disk DescriptorFile\nversion=1\nRW 100 FLAT "/etc/passwd" 0\n'),
        /extents in other files are not allowed$/,
      ],
      ['cut.qcow2', (await qcow2(GIB)).subarray(0, 20), /Image is not in qcow2 format$/],
    ];
    for (const [name, image, text] of images) {
      files.set(`/${name}`, image);
      const fetched = await bench.run(download(`/${name}`, name, { content: 'import' }));
      expect(fetched, name).to.match(text);
      const sent = await bench.upload('local', { content: 'import' }, name, image);
      expect(await bench.end(sent.data), name).to.match(text);
    }
    expect(await imports()).to.deep.equal([]);
    expect(await readdir(join(bench.dir, 'tmp'))).to.deep.equal([]);
    expect((await bench.get('/version')).status).to.equal(200);
  });

  it('needs the right to look into the network', async () => {
    const grants = { '/storage/local': 'Datastore.AllocateTemplate' };
    const auth = await bench.narrow('loader', grants);
    const form = { url: url('/small.iso'), content: 'iso', filename: 'z.iso' };
    const path = '/nodes/pve1/storage/local/download-url';
    expect((await bench.post(path, form, { auth })).status).to.equal(403);
    const network = await bench.narrow('networker', {
      ...grants,
      '/nodes/pve1': 'Sys.AccessNetwork',
    });
    expect((await bench.post(path, form, { auth: network })).status).to.equal(200);
  });
});
