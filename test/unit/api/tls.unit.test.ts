import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';

import { expect } from 'chai';

import type { TlsTrust } from '#dist/lib/auth/index.js';
import { connect, failure, fixture, fixturePath, json, secret, TestServer } from './server.ts';

const fingerprintOf = (name: string): string => new X509Certificate(fixture(name)).fingerprint256;

describe('api: whom it trusts', () => {
  let server: TestServer;

  const serve = async (certificate: string): Promise<void> => {
    server = await new TestServer(certificate).listen();
    server.handler = (_, response) => json(response, { data: 'hello' });
  };
  const get = (trust: TlsTrust): Promise<unknown> => {
    const client = connect(server, { trust, retry: { baseDelay: 1 } });
    return client.get('/version').finally(() => client.close());
  };

  afterEach(() => server.close());

  it('takes a pinned self-signed certificate, and an expired one that is pinned', async () => {
    await serve('self-signed.crt.pem');
    expect(await get({ fingerprint: fingerprintOf('self-signed.crt.pem') })).to.equal('hello');
    server.useCertificate('expired.crt.pem');
    expect(await get({ fingerprint: fingerprintOf('expired.crt.pem').toLowerCase() })).to.equal(
      'hello',
    );
  });

  it('sends nothing to a server with another certificate than the pinned one, even a valid one', async () => {
    await serve('server.crt.pem');
    const pinned = fingerprintOf('self-signed.crt.pem');
    const error = await failure(get({ fingerprint: pinned, caFile: fixturePath('ca.crt.pem') }));
    expect(error.code).to.equal('PMX_TLS_FINGERPRINT_CHANGED');
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.contain(pinned).and.to.contain(fingerprintOf('server.crt.pem'));
    await server.settle();
    expect(server.connections).to.equal(1);
    expect(server.received).to.equal(0);
  });

  it('checks the pin again on every connection, so that TLS session tickets do not get around it', async () => {
    await serve('self-signed.crt.pem');
    server.handler = (_, response) => {
      response.setHeader('connection', 'close');
      json(response, { data: 'hello' });
    };
    const client = connect(server, {
      trust: { fingerprint: fingerprintOf('self-signed.crt.pem') },
    });
    expect(await client.get('/version')).to.equal('hello');
    expect(await client.get('/version')).to.equal('hello');
    const received = server.received;
    expect(received).to.be.greaterThan(100);
    server.useCertificate('server.crt.pem');
    expect(await failure(client.get('/version'))).to.include({
      code: 'PMX_TLS_FINGERPRINT_CHANGED',
    });
    await server.settle();
    expect(server.connections).to.equal(3);
    expect(server.received).to.equal(received);
    client.close();
  });

  it('refuses a self-signed certificate, and says how to pin it', async () => {
    await serve('self-signed.crt.pem');
    const error = await failure(get({}));
    expect(error.code).to.equal('PMX_TLS_UNTRUSTED');
    expect(error.message).to.contain(fingerprintOf('self-signed.crt.pem'));
    expect(error.hints.join()).to.contain(`--fingerprint ${fingerprintOf('self-signed.crt.pem')}`);
    await server.settle();
    expect(server.received).to.equal(0);
    expect(await get({ insecure: true })).to.equal('hello');
  });

  it('takes a certificate of the CA in caFile, and no other', async () => {
    await serve('server.crt.pem');
    expect(await get({ caFile: fixturePath('ca.crt.pem') })).to.equal('hello');
    server.useCertificate('self-signed.crt.pem');
    expect(await failure(get({ caFile: fixturePath('ca.crt.pem') }))).to.include({
      code: 'PMX_TLS_UNTRUSTED',
    });
  });

  it("trusts the system's CAs beside Node's own and beside caFile", async () => {
    await serve('server.crt.pem');
    const ca = fixturePath('ca.crt.pem');
    for (const [caFile, env] of [
      [undefined, { SSL_CERT_FILE: ca }],
      [fixturePath('self-signed.crt.pem'), { SSL_CERT_FILE: ca }],
      [undefined, { NODE_EXTRA_CA_CERTS: ca }],
      [fixturePath('self-signed.crt.pem'), { NODE_EXTRA_CA_CERTS: ca }],
    ] as const) {
      const script = `
        const { createPveClient } = await import(${JSON.stringify(new URL('../../../dist/lib/api/index.js', import.meta.url).href)});
        const client = createPveClient({
          endpoint: ${JSON.stringify(server.endpoint)},
          credentials: { type: 'token', tokenId: 'a@b!c', secret: 'x' },
          trust: ${JSON.stringify({ caFile })},
        });
        console.log(await client.get('/version'));
        client.close();`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '-e', script],
        { env },
      );
      expect(stdout).to.equal('hello\n');
    }
  });

  it('tells expired and misnamed certificates apart', async () => {
    await serve('expired.crt.pem');
    const expired = await failure(get({ caFile: fixturePath('ca.crt.pem') }));
    expect(expired.code).to.equal('PMX_TLS_EXPIRED');
    expect(expired.message).to.contain('Feb  1 00:00:00 2020');
    server.useCertificate('other-name.crt.pem');
    const misnamed = await failure(get({ caFile: fixturePath('ca.crt.pem') }));
    expect(misnamed.code).to.equal('PMX_TLS_NAME_MISMATCH');
    expect(misnamed.message).to.contain('localhost').and.to.contain('elsewhere.example');
    await server.settle();
    expect(server.received).to.equal(0);
  });

  it('says what is wrong with a CA file', async () => {
    await serve('server.crt.pem');
    for (const caFile of ['/nonexistent.pem', fixturePath('server.key.pem')]) {
      const error = await failure(get({ caFile }));
      expect(error.code).to.equal('PMX_CA_UNREADABLE');
      expect(error.message).to.contain(caFile);
    }
    await server.settle();
    expect(server.connections).to.equal(0);
  });

  it('says whom it talked to', async () => {
    await serve('server.crt.pem');
    const client = connect(server);
    const identity = {
      host: 'localhost',
      port: server.port,
      fingerprint: fingerprintOf('server.crt.pem'),
    };
    expect(await client.identity()).to.deep.equal(identity);
    expect(server.received).to.equal(0);
    await client.get('/version');
    expect(await client.identity()).to.deep.equal(identity);
    await server.settle();
    expect(server.connections).to.equal(2);
    client.close();
  });
});

describe('api: servers that are not there', () => {
  const at = (port: number) => ({
    endpoint: `https://127.0.0.1:${port}`,
    credentials: { type: 'token' as const, tokenId: 'root@pam!pmx', secret },
    trust: {},
    retry: { baseDelay: 1 },
  });

  async function withTcpServer<T>(
    onSocket: (socket: Socket) => void,
    run: (port: number) => Promise<T>,
  ): Promise<T> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      return await run((server.address() as AddressInfo).port);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }

  it('names host and port when nothing listens, for reads and writes alike', async () => {
    const { createPveClient } = await import('#dist/lib/api/index.js');
    const port = await withTcpServer(
      () => undefined,
      async (free) => free,
    );
    const client = createPveClient(at(port));
    for (const error of [
      await failure(client.get('/version')),
      await failure(client.send('POST', '/x', { a: 1 })),
    ]) {
      expect(error).to.include({ code: 'PMX_UNREACHABLE', exitCode: 2 });
      expect(error.message).to.contain(`127.0.0.1:${port}`);
      expect(error.data).to.deep.equal({ host: '127.0.0.1', port, reason: 'ECONNREFUSED' });
    }
  });

  it('knows a port that does not speak TLS', async () => {
    const { createPveClient } = await import('#dist/lib/api/index.js');
    const error = await withTcpServer(
      (socket) => socket.end('HTTP/1.1 301 Moved\r\n\r\n'),
      (port) => failure(createPveClient(at(port)).send('POST', '/x')),
    );
    expect(error.code).to.equal('PMX_TLS_FAILED');
  });

  it('gives up connecting after the connect time-out, without having sent anything', async () => {
    const { createPveClient } = await import('#dist/lib/api/index.js');
    const started = Date.now();
    const error = await withTcpServer(
      () => undefined,
      (port) =>
        failure(createPveClient({ ...at(port), timeouts: { connect: 150 } }).send('POST', '/x')),
    );
    expect(error).to.include({ code: 'PMX_UNREACHABLE' });
    expect(error.data).to.include({ reason: 'ETIMEDOUT' });
    expect(Date.now() - started).to.be.within(140, 2000);
  });

  it('does not try a name again that does not exist', async () => {
    const { createPveClient } = await import('#dist/lib/api/index.js');
    const client = createPveClient({
      ...at(1),
      endpoint: 'https://nosuch.invalid:8006',
      retry: { baseDelay: 60_000 },
    });
    const error = await failure(client.get('/version'));
    expect(error.code).to.equal('PMX_UNREACHABLE');
    expect(error.message).to.contain('nosuch.invalid');
  });
});
