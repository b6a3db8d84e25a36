import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';

import { expect } from 'chai';

import { timeoutsOf } from '#dist/lib/access/timeouts.js';
import { createPveClient, type PveClient } from '#dist/lib/api/index.js';
import { logIn, readRealms } from '#dist/lib/api/login.js';
import { TlsConnector } from '#dist/lib/auth/connector.js';
import { fixture } from './server.ts';

const limitMillis = 2000;
const timeouts = timeoutsOf(limitMillis / 1000);
const trust = { insecure: true };
const credentials = { type: 'token', tokenId: 'root@pam!x', secret: 'not-a-real-secret' } as const;

/** How a server fails to answer; what is given takes each connection. */
const sick: Record<string, (() => Promise<Sick>) | undefined> = {
  /** The queue of connections is full and nobody takes from it: SYNs are dropped. */
  'a port that takes no more connections':
    process.platform === 'linux' ? () => Deaf.start() : undefined,
  'a TLS handshake that never begins': () => SickServer.start(() => undefined),
  'a TLS handshake that trickles': () =>
    SickServer.start((socket) => {
      // The head of a TLS record of 16 KiB, then a byte of it now and then.
      socket.write(Buffer.from([22, 3, 3, 0x40, 0]));
      trickle(socket, '\u0002');
    }),
  'no answer at all': () => SickServer.startTls(() => undefined),
  'headers that trickle': () =>
    SickServer.startTls((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      trickle(socket, 'x');
    }),
  'a body that trickles': () =>
    SickServer.startTls((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{"data":"');
      trickle(socket, 'x');
    }),
  'a body without end': () =>
    SickServer.startTls((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      trickle(socket, '1\r\nx\r\n');
    }),
  'a slow handshake, and no answer behind it': () =>
    SickServer.startTls(() => undefined, limitMillis * 0.7),
  'an overloaded server (503), again and again': () =>
    SickServer.startTls((socket) => {
      socket.end('HTTP/1.1 503 overloaded\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }),
};

/** Everything that pmx asks of a server by itself; all have the limit of --request-timeout. */
const calls: Record<string, (endpoint: string) => Promise<unknown>> = {
  'a read': (endpoint) => withClient(endpoint, (pve) => pve.get('/version')),
  'a write': (endpoint) => withClient(endpoint, (pve) => pve.send('POST', '/pools')),
  'the identity of a server': (endpoint) => withClient(endpoint, (pve) => pve.identity()),
  'its API description': (endpoint) =>
    withClient(endpoint, (pve) => pve.fetchDocument!('/pve-docs/api-viewer/apidoc.js')),
  'a read with a password': (endpoint) =>
    withClient(endpoint, (pve) => pve.get('/version'), {
      type: 'password',
      username: 'root@pam',
      password: 'not-a-real-password',
    }),
  'a login': (endpoint) =>
    logIn({ endpoint, trust, timeouts }, { username: 'a@pam', password: 'b', otp: async () => '' }),
  'the realms': (endpoint) => readRealms({ endpoint, trust, timeouts }),
  'a look at the certificate': (endpoint) => {
    const { hostname, port } = new URL(endpoint);
    return new TlsConnector(
      { host: hostname, port: Number(port) },
      {},
      timeouts.connect!,
    ).inspect();
  },
};

/** Where there is an answer to it: the certificate shows, or the first answer says enough. */
const answered = new Set([
  ...['no answer at all', 'headers that trickle', 'a body that trickles', 'a body without end'].map(
    (server) => `a look at the certificate: ${server}`,
  ),
  ...['the identity of a server', 'a look at the certificate'].flatMap((call) =>
    [
      'a slow handshake, and no answer behind it',
      'an overloaded server (503), again and again',
    ].map((server) => `${call}: ${server}`),
  ),
  ...['no answer at all', 'headers that trickle', 'a body that trickles', 'a body without end'].map(
    (server) => `the identity of a server: ${server}`,
  ),
  ...['a write', 'its API description', 'a login', 'the realms'].map(
    (call) => `${call}: an overloaded server (503), again and again`,
  ),
]);

async function withClient(
  endpoint: string,
  ask: (pve: PveClient) => Promise<unknown>,
  as: Parameters<typeof createPveClient>[0]['credentials'] = credentials,
): Promise<unknown> {
  const pve = createPveClient({ endpoint, trust, timeouts, credentials: as });
  try {
    return await ask(pve);
  } finally {
    pve.close();
  }
}

interface Sick {
  endpoint: string;
  stop(): void;
}

function trickle(socket: Socket, bytes: string): void {
  const timer = setInterval(() => socket.write(bytes), 50);
  socket.once('close', () => clearInterval(timer));
}

class SickServer implements Sick {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
  }

  static async start(take: (socket: Socket) => void): Promise<SickServer> {
    return new SickServer(createServer(take)).#listen();
  }

  /** @param delay milliseconds before the handshake goes on */
  static async startTls(take: (socket: Socket) => void, delay = 0): Promise<SickServer> {
    const tls = createTlsServer(
      { key: fixture('server.key.pem'), cert: fixture('server.crt.pem') },
      (socket) => {
        socket.on('error', () => undefined);
        socket.once('data', () => take(socket));
      },
    );
    if (delay === 0) return new SickServer(tls).#listen();
    const late = createServer({ pauseOnConnect: true }, (socket) => {
      setTimeout(() => {
        if (socket.destroyed) return;
        socket.resume();
        tls.emit('connection', socket);
      }, delay);
    });
    tls.on('tlsClientError', () => undefined);
    return new SickServer(late).#listen();
  }

  async #listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

/** A process that listens and is stopped; its queue is filled, so the kernel drops what comes. */
class Deaf implements Sick {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #fillers: readonly Socket[];

  private constructor(endpoint: string, child: ChildProcess, fillers: readonly Socket[]) {
    this.endpoint = endpoint;
    this.#child = child;
    this.#fillers = fillers;
  }

  static async start(): Promise<Deaf> {
    const program = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 },
      function () { console.log(this.address().port); })`;
    const child = spawn(process.execPath, ['-e', program]);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    child.kill('SIGSTOP');
    await sleep(50);
    const fillers = Array.from({ length: 8 }, () =>
      connect({ port, host: '127.0.0.1' }).on('error', () => undefined),
    );
    await sleep(100);
    return new Deaf(`https://127.0.0.1:${port}`, child, fillers);
  }

  stop(): void {
    for (const socket of this.#fillers) socket.destroy();
    this.#child.kill('SIGKILL');
  }
}

interface Ending {
  millis: number;
  /** By how much a plain timer of this process was late meanwhile: what the machine takes. */
  slack: number;
  code: string | undefined;
}

/** All at once, for each lasts its two seconds. */
async function measure(ask: () => Promise<unknown>): Promise<Ending> {
  const started = performance.now();
  const late = sleep(limitMillis).then(() => performance.now() - started - limitMillis);
  const code = await ask().then(
    () => undefined,
    (error: { code: string }) => error.code,
  );
  const millis = performance.now() - started;
  return { millis, slack: Math.max(0, await late), code };
}

describe(`--request-timeout ${limitMillis / 1000} is obeyed within 10 %`, function () {
  this.timeout(60_000);
  const endings = new Map<string, Ending>();
  const servers: Sick[] = [];

  before(async () => {
    // What is loaded on first use is none of the server's time.
    await withClient('https://127.0.0.1:1', (pve) => pve.get('/version')).catch(() => undefined);
    for (const [name, start] of Object.entries(sick)) {
      if (!start) continue;
      const server = await start();
      servers.push(server);
      await Promise.all(
        Object.entries(calls).map(async ([call, ask]) => {
          endings.set(`${call}: ${name}`, await measure(() => ask(server.endpoint)));
        }),
      );
    }
  });

  after(() => {
    for (const server of servers) server.stop();
  });

  for (const [name, start] of Object.entries(sick)) {
    for (const call of Object.keys(calls)) {
      const title = `${call}: ${name}`;
      if (answered.has(title)) continue;
      it(title, function () {
        if (!start) return this.skip();
        const { millis, slack, code } = endings.get(title)!;
        expect(code).to.be.oneOf(['PMX_TIMEOUT', 'PMX_UNREACHABLE', 'PMX_ANSWER_LOST']);
        expect(millis, `slack ${slack}`).to.be.within(limitMillis * 0.9, limitMillis * 1.1 + slack);
      });
    }
  }

  it('several black holes have one limit together', async () => {
    const hole = await SickServer.start(() => undefined);
    const other = await SickServer.start(() => undefined);
    for (const ask of [
      (pve: PveClient) => pve.get('/version'),
      (pve: PveClient) => pve.identity(),
    ]) {
      const pve = createPveClient({
        ...{ endpoint: hole.endpoint, alternatives: [other.endpoint] },
        ...{ trust, timeouts, credentials },
      });
      const { millis, slack, code } = await measure(() => ask(pve));
      pve.close();
      expect(code).to.be.oneOf(['PMX_TIMEOUT', 'PMX_UNREACHABLE']);
      expect(millis, `slack ${slack}`).to.be.within(limitMillis * 0.9, limitMillis * 1.1 + slack);
    }
    hole.stop();
    other.stop();
  });

  it('a port where nobody listens is no wait at all', async () => {
    const { millis, code } = await measure(() =>
      withClient('https://127.0.0.1:1', (pve) => pve.get('/version')),
    );
    expect(code).to.equal('PMX_UNREACHABLE');
    expect(millis).to.be.below(limitMillis);
  });
});
