import { type AddressInfo, createServer, type Socket } from 'node:net';

import { createPveClient, type PveConnection } from '#dist/lib/api/index.js';
import { unreachable } from '#dist/lib/auth/unreachable.js';
import { expect } from 'chai';
import { connect, empty, failure, json, secret, TestServer } from './server.ts';

/** A TCP server that is no TLS server. */
async function withTcp<T>(
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

const clientAt = (port: number, changes: Partial<PveConnection> = {}) =>
  createPveClient({
    endpoint: `https://127.0.0.1:${port}`,
    credentials: { type: 'token', tokenId: 'root@pam!pmx', secret },
    trust: {},
    ...changes,
  });

describe('api: connection errors that fit the case', () => {
  for (const [name, banner] of [
    ['plain HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['ssh', 'SSH-2.0-OpenSSH_10.0\r\n'],
  ] as const) {
    it(`${name} on the port`, async () => {
      const error = await withTcp(
        (socket) => socket.end(banner),
        (port) => failure(clientAt(port).get('/version')),
      );
      expect(error).to.include({ code: 'PMX_TLS_FAILED', exitCode: 2 });
      expect(error.message).to.contain('without TLS');
      expect(error.hints.join()).to.contain('8006');
    });
  }

  it('a web page instead of an answer, by its title', async () => {
    const server = await new TestServer().listen();
    server.handler = (_, response) =>
      void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><title>My \n NAS</title>');
    const error = await failure(connect(server).get('/version'));
    await server.close();
    expect(error).to.include({ code: 'PMX_NOT_PVE', exitCode: 2 });
    expect(error.message).to.contain('the web page "My NAS"');
  });

  it('a web page without a title', async () => {
    const server = await new TestServer().listen();
    server.handler = (_, response) => void response.end('<html>hello');
    const error = await failure(connect(server).get('/version'));
    await server.close();
    expect(error.message).to.contain('a web page');
  });

  for (const [product, answer] of [
    ['Proxmox Backup Server', '<title>Proxmox Backup Server</title>'],
    ['Proxmox Mail Gateway', '<title>pmg - Proxmox Mail Gateway</title>'],
    ['Proxmox Datacenter Manager', '<title>Proxmox Datacenter Manager</title>'],
  ] as const) {
    it(`${product}, by its page`, async () => {
      for (const status of [200, 404]) {
        const server = await new TestServer().listen();
        server.handler = (_, response) => void response.writeHead(status).end(answer);
        const error = await failure(connect(server).get('/version'));
        await server.close();
        expect(error).to.include({ code: 'PMX_NOT_PVE', exitCode: 2 });
        expect(error.message).to.contain(`it is a ${product}`);
      }
    });
  }

  it('the port of a backup server at which nothing answers', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const error = unreachable({ host: 'pbs', port: 8007 }, refused);
    expect(error.hints[0]).to.contain('8007 is the port of Proxmox Backup Server');
    expect(unreachable({ host: 'pve', port: 8006 }, refused).hints.join()).to.not.contain('8007');
  });

  it('595 and 596: the server answers, a node behind it does not', async () => {
    const server = await new TestServer().listen();
    for (const [status, reason] of [
      [595, 'No route to host'],
      [596, 'Connection timed out'],
    ] as const) {
      server.handler = (_, response) => empty(response, status, reason);
      const pve = connect(server, { retry: { tries: 1 } });
      const error = await failure(pve.get('/nodes/pve7/status'));
      expect(error).to.include({ code: 'PMX_NODE_UNREACHABLE', exitCode: 2 });
      expect(error.message).to.contain('node pve7').and.to.contain(String(status));
    }
    await server.close();
  });

  it('a changed certificate: both fingerprints, and the command for this context', async () => {
    const server = await new TestServer().listen();
    const pinned = Array.from({ length: 32 }, () => 'AB').join(':');
    const error = await failure(
      connect(server, { trust: { fingerprint: pinned, context: 'lab' } }).get('/version'),
    );
    await server.close();
    const seen = String(error.data['fingerprint']);
    expect(error.message).to.contain(pinned).and.to.contain(seen);
    expect(error.hints.join('\n')).to.contain(`pmx login lab --fingerprint ${seen}`);
  });

  it('a self-signed certificate without a context: host and port in the command', async () => {
    const server = await new TestServer('self-signed.crt.pem').listen();
    const { port } = server;
    const error = await failure(connect(server, { trust: {} }).get('/version'));
    await server.close();
    expect(error.message).to.contain('is self-signed');
    expect(error.hints.join('\n')).to.contain(
      `pmx login --host localhost:${port} --fingerprint ${String(error.data['fingerprint'])}`,
    );
  });
});

describe('api: how long it takes to give up', () => {
  it('a refused connection: one more try, and soon', async () => {
    const free = await withTcp(
      () => undefined,
      async (port) => port,
    );
    const lines: string[] = [];
    const started = Date.now();
    const pve = clientAt(free, { debug: (line) => lines.push(line) });
    expect(await failure(pve.get('/version'))).to.include({ code: 'PMX_UNREACHABLE' });
    expect(lines.filter((line) => line.startsWith('→'))).to.have.length(2);
    // Three tries with the usual pauses would be six seconds.
    expect(Date.now() - started).to.be.below(4000);
  });

  it('a server that was there a moment ago is worth all tries', async () => {
    const server = await new TestServer().listen();
    server.handler = (_, response) => {
      response.setHeader('connection', 'close');
      json(response, { data: 'x' });
    };
    const lines: string[] = [];
    const pve = connect(server, { debug: (line) => lines.push(line) });
    await pve.get('/a');
    await server.close();
    lines.length = 0;
    await failure(pve.get('/b'));
    expect(lines.filter((line) => line.startsWith('→'))).to.have.length(3);
  });

  it('a black hole: once, for as long as connecting may take', async () => {
    const lines: string[] = [];
    const error = await withTcp(
      () => undefined,
      (port) =>
        failure(
          clientAt(port, {
            timeouts: { connect: 200 },
            debug: (line) => lines.push(line),
          }).get('/version'),
        ),
    );
    expect(error.data).to.include({ reason: 'ETIMEDOUT' });
    expect(lines.filter((line) => line.startsWith('→'))).to.have.length(1);
  });

  it('the limit of a call holds for a login that hangs, too', async () => {
    const server = await new TestServer().listen();
    server.handler = () => undefined;
    const pve = connect(server, {
      credentials: { type: 'password', username: 'root@pam', password: 'hidden-password' },
      timeouts: { overall: 300, response: 30_000 },
    });
    const started = Date.now();
    const error = await failure(pve.get('/version'));
    expect(error).to.include({ code: 'PMX_TIMEOUT', exitCode: 2 });
    expect(Date.now() - started).to.be.within(250, 10_000);
    pve.close();
    await server.close();
  });
});
