import { once } from 'node:events';
import { createServer as createWeb } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { expect } from 'chai';

import { check, type CheckReport } from '#dist/lib/operations/idrac/check.js';

import {
  keyPem,
  makeCertificate,
  makeKey,
} from '../../../plugins/sandbox/dist/server/idrac/x509.js';

const day = 86_400_000;

describe('idrac check of what is no iDRAC', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => void sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  after(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(
      servers.map((server) => new Promise((resolve) => server.close(() => resolve(undefined)))),
    );
  });

  it('says of each what is the matter, and keeps the order in which they were named', async () => {
    const key = await makeKey(2048);
    const cert = makeCertificate({
      subject: { commonName: 'intranet' },
      key,
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 300 * day),
      digest: 'sha256',
    });
    const web = createWeb({ key: keyPem(key), cert }, (_, response) => {
      response.writeHead(200).end('hello');
    });
    const plain = createServer((socket) => {
      socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    const mute = createServer((socket) => void socket.on('error', () => undefined).resume());
    const gone = createServer();
    const closed = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    servers.pop();
    const targets = [
      { host: 'no-such-host.invalid', port: 443 },
      { host: '127.0.0.1', port: closed },
      { host: '127.0.0.1', port: await listen(plain) },
      { host: '127.0.0.1', port: await listen(mute) },
      { host: '127.0.0.1', port: await listen(web) },
    ];
    const run = (bmc: boolean): Promise<CheckReport> =>
      check({
        targets,
        bmc,
        thresholds: { warnDays: 30, critDays: 14 },
        parallel: 5,
        deep: false,
        pins: {},
        signal: new AbortController().signal,
        times: { tlsMillis: 300 },
      });
    const report = await run(true);
    expect(report.hosts.map(({ port }) => port)).to.deep.equal(targets.map(({ port }) => port));
    const said = report.hosts.map(({ status, findings: [first] }) => `${status} ${first!.id}`);
    expect(said).to.deep.equal([
      'unknown unreachable',
      'unknown unreachable',
      'unknown unreachable',
      'unknown unreachable',
      'unknown not-idrac',
    ]);
    const messages = report.hosts.map(({ findings: [first] }) => first!.message);
    expect(messages[0]).to.include('does not resolve');
    expect(messages[1]).to.include(`port ${closed} is closed`);
    expect(messages[2]).to.include('is not TLS');
    expect(messages[3]).to.include('no TLS answer');
    expect(messages[4]).to.include('no mark of a management controller');
    for (const { findings } of report.hosts) expect(findings[0]!.suggestion).to.not.equal('');
    // For any other host the same server is fine.
    const [, , , , other] = (await run(false)).hosts;
    expect(other!.findings.map(({ id }) => id)).to.deep.equal(['self-signed']);
  });
});
