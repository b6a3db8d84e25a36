import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';

import { expect } from 'chai';

import { mirrored } from '#dist/lib/catalog/mirrors.js';
import { proxyFor } from '#dist/lib/catalog/fetch/proxy.js';
import { getText } from '#dist/lib/catalog/fetch/web.js';
import { openDownload } from '#dist/lib/operations/engine/handlers/download.js';

import { failure } from '../engine/lab.ts';
import { digest, Publisher, serveFile } from './publisher.ts';

const signal = new AbortController().signal;
const context = { signal, sleep: async () => undefined };
/** Parts that pack well and parts that do not. */
const disk = Buffer.concat([
  Buffer.from('QFI\xfb', 'latin1'),
  randomBytes(1_500_000),
  Buffer.alloc(3_000_000),
  randomBytes(500_001),
]);

function packed(compression: string): Buffer {
  if (compression === 'gz') return gzipSync(disk);
  if (compression === 'zst') return zstdCompressSync(disk);
  const folder = mkdtempSync(join(tmpdir(), 'pmx-packed-'));
  const run = (program: string, ...args: string[]): void =>
    void execFileSync(program, args, { cwd: folder, stdio: 'ignore' });
  try {
    writeFileSync(join(folder, 'disk.qcow2'), disk);
    writeFileSync(join(folder, 'README'), 'first');
    if (compression === 'zip') run('zip', 'out', 'disk.qcow2');
    else if (compression.startsWith('tar.'))
      run('tar', compression === 'tar.xz' ? '-cJf' : '-czf', 'out', 'README', 'disk.qcow2');
    else run('bash', '-c', `${compression === 'bz2' ? 'bzip2' : compression} -c disk.qcow2 > out`);
    return readFileSync(join(folder, compression === 'zip' ? 'out.zip' : 'out'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe('downloads through pmx', function () {
  this.timeout(20_000);
  let publisher: Publisher;
  before(async () => void (publisher = await Publisher.start()));
  afterEach(() => publisher.clear());
  after(() => publisher.stop());

  const sourceOf = (path: string, content: Buffer, compression?: string) =>
    ({
      type: 'download',
      url: `${publisher.base}${path}`,
      format: 'qcow2',
      checksum: { algorithm: 'sha256', value: digest('sha256', content) },
      ...(compression !== undefined && { compression }),
    }) as Parameters<typeof openDownload>[0];

  for (const compression of [undefined, 'xz', 'gz', 'zst', 'bz2', 'zip', 'tar.xz', 'tar.gz']) {
    it(`unpacks ${compression ?? 'what is not packed'}, with the length known beforehand`, async () => {
      const content = compression === undefined ? disk : packed(compression);
      publisher.put('/image', content);
      const { body, length } = await openDownload(
        sourceOf('/image', content, compression),
        context,
      );
      expect(length).to.equal(disk.length);
      expect((await collect(body)).equals(disk)).to.equal(true);
    });
  }

  it('reads an .xz only once: its length stands at its end', async () => {
    const content = packed('xz');
    publisher.put('/image', content);
    const { body } = await openDownload(sourceOf('/image', content, 'xz'), context);
    await collect(body);
    expect(publisher.asked.map(({ range }) => range)).to.deep.equal([
      undefined,
      `bytes=-${Math.min(2 ** 20, content.length)}`,
      undefined,
    ]);
  });

  it('holds the end back until the checksum is known', async () => {
    for (const compression of [undefined, 'xz', 'tar.xz']) {
      const content = compression === undefined ? disk : packed(compression);
      publisher.put('/image', content);
      const source = sourceOf('/image', content, compression);
      source.checksum = { algorithm: 'sha256', value: 'a'.repeat(64) };
      const { body, length, problem } = await openDownload(source, context);
      let sent = 0;
      const error = await failure(async () => {
        for await (const chunk of body) sent += (chunk as Buffer).length;
      });
      expect(error).to.include({ code: 'PMX_CHECKSUM_MISMATCH', exitCode: 2 });
      expect(problem()).to.equal(error);
      expect(sent).to.be.lessThan(length);
    }
  });

  it('goes on where the connection broke', async () => {
    let broken = 0;
    publisher.put('/image', (request, response) => {
      if (broken++ > 2) return serveFile(disk, request, response);
      cut(request, response, 400_000);
    });
    const { body } = await openDownload(sourceOf('/image', disk), context);
    expect((await collect(body)).equals(disk)).to.equal(true);
    const ranges = publisher.asked.map(({ range }) => range);
    expect(ranges).to.have.length(4);
    expect(ranges[3]).to.match(/^bytes=[1-9]\d+-$/);
  });

  it('does not mix two files', async () => {
    let asked = 0;
    publisher.put('/image', (request, response) => {
      if (asked++ === 0) return cut(request, response, 400_000);
      serveFile(Buffer.concat([disk, disk]), request, response);
    });
    const { body } = await openDownload(sourceOf('/image', disk), context);
    expect((await failure(() => collect(body))).code).to.equal('PMX_DOWNLOAD_TRUNCATED');
  });

  it('gives up on a server that always breaks off', async () => {
    publisher.put('/image', (_request, response) => {
      response.writeHead(200, { 'content-length': 5000 });
      response.write(disk.subarray(0, 100), () => response.destroy());
    });
    const { body } = await openDownload(sourceOf('/image', disk), context);
    const error = await failure(() => collect(body));
    expect(error).to.include({ code: 'PMX_DOWNLOAD_TRUNCATED', exitCode: 2 });
  });

  it('refuses what is damaged, or another thing inside', async () => {
    for (const [content, compression, code] of [
      [packed('xz').subarray(0, 100_000), 'xz', 'PMX_DOWNLOAD_CORRUPT'],
      [Buffer.from('<html>'.repeat(10_000)), 'gz', 'PMX_DOWNLOAD_CORRUPT'],
      [Buffer.from('<html>'.repeat(10_000)), 'zip', 'PMX_DOWNLOAD_CORRUPT'],
      [gzipSync('<html>no image</html>'), 'gz', 'PMX_DOWNLOAD_NOT_IMAGE'],
      [gzipSync(Buffer.alloc(10_240)), 'tar.gz', 'PMX_DOWNLOAD_NOT_IMAGE'],
    ] as const) {
      publisher.put('/image', content);
      const error = await failure(async () => {
        const { body } = await openDownload(sourceOf('/image', content, compression), context);
        await collect(body);
      });
      expect(error.code, `${compression} of ${content.length}`).to.equal(code);
      expect(error.exitCode).to.equal(2);
    }
  });

  it('follows redirects, but not for ever', async () => {
    const to = (location: string) => (_request: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(302, { location }).end();
    publisher.put('/a', to('/b'));
    publisher.put('/b', 'text');
    publisher.put('/loop', to('/loop'));
    publisher.put('/ftp', to('ftp://127.0.0.1/x'));
    expect(await getText(`${publisher.base}/a`, signal)).to.equal('text');
    const codeOf = async (path: string) =>
      (await failure(() => getText(`${publisher.base}${path}`, signal))).code;
    expect(await codeOf('/loop')).to.equal('PMX_REDIRECT_LOOP');
    expect(await codeOf('/ftp')).to.equal('PMX_DOWNLOAD_REFUSED');
    expect(await codeOf('/none')).to.equal('PMX_DOWNLOAD_REFUSED');
    const dead = await failure(() => getText('http://127.0.0.1:9/x', signal));
    expect(dead).to.include({ code: 'PMX_DOWNLOAD_UNREACHABLE', exitCode: 2 });
  });

  it('knows mirrors and proxies', () => {
    const url = 'https://cloud.debian.org/images/x?y=1';
    expect(mirrored(url)).to.equal(url);
    const mirrors = {
      'https://cloud.debian.org/': 'http://a/',
      'https://cloud.debian.org/images/': 'http://b/',
      '*': 'http://c',
    };
    expect(mirrored(url, mirrors)).to.equal('http://b/x?y=1');
    expect(mirrored('https://d/e?f', mirrors)).to.equal('http://c/d/e?f');
    const env = { https_proxy: 'http://p:3128', NO_PROXY: 'corp.example, .lab' };
    expect(proxyFor(new URL(url), env)).to.equal('http://p:3128');
    expect(proxyFor(new URL('https://x.corp.example/'), env)).to.equal(undefined);
    expect(proxyFor(new URL('https://x.lab/'), env)).to.equal(undefined);
    expect(proxyFor(new URL('https://127.0.0.1/'), env)).to.equal(undefined);
    expect(proxyFor(new URL('http://x/'), env)).to.equal(undefined);
  });
});

function cut(request: IncomingMessage, response: ServerResponse, bytes: number): void {
  const write = response.write.bind(response);
  response.end = ((chunk: Buffer) => {
    write(chunk.subarray(0, bytes), () => setTimeout(() => response.destroy(), 30));
    return response;
  }) as typeof response.end;
  serveFile(disk, request, response);
}
