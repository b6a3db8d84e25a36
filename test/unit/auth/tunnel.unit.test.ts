import { createServer, type Server } from 'node:http';
import {
  type AddressInfo,
  connect as tcp,
  createServer as createTcpServer,
  type Socket,
} from 'node:net';

import { expect } from 'chai';

import { connect, failure, json, TestServer } from '../api/server.ts';

/** A forward proxy that notes what it is asked for. */
class Proxy {
  readonly asked: string[] = [];
  /** Bytes of clients, as they came. */
  passed = '';
  refuse: number | undefined;
  readonly #server: Server = createServer((_, response) => response.writeHead(405).end());
  readonly #sockets = new Set<Socket>();

  async listen(): Promise<this> {
    this.#server.on('connect', (request, client: Socket) => {
      this.asked.push(request.url!);
      this.#sockets.add(client);
      client.on('error', () => undefined);
      if (this.refuse !== undefined) {
        client.end(`HTTP/1.1 ${this.refuse} No\r\n\r\n`);
        return;
      }
      const [host, port] = request.url!.split(':');
      const upstream = tcp(Number(port), host, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.on('data', (data: Buffer) => (this.passed += data.toString('latin1')));
        client.pipe(upstream).pipe(client);
      });
      this.#sockets.add(upstream);
      upstream.on('error', () => client.destroy());
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('auth: through an HTTP proxy', () => {
  let server: TestServer;
  let proxy: Proxy;
  beforeEach(async () => {
    server = await new TestServer().listen();
    server.handler = (_, response) => json(response, { data: 'hello' });
    proxy = await new Proxy().listen();
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
  });

  it('verifies the server itself, and shows the proxy nothing but its name', async () => {
    const pve = connect(server, { proxy: proxy.url });
    expect(await pve.get('/version')).to.equal('hello');
    pve.close();
    expect(proxy.asked).to.deep.equal([`localhost:${server.port}`]);
    expect(proxy.passed.length).to.be.greaterThan(100);
    expect(proxy.passed).to.not.contain('PVEAPIToken');
  });

  it('refuses a server whose certificate is for another name, as without a proxy', async () => {
    server.useCertificate('other-name.crt.pem');
    const error = await failure(connect(server, { proxy: proxy.url }).get('/version'));
    expect(error.code).to.equal('PMX_TLS_NAME_MISMATCH');
    await server.settle();
    expect(server.received).to.equal(0);
  });

  for (const status of [403, 407, 502]) {
    it(`says that the proxy refuses (${status}), and does not go around it`, async () => {
      proxy.refuse = status;
      const error = await failure(connect(server, { proxy: proxy.url }).send('POST', '/x'));
      expect(error).to.include({ code: 'PMX_PROXY_FAILED', exitCode: 2 });
      expect(error.message).to.contain(proxy.url).and.to.contain(String(status));
      expect(error.hints).to.not.be.empty;
      expect(server.connections).to.equal(0);
    });
  }

  it('says that the proxy is not there', async () => {
    const { url } = proxy;
    await proxy.close();
    const error = await failure(connect(server, { proxy: url }).get('/version'));
    expect(error.code).to.equal('PMX_PROXY_FAILED');
    expect(error.message).to.contain('ECONNREFUSED');
    expect(server.connections).to.equal(0);
    proxy = await new Proxy().listen();
  });

  for (const url of ['https://127.0.0.1:1', 'proxy:3128', 'nonsense']) {
    it(`refuses ${url}, which somebody wrote into the configuration`, async () => {
      const error = await failure(connect(server, { proxy: url }).get('/version'));
      expect(error).to.include({ code: 'PMX_PROXY_FAILED', exitCode: 2 });
      expect(error.hints.join()).to.contain('http://HOST:PORT');
      expect(server.connections).to.equal(0);
    });
  }

  it('gives up a silent proxy after the connect time-out', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const started = Date.now();
    const pve = connect(server, { proxy: `http://127.0.0.1:${port}`, timeouts: { connect: 200 } });
    const error = await failure(pve.get('/version'));
    expect(error.code).to.equal('PMX_PROXY_FAILED');
    expect(error.message).to.contain('in time');
    expect(Date.now() - started).to.be.within(150, 5000);
    silent.close();
  });
});
