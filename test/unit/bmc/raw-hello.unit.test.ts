import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { defaultTimes, probe, type Probe } from '#dist/lib/bmc/index.js';
import { clientHello, HelloReader } from '#dist/lib/bmc/raw-hello.js';

import { makeCertificate, makeKey } from '../../../plugins/sandbox/dist/server/idrac/x509.js';

const subject = { commonName: 'iDRAC6 default certificate', organization: 'Dell Inc.' };

async function oldCertificate(): Promise<Buffer> {
  const pem = makeCertificate({
    subject,
    key: await makeKey(1024),
    notBefore: new Date(Date.UTC(2008, 0, 1)),
    notAfter: new Date(Date.UTC(2015, 0, 1)),
    digest: 'sha1',
  });
  return Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
}

const length = (bytes: number, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};
const message = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type]), length(3, body.length), body]);
const record = (version: number, content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([22]), length(2, version), length(2, content.length), content]);

/** ServerHello with RC4-SHA and the certificate. */
function serverFlight(version: number, certificate: Buffer): Buffer {
  const hello = Buffer.concat([
    length(2, version),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    length(2, 0x0005),
    Buffer.from([0]),
  ]);
  const one = Buffer.concat([length(3, certificate.length), certificate]);
  const list = Buffer.concat([length(3, one.length), one]);
  return Buffer.concat([message(2, hello), message(11, list), message(14, Buffer.alloc(0))]);
}

/** Speaks one version only, as a server of 2008; all others it refuses with an alert. */
function oldServer(version: number, certificate: Buffer): Server {
  return createServer((socket: Socket) => {
    socket
      .on('error', () => undefined)
      .once('data', (hello: Buffer) => {
        // The version of the hello itself, behind record and message headers.
        if (hello[0] !== 22 || hello.readUInt16BE(9) < version || hello.readUInt16BE(9) > 0x0303)
          return socket.end(Buffer.from([21, 3, 0, 0, 2, 2, 40]));
        if (version === 0x0300 && hello.readUInt16BE(9) !== 0x0300) return socket.destroy();
        return socket.write(record(version, serverFlight(version, certificate)));
      });
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function look(port: number): Promise<Probe> {
  return probe(
    { host: '127.0.0.1', port },
    {
      ...defaultTimes,
      tlsMillis: 500,
      deep: false,
      identify: true,
      signal: new AbortController().signal,
      now: () => Date.UTC(2026, 10, 26),
    },
  );
}

describe('reader of handshakes', () => {
  let certificate: Buffer;
  const servers: Server[] = [];
  const serve = (server: Server): Promise<number> => {
    servers.push(server);
    return listen(server);
  };

  before(async () => {
    certificate = await oldCertificate();
  });

  after(() => servers.forEach((server) => server.close()));

  it('reads the certificate of a server that speaks SSLv3 with RC4 only', async () => {
    const seen = await look(await serve(oldServer(0x0300, certificate)));
    expect(seen.failure).to.equal(null);
    expect(seen.tls).to.include({
      version: 'SSLv3',
      suite: 'TLS_RSA_WITH_RC4_128_SHA',
      via: 'raw',
      trusted: false,
    });
    expect(seen.chain[0]).to.include({ keyBits: 1024, sigAlg: 'sha1', defaultCert: true });
    expect(seen.chain[0]!.notAfter).to.equal('2015-01-01T00:00:00.000Z');
    expect(seen.identity).to.include({ generation: 6, generationBy: 'certificate' });
  });

  it('reads the certificate of a server that has RC4 only with TLS 1.0', async () => {
    const seen = await look(await serve(oldServer(0x0301, certificate)));
    expect(seen.tls).to.include({ version: 'TLSv1', via: 'raw' });
  });

  it('puts together what comes in pieces, also a message in two records', () => {
    const flight = serverFlight(0x0301, certificate);
    const bytes = Buffer.concat([
      record(0x0301, flight.subarray(0, 100)),
      record(0x0301, flight.subarray(100)),
    ]);
    const reader = new HelloReader();
    const answers = [...bytes].map((byte) => reader.push(Buffer.from([byte])));
    const [answer] = answers.filter((one) => one !== undefined);
    expect(answer).to.include({ version: 'TLSv1', suite: 'TLS_RSA_WITH_RC4_128_SHA' });
    expect(answer!.chain[0]!.equals(certificate)).to.equal(true);
  });

  it('says no extension to SSLv3, and names the host to the others', () => {
    expect(clientHello(0x0300, 'idrac.example').includes('idrac.example')).to.equal(false);
    expect(clientHello(0x0303, 'idrac.example').includes('idrac.example')).to.equal(true);
  });

  it('tells what is not TLS, what is closed, and what never answers', async () => {
    const web = createServer((socket) => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'));
    const silent = createServer((socket) => socket.on('error', () => undefined));
    const gone = createServer();
    const closedPort = await listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const [plain, mute, closed] = await Promise.all([
      look(await serve(web)),
      look(await serve(silent)),
      look(closedPort),
    ]);
    expect(plain!.failure).to.include({ stage: 'tls', code: 'NOT_TLS' });
    expect(mute!.failure).to.include({ stage: 'tls', code: 'TLS_TIMEOUT' });
    expect(closed!.failure).to.include({ stage: 'connect', code: 'ECONNREFUSED' });
  });
});
