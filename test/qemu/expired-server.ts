import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Where a guest on an open network of a sandbox finds the loopback of this machine. */
export const hostAddress = '10.0.2.2';

export interface ExpiredServer {
  /** As a guest sees it. */
  port: number;
  /** What to trust it by. */
  cert: string;
  stop: () => Promise<void>;
}

/** A server on the loopback whose certificate was valid from 2015 to 2018. */
export async function serveExpired(folder: string): Promise<ExpiredServer> {
  const { key, cert } = expired(folder);
  const server = createServer({ key, cert }, (_, response) => response.end('served\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cert,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const ntpPort = 123;
/** Seconds from 1900, with which NTP counts, to 1970. */
const ntpEpoch = 2_208_988_800;

export interface TimeServer {
  /** How often it was asked. */
  asked: () => number;
  stop: () => void;
}

/**
 * An SNTP server on the loopback with the time of this machine. Clients know no other port than 123, so
 * there are machines on which it cannot be: then the reason comes back.
 */
export async function serveTime(): Promise<TimeServer | string> {
  const socket = createSocket('udp4');
  let count = 0;
  socket.on('message', (request, { port, address }) => {
    count += 1;
    socket.send(answerTo(request), port, address);
  });
  const failed = await bound(socket);
  if (failed !== undefined) return `UDP port ${ntpPort} of the loopback: ${failed}`;
  return { asked: () => count, stop: () => void socket.close() };
}

function bound(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.once('error', ({ message }) => resolve(message));
    socket.bind(ntpPort, '127.0.0.1', () => resolve(undefined));
  });
}

/** RFC 4330: a server of stratum 1 that has just been set right. */
function answerTo(request: Buffer): Buffer {
  const answer = Buffer.alloc(48);
  const version = (request[0]! >> 3) & 7;
  answer[0] = (version << 3) | 4;
  answer[1] = 1;
  answer[2] = request[2]!;
  answer.writeInt8(-20, 3);
  answer.writeUInt32BE(65, 8);
  answer.write('LOCL', 12, 'latin1');
  const now = Date.now();
  writeTime(answer, 16, now);
  request.copy(answer, 24, 40, 48);
  writeTime(answer, 32, now);
  writeTime(answer, 40, now);
  return answer;
}

function writeTime(into: Buffer, at: number, millis: number): void {
  into.writeUInt32BE((Math.floor(millis / 1000) + ntpEpoch) % 2 ** 32, at);
  into.writeUInt32BE(Math.floor(((millis % 1000) / 1000) * 2 ** 32), at + 4);
}

/** Only `openssl ca` of all versions in use takes dates of the past. */
function expired(folder: string): { key: string; cert: string } {
  mkdirSync(folder);
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('index'), '');
  writeFileSync(file('serial'), '01\n');
  writeFileSync(
    file('conf'),
    [
      '[ca]',
      'default_ca=own',
      '[own]',
      `database=${file('index')}`,
      `serial=${file('serial')}`,
      `new_certs_dir=${folder}`,
      'default_md=sha256',
      'policy=any',
      'x509_extensions=ext',
      '[any]',
      'commonName=supplied',
      '[ext]',
      'basicConstraints=critical,CA:TRUE',
      'subjectAltName=IP:10.0.2.2',
      '[req]',
      'distinguished_name=dn',
      '[dn]',
      '',
    ].join('\n'),
  );
  const openssl = (...words: string[]): void => {
    const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
  };
  const request = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('csr')];
  openssl('req', '-new', '-config', file('conf'), '-subj', '/CN=10.0.2.2', ...request);
  openssl(
    ...['ca', '-batch', '-selfsign', '-notext', '-config', file('conf'), '-keyfile', file('key')],
    ...['-in', file('csr'), '-out', file('cert')],
    ...['-startdate', '20150101000000Z', '-enddate', '20180101000000Z'],
  );
  return { key: readFileSync(file('key'), 'utf8'), cert: readFileSync(file('cert'), 'utf8') };
}
