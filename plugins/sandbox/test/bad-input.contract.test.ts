import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';

import { expect } from 'chai';

import { inconsistencies } from './consistency.ts';
import { Bench, expectOk, multipart, SECRET } from './helper.ts';
import type { Reply } from './helper.ts';

const TOKEN = `Authorization: PVEAPIToken=root@pam!pmx=${SECRET}`;
/** A loaded machine may take its time; hanging for good is what must not be. */
const PATIENCE_MILLIS = 10_000;

describe('bad input from the network', function () {
  this.timeout(60_000);
  let bench: Bench;
  let untouched: string;

  before(async () => {
    bench = await Bench.start();
    await bench.ok(bench.post('/nodes/pve1/qemu', { vmid: 100, name: 'keep', scsi0: 'local:1' }));
    untouched = await holdings();
  });

  after(() => bench.stop());

  async function holdings(): Promise<string> {
    const vms = await bench.read('/nodes/pve1/qemu');
    const config = await bench.read('/nodes/pve1/qemu/100/config');
    const content = await bench.read('/nodes/pve1/storage/local/content');
    return JSON.stringify([vms.length, config, content, await bench.read('/access/users')]);
  }

  afterEach('everything is as it was, and it still answers', async () => {
    expect((await bench.get('/version')).status).to.equal(200);
    expect(await holdings()).to.equal(untouched);
    expect(readdirSync(join(bench.dir, 'tmp'))).to.deep.equal([]);
  });

  /** Sends bytes as they are; the answer is everything until the end of the connection. */
  function raw(text: string | Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port: bench.sandbox.port,
        rejectUnauthorized: false,
      });
      let answer = '';
      const timer = setTimeout(() => socket.destroy(new Error('hangs')), PATIENCE_MILLIS);
      socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
      socket.on('error', (error) => (error.message === 'hangs' ? reject(error) : undefined));
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(answer);
      });
      socket.on('secureConnect', () => socket.write(text));
    });
  }

  const line = 'GET /api2/json/version HTTP/1.1\r\nHost: x\r\n';
  const malformed: [string, string | Buffer][] = [
    ['no HTTP at all', 'hello there\r\n\r\n'],
    ['random bytes', Buffer.from(Array.from({ length: 512 }, (_, at) => (at * 7919) % 256))],
    ['a header without a colon', `${line}nonsense\r\n\r\n`],
    ['two different lengths', `${line}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
    [
      'length and chunks at once',
      `${line}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a negative length', `${line}Content-Length: -1\r\n\r\n`],
    [
      'a broken chunk',
      `POST /api2/json/pools HTTP/1.1\r\nHost: x\r\n${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ],
    ['a NUL in a header', `${line}X-Bad: a\0b\r\n\r\n`],
  ];
  for (const [what, text] of malformed) {
    it(`answers 400 to ${what}`, async () => {
      expect(await raw(text)).to.match(/^HTTP\/1\.1 400 /);
    });
  }

  it('refuses absurd headers, or hangs up while they come', async () => {
    expect(await raw(`${line}X-Long: ${'a'.repeat(64 * 1024)}\r\n\r\n`)).to.match(
      /^(?:$|HTTP\/1\.1 4)/,
    );
    const many = Array.from({ length: 5000 }, (_, at) => `X-${at}: 1\r\n`).join('');
    expect(await raw(`${line}${many}\r\n`)).to.match(/^(?:$|HTTP\/1\.1 4)/);
    const long = await raw(`GET /api2/json/${'a/'.repeat(32 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(long).to.match(/^(?:$|HTTP\/1\.1 4)/);
  });

  const post = (send: object): Promise<Reply> => bench.send('POST', '/pools', send);
  const wrong: [string, object, number][] = [
    ['plain text', { raw: 'poolid=x', type: 'text/plain' }, 506],
    ['XML', { raw: '<a/>', type: 'application/xml' }, 506],
    ['a content type that is none', { raw: 'poolid=x', type: 'form' }, 506],
    ['JSON that is none', { raw: '{"poolid":', type: 'application/json' }, 500],
    ['a list', { raw: '[1]', type: 'application/json' }, 500],
    ['a number', { raw: '1', type: 'application/json' }, 500],
    ['objects in parameters', { json: { poolid: { a: 1 } } }, 400],
    [
      'names of JavaScript',
      { raw: '{"__proto__":{"poolid":"x"},"constructor":1}', type: 'application/json' },
      400,
    ],
    ['a multipart body', { ...multipart({ poolid: 'x' }, 'a.iso', Buffer.from('x')) }, 506],
    [
      'more than PVE takes',
      { raw: `comment=${'a'.repeat(600 * 1024)}`, type: 'application/x-www-form-urlencoded' },
      501,
    ],
  ];
  for (const [what, send, status] of wrong) {
    it(`refuses ${what} as a body with ${status}`, async () => {
      expect((await post(send)).status).to.equal(status);
    });
  }

  it('reads no deeper than it has to', async () => {
    const deep = await post({ raw: `${'['.repeat(200_000)}`, type: 'application/json' });
    expect(deep.status).to.equal(500);
  });

  const traversals = [
    'local:iso/../../../../etc/passwd',
    'local:100/../../state.json',
    'local:iso/..%2f..%2fstate.json',
    '../state.json',
    'local:../state.json',
    'local:images/100/vm-100-disk-0.raw/../../x',
  ];
  for (const volume of traversals) {
    it(`finds no way out by ${volume}`, async () => {
      const path = `/nodes/pve1/storage/local/content/${encodeURIComponent(volume)}`;
      for (const method of ['GET', 'DELETE']) {
        const reply = await bench.send(method, path);
        expect(reply.text).not.to.include('root:');
        if (typeof reply.data === 'string') expect(await bench.end(reply.data)).not.to.equal('OK');
        else expect(reply.status).to.be.at.least(400);
      }
      const disk = await bench.put('/nodes/pve1/qemu/100/config', { scsi5: volume });
      expect(disk.status).to.be.at.least(400);
      expect(existsSync(join(bench.dir, 'state.json'))).to.equal(true);
    });
  }

  it('keeps uploads inside of the storage', async () => {
    const body = multipart({ content: 'iso' }, '../../../evil.iso', Buffer.from('x'));
    const reply = await bench.send('POST', '/nodes/pve1/storage/local/upload', body);
    await bench.ok(Promise.resolve(reply));
    const rows = await bench.read('/nodes/pve1/storage/local/content?content=iso');
    expect(rows.map(({ volid }: { volid: string }) => volid)).to.deep.equal(['local:iso/evil.iso']);
    await bench.ok(bench.del('/nodes/pve1/storage/local/content/local:iso%2Fevil.iso'));
  });

  it('takes no path for a file', async () => {
    for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/state.json', '/pve2/../state.json'])
      expect((await bench.get(path, { prefix: '' })).status).to.equal(501);
  });

  it('answers others while many connections dawdle', async () => {
    const idle = Array.from({ length: 60 }, (_, at) => {
      const { port } = bench.sandbox;
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
      socket.on('error', () => undefined);
      socket.on('secureConnect', () => {
        socket.write(
          at % 2 === 0
            ? 'GET /api2/json/ver'
            : `POST /api2/json/pools HTTP/1.1\r\nHost: x\r\n${TOKEN}\r\nContent-Length: 100\r\n\r\npoolid=`,
        );
      });
      return socket;
    });
    await sleep(300);
    for (let count = 0; count < 20; count++) expectOk(await bench.get('/version'));
    for (const socket of idle) socket.destroy();
  });

  it('forgets an upload that breaks off', async () => {
    const head = `POST /api2/json/nodes/pve1/storage/local/upload HTTP/1.1\r\nHost: x\r\n${TOKEN}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="content"\r\n\r\niso\r\n--b\r\nContent-Disposition: form-data; name="filename"; filename="a.iso"\r\n\r\nhalf`;
    const socket = connect({
      host: '127.0.0.1',
      port: bench.sandbox.port,
      rejectUnauthorized: false,
    });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.write(head, resolve));
    await sleep(200);
    socket.destroy();
    for (let tries = 0; readdirSync(join(bench.dir, 'tmp')).length > 0; tries++) {
      expect(tries, 'the temporary file is still there').to.be.lessThan(200);
      await sleep(25);
    }
  });

  it('fits together after all that', async () => {
    await sleep(200);
    const found = await inconsistencies({ dataDir: bench.dir, read: (path) => bench.read(path) });
    expect(found).to.deep.equal([]);
  });
});
