import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { ReachabilityFile } from '#dist/lib/access/reachability.js';
import type { PveClient, PveConnection } from '#dist/lib/api/index.js';
import { connect, empty, failure, fixture, fixturePath, json, TestServer } from './server.ts';

/** A port of this machine at which nothing listens. */
async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `https://localhost:${port}`;
}

describe('api: several endpoints of one cluster', () => {
  let first: TestServer;
  let second: TestServer;
  let dead: string;
  let notices: string[];
  let down: Map<string, boolean>;
  let clients: PveClient[];

  beforeEach(async () => {
    [first, second] = [await new TestServer().listen(), await new TestServer().listen()];
    first.handler = (_, response) => json(response, { data: 'first' });
    second.handler = (_, response) => json(response, { data: 'second' });
    dead = await deadEndpoint();
    notices = [];
    down = new Map();
    clients = [];
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await first.close();
    await second.close();
  });

  const client = (changes: Partial<PveConnection>): PveClient => {
    const made = connect(first, {
      notice: (text) => notices.push(text),
      reachability: {
        isDown: (endpoint) => down.get(endpoint) === true,
        note: (endpoint, isDown) => void down.set(endpoint, isDown),
      },
      ...changes,
    });
    clients.push(made);
    return made;
  };

  it('asks the first one as long as it answers', async () => {
    const pve = client({ alternatives: [second.endpoint] });
    expect(await pve.get('/version')).to.equal('first');
    expect(second.connections).to.equal(0);
    expect(notices).to.be.empty;
  });

  it('skips a dead node, says so once, remembers it and stays with the next', async () => {
    const pve = client({ endpoint: dead, alternatives: [first.endpoint, second.endpoint] });
    expect(await Promise.all([pve.get('/a'), pve.get('/b')])).to.deep.equal(['first', 'first']);
    expect(await pve.get('/c')).to.equal('first');
    expect(notices).to.deep.equal([`${dead} cannot be reached; using ${first.endpoint}.`]);
    expect(down.get(dead)).to.equal(true);
    expect((await pve.identity()).port).to.equal(first.port);
    expect(second.connections).to.equal(0);
  });

  it('takes a write along, for nothing of it had been sent', async () => {
    const pve = client({ endpoint: dead, alternatives: [first.endpoint] });
    expect(await pve.send('POST', '/x', { a: 1 })).to.equal('first');
    expect(first.seen.map(({ method }) => method)).to.deep.equal(['POST']);
  });

  it('never sends a write again whose answer was lost', async () => {
    first.handler = (_, __, socket) => void socket.destroy();
    const pve = client({ alternatives: [second.endpoint] });
    expect(await failure(pve.send('POST', '/x'))).to.include({ code: 'PMX_ANSWER_LOST' });
    expect(second.connections).to.equal(0);
    expect(first.seen).to.have.length(1);
  });

  it('takes what a server says for an answer, be it 595, 500 or 401', async () => {
    for (const status of [595, 500, 401]) {
      first.handler = (_, response) => empty(response, status, 'no');
      const pve = client({ alternatives: [second.endpoint], retry: { tries: 1 } });
      expect((await failure(pve.get('/x'))).data['status']).to.equal(status);
    }
    expect(second.connections).to.equal(0);
    expect(down.size === 0 || [...down.values()].every((value) => !value)).to.equal(true);
  });

  it('stops at a certificate that is not the pinned one, wherever it is shown', async () => {
    second.useCertificate('self-signed.crt.pem');
    const pinned = new X509Certificate(fixture('server.crt.pem')).fingerprint256;
    const pve = client({
      endpoint: dead,
      alternatives: [second.endpoint],
      trust: { fingerprint: pinned, context: 'lab' },
    });
    const error = await failure(pve.get('/version'));
    expect(error.code).to.equal('PMX_TLS_FINGERPRINT_CHANGED');
    expect(error.hints.join()).to.contain('--ca-cert');
    await second.settle();
    expect(second.received).to.equal(0);
  });

  it('asks one that was dead a moment ago last', async () => {
    down.set(first.endpoint, true);
    const pve = client({ alternatives: [second.endpoint] });
    expect(await pve.get('/version')).to.equal('second');
    expect(first.connections).to.equal(0);
    expect(notices, 'it was said when it was found out').to.be.empty;
  });

  it('but does ask it when nothing else is left, and forgets the grudge', async () => {
    down.set(first.endpoint, true);
    const pve = client({ alternatives: [dead] });
    expect(await pve.get('/version')).to.equal('first');
    expect(down.get(first.endpoint)).to.equal(false);
  });

  it('names all of them when none can be reached, and remembers none: it is our network then', async () => {
    const other = await deadEndpoint();
    const pve = client({ endpoint: dead, alternatives: [other] });
    const error = await failure(pve.get('/version'));
    expect(error).to.include({ code: 'PMX_UNREACHABLE', exitCode: 2 });
    for (const endpoint of [dead, other]) expect(error.message).to.contain(new URL(endpoint).port);
    expect(down.size).to.equal(0);
    expect(notices).to.be.empty;
  });

  it('an upload finds out beforehand which one is alive', async () => {
    const { Readable } = await import('node:stream');
    first.handler = (_, response) => json(response, { data: 'UPID:x' });
    const pve = client({ endpoint: dead, alternatives: [first.endpoint] });
    const upid = await pve.upload({
      node: 'pve1',
      storage: 'local',
      content: 'iso',
      filename: 'a.iso',
      body: Readable.from([Buffer.from('data')]),
      length: 4,
    });
    expect(upid).to.equal('UPID:x');
  });
});

describe('api: endpoints that were dead a short while ago', () => {
  let folder: string;
  let now: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pmx-reach-'));
    now = 1_000_000;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (directory = folder) => new ReachabilityFile(directory, () => now);

  it('are known to the next run for two minutes, not longer', () => {
    file().note('https://a', true);
    expect(file().isDown('https://a')).to.equal(true);
    expect(file().isDown('https://b')).to.equal(false);
    now += 119_000;
    expect(file().isDown('https://a')).to.equal(true);
    now += 2000;
    expect(file().isDown('https://a')).to.equal(false);
  });

  it('are forgotten when they answer, or when the clock was set back', () => {
    file().note('https://a', true);
    file().note('https://b', true);
    file().note('https://a', false);
    expect([file().isDown('https://a'), file().isDown('https://b')]).to.deep.equal([false, true]);
    now -= 1;
    expect(file().isDown('https://b')).to.equal(false);
  });

  it('a broken or unwritable memory does no harm', () => {
    writeFileSync(join(folder, 'unreachable.json'), '{"https://a": tru');
    expect(file().isDown('https://a')).to.equal(false);
    file().note('https://a', true);
    expect(file().isDown('https://a')).to.equal(true);
    const blocked = join(folder, 'blocked');
    mkdirSync(blocked);
    mkdirSync(join(blocked, 'unreachable.json'));
    expect(() => file(blocked).note('https://a', true)).to.not.throw();
    expect(file(blocked).isDown('https://a')).to.equal(false);
  });
});

describe('api: headers and proxy of a context', () => {
  it('sends the headers with reads, writes and uploads, and never in place of its own', async () => {
    const { Readable } = await import('node:stream');
    const server = await new TestServer().listen();
    server.handler = (_, response) => json(response, { data: 'x' });
    const pve = connect(server, {
      headers: { 'x-gate': 'open', Authorization: 'Basic none' },
      trust: { caFile: fixturePath('ca.crt.pem') },
    });
    await pve.get('/version');
    await pve.send('POST', '/x', { a: 1 });
    await pve.upload({
      node: 'n',
      storage: 's',
      content: 'iso',
      filename: 'a.iso',
      body: Readable.from([Buffer.from('data')]),
      length: 4,
    });
    pve.close();
    await server.close();
    expect(server.seen).to.have.length(3);
    for (const { headers } of server.seen) {
      expect(headers['x-gate']).to.equal('open');
      expect(headers.authorization).to.match(/^PVEAPIToken=/);
    }
  });

  it('hides the value of a secret header in errors', async () => {
    const server = await new TestServer().listen();
    server.handler = (_, response) => empty(response, 500, 'bad key gate-password');
    const pve = connect(server, { headers: { 'x-gate-secret': 'gate-password' } });
    const error = await failure(pve.get('/version'));
    pve.close();
    await server.close();
    expect(JSON.stringify([error.message, error.data])).to.not.contain('gate-password');
  });
});
