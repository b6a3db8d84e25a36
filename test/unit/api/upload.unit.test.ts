import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';

import { expect } from 'chai';

import type { UploadRequest } from '#dist/lib/api/index.js';
import { openRange } from '#dist/lib/images/index.js';
import {
  connect,
  empty,
  failure,
  fixture,
  json,
  refuse,
  secret,
  TestServer,
  tokenId,
} from './server.ts';

const upid = 'UPID:pve1:00000545:0002E6A1:6B00151E:imgcopy::root@pam!pmx:';
const mebibyte = 2 ** 20;

/** `size` bytes in chunks of 64 KiB, each made when it is asked for. */
function bytes(size: number): Readable {
  let left = size;
  return new Readable({
    read() {
      const length = Math.min(left, 65_536);
      left -= length;
      this.push(length === 0 ? null : Buffer.alloc(length, 7));
    },
  });
}

describe('api: uploads', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await new TestServer().listen();
  });
  afterEach(() => server.close());

  const upload = async (changes: Partial<UploadRequest> = {}, connection = {}): Promise<string> => {
    const client = connect(server, connection);
    try {
      return await client.upload({
        node: 'pve1',
        storage: 'local',
        content: 'iso',
        filename: 'seed.iso',
        body: Readable.from([Buffer.from('hello '), Buffer.from('world')]),
        length: 11,
        ...changes,
      });
    } finally {
      client.close();
    }
  };

  /** Looks at the request and answers without reading its body, as PVE does when it refuses. */
  const answerEarly = (
    answer: (response: ServerResponse, request: IncomingMessage) => void,
    after = 0,
  ) => {
    server.raw = (request, response) => {
      let got = 0;
      const look = (data: Buffer): void => {
        got += data.length;
        if (got < after) return;
        request.off('data', look);
        request.pause();
        answer(response, request);
      };
      request.on('data', look).on('error', () => undefined);
      return true;
    };
  };

  it('sends the fields before the file, with the exact length', async () => {
    server.handler = (_, response) => json(response, { data: upid });
    const sha256 = createHash('sha256').update('hello world').digest('hex');
    const sent: number[] = [];
    expect(await upload({ sha256, onProgress: (count) => sent.push(count) })).to.equal(upid);
    const [{ method, url, headers, body }] = server.seen as [TestServer['seen'][0]];
    expect([method, url]).to.deep.equal(['POST', '/api2/json/nodes/pve1/storage/local/upload']);
    expect(headers.authorization).to.equal(`PVEAPIToken=${tokenId}=${secret}`);
    expect(headers['transfer-encoding']).to.equal(undefined);
    expect(Number(headers['content-length'])).to.equal(body.length);
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type']!)![1]!;
    const part = (head: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
    expect(body).to.equal(
      part('name="content"', 'iso') +
        part('name="checksum"', sha256) +
        part('name="checksum-algorithm"', 'sha256') +
        part(
          'name="filename"; filename="seed.iso"\r\nContent-Type: application/octet-stream',
          'hello world',
        ) +
        `--${boundary}--\r\n`,
    );
    expect(sent).to.deep.equal([6, 11]);
  });

  it('cannot be led out of the header by a file name', async () => {
    server.handler = (_, response) => json(response, { data: upid });
    await upload({ filename: 'a"\r\nX: y.iso', node: 'p/1' });
    expect(server.seen[0]!.body).to.contain('filename="a%22%0D%0AX: y.iso"\r\n');
    expect(server.seen[0]!.url).to.contain('/nodes/p%2F1/');
  });

  it('gives every byte of a larger file', async () => {
    const hash = createHash('sha256');
    let body = 0;
    server.raw = (request, response) => {
      request.on('data', (data: Buffer) => {
        body += data.length;
        hash.update(data);
      });
      request.on('end', () => json(response, { data: upid }));
      return true;
    };
    const size = 20 * mebibyte + 13;
    let last = 0;
    await upload({ body: bytes(size), length: size, onProgress: (count) => (last = count) });
    expect(last).to.equal(size);
    expect(body).to.be.within(size + 300, size + 600);
  });

  it('sends a file as it is, also when the server reads it in fits and starts', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'pmx-upload-')), 'random.bin');
    const content = randomBytes(9 * mebibyte + 1);
    await writeFile(file, content);
    const parts: Buffer[] = [];
    server.raw = (request, response) => {
      request.on('data', (data: Buffer) => {
        parts.push(data);
        if (parts.length % 10 === 0) {
          request.pause();
          setTimeout(() => request.resume(), 2);
        }
      });
      request.on('end', () => json(response, { data: upid }));
      return true;
    };
    await upload({ body: openRange(file, 0, content.length), length: content.length });
    const whole = Buffer.concat(parts);
    const start = whole.indexOf('octet-stream\r\n\r\n') + 'octet-stream\r\n\r\n'.length;
    expect(whole.subarray(start, start + content.length).equals(content)).to.equal(true);
    await rm(dirname(file), { recursive: true });
    expect(
      await failure(upload({ body: openRange(file, 0, content.length), length: 1 })),
    ).to.include({
      code: 'PMX_UPLOAD_SOURCE',
    });
  });

  for (const [status, reason] of [
    [500, "storage 'isoonly' does not support 'import' content"],
    [500, 'unable to write file - No space left on device'],
    [403, 'Permission check failed (/storage/local, Datastore.AllocateTemplate)'],
    [400, 'Parameter verification failed.'],
  ] as const) {
    it(`shows an early ${status} (${reason}) rather than the broken connection`, async () => {
      // Many times: whether the answer or the reset is noticed first is a matter of luck.
      for (let round = 0; round < 15; round++) {
        answerEarly(
          (response, request) => {
            refuse(response, status, reason);
            response.once('finish', () => request.socket.destroy());
          },
          200_000 + round * 50_000,
        );
        const source = bytes(64 * mebibyte);
        const error = await failure(upload({ body: source, length: 64 * mebibyte }));
        expect(error.message, `round ${round}`).to.contain(reason.replace(/\.$/, ''));
        expect(error.data).to.include({ status });
        expect(source.destroyed).to.equal(true);
      }
    });
  }

  it('shows a refusal that arrives just before a write fails', async () => {
    // In a thread of its own, so that it can answer and close while this one is blocked.
    const worker = new Worker(
      `const { createServer } = require('node:https');
      const { parentPort, workerData } = require('node:worker_threads');
      const server = createServer(workerData, (request, response) => {
        let got = 0;
        request.on('error', () => undefined);
        request.on('data', (data) => {
          got += data.length;
          if (got < 300000 || response.headersSent) return;
          response.writeHead(500, 'no space left', { connection: 'close', 'content-length': 0 });
          response.end();
          response.once('finish', () => request.socket.destroy());
        });
      });
      server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
      {
        eval: true,
        workerData: { key: fixture('server.key.pem'), cert: fixture('server.crt.pem') },
      },
    );
    try {
      const [port] = (await once(worker, 'message')) as [number];
      let blockedRounds = 0;
      for (let round = 0; round < 5; round++) {
        let blocked = false;
        const onProgress = (sent: number): void => {
          if (blocked || sent < 400_000) return;
          blocked = true;
          // The answer and the end of the connection come in now; the next thing here is a write.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
        };
        const error = await failure(
          upload(
            { body: bytes(64 * mebibyte), length: 64 * mebibyte, onProgress },
            { endpoint: `https://localhost:${port}` },
          ),
        );
        // On a busy machine the answer may be here before so much is sent.
        if (blocked) blockedRounds++;
        expect(error.message, `round ${round}`).to.equal('no space left.');
      }
      expect(blockedRounds).to.be.greaterThan(0);
    } finally {
      await worker.terminate();
    }
  });

  it('knows a refused token', async () => {
    answerEarly((response) => empty(response, 401, 'Authentication failed!'));
    expect(await failure(upload({ body: bytes(8 * mebibyte), length: 8 * mebibyte }))).to.include({
      code: 'PMX_AUTH_FAILED',
    });
  });

  it('tells a connection that broke on the way from one that broke at the end', async () => {
    answerEarly((_, request) => request.socket.destroy(), mebibyte);
    const onTheWay = await failure(upload({ body: bytes(64 * mebibyte), length: 64 * mebibyte }));
    expect(onTheWay).to.include({ code: 'PMX_UPLOAD_BROKEN', exitCode: 2 });
    expect(onTheWay.message).to.contain('Nothing was stored');
    server.raw = undefined;
    server.handler = (_, __, socket) => void socket.destroy();
    expect(await failure(upload())).to.include({ code: 'PMX_ANSWER_LOST' });
    expect(server.seen.length).to.equal(1);
  });

  it('stops when the server takes no more', async () => {
    answerEarly(() => undefined);
    const started = Date.now();
    const error = await failure(
      upload({ body: bytes(64 * mebibyte), length: 64 * mebibyte }, { timeouts: { stall: 200 } }),
    );
    expect(error).to.include({ code: 'PMX_UPLOAD_STALLED', exitCode: 2 });
    expect(error.data['sentBytes']).to.be.within(65_536, 63 * mebibyte);
    expect(Date.now() - started).to.be.within(200, 5000);
  });

  it('waits for a slow source without calling it a stall', async () => {
    server.handler = (_, response) => json(response, { data: upid });
    const slow = Readable.from(
      (async function* () {
        yield Buffer.from('hello ');
        await new Promise((resolve) => setTimeout(resolve, 400));
        yield Buffer.from('world');
      })(),
    );
    expect(await upload({ body: slow }, { timeouts: { stall: 150 } })).to.equal(upid);
  });

  it('stops when interrupted, before and on the way', async () => {
    const body = bytes(1);
    expect(await failure(upload({ body, length: 1, signal: AbortSignal.abort() }))).to.include({
      code: 'PMX_INTERRUPTED',
    });
    expect(body.destroyed).to.equal(true);
    expect(server.connections).to.equal(0);
    const stop = new AbortController();
    answerEarly(() => setTimeout(() => stop.abort(), 20));
    const source = bytes(64 * mebibyte);
    expect(
      await failure(upload({ body: source, length: 64 * mebibyte, signal: stop.signal })),
    ).to.include({ code: 'PMX_INTERRUPTED' });
    expect(source.destroyed).to.equal(true);
  });

  it('refuses a source that is not as long as announced, or breaks', async () => {
    server.handler = (_, response) => json(response, { data: upid });
    for (const [body, length, text] of [
      [bytes(10), 11, 'ended after 10 of 11 bytes'],
      [bytes(12), 11, 'longer than the 11 bytes'],
      [
        Readable.from(
          (async function* () {
            yield 'abc';
            throw new Error('EIO: i/o error');
          })(),
        ),
        11,
        'EIO',
      ],
    ] as const) {
      const error = await failure(upload({ body, length }));
      expect(error).to.include({ code: 'PMX_UPLOAD_SOURCE', exitCode: 2 });
      expect(error.message).to.contain(text);
    }
    await server.settle();
    expect(server.seen.length).to.equal(0);
  });

  it('does not send a byte to a server it does not trust', async () => {
    expect(await failure(upload({}, { trust: { fingerprint: 'AA' } }))).to.include({
      code: 'PMX_TLS_FINGERPRINT_CHANGED',
    });
    expect(await failure(upload({}, { endpoint: 'https://127.0.0.1:1' }))).to.include({
      code: 'PMX_UNREACHABLE',
    });
    await server.settle();
    expect(server.received).to.equal(0);
  });

  it('logs in before an upload with a password, for a stream cannot be sent twice', async () => {
    server.handler = (seen, response) =>
      json(response, {
        data: seen.url.endsWith('/access/ticket')
          ? { ticket: 'PVE:x', CSRFPreventionToken: 'csrf' }
          : upid,
      });
    const credentials = { type: 'password', username: 'root@pam', password: 'secret' };
    expect(await upload({}, { credentials })).to.equal(upid);
    expect(server.seen.map(({ url }) => url.split('/').at(-1))).to.deep.equal(['ticket', 'upload']);
    expect(server.seen[1]!.headers).to.include({
      cookie: 'PVEAuthCookie=PVE%3Ax',
      csrfpreventiontoken: 'csrf',
    });
  });
});
