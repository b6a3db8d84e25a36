import { createHash } from 'node:crypto';
import { duplexPair, type Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';
import fc from 'fast-check';

import {
  closePayload,
  encodeFrame,
  FrameError,
  FrameReader,
  type Message,
  type Opcode,
  opcodes,
} from '#dist/lib/api/websocket/frames.js';
import { WebSocketStream } from '#dist/lib/api/websocket/stream.js';
import { connect, failure, TestServer } from './server.ts';

/** A frame as servers send them: not masked. */
function serverFrame(opcode: number, payload: Uint8Array, last = true): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (last ? 0x80 : 0) | opcode;
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** What a server sees in frames of a client. */
function unmasked(frame: Buffer): { opcode: number; payload: Buffer } {
  const short = frame[1]! & 0x7f;
  const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
  const length =
    extra === 0 ? short : extra === 2 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  const start = 2 + extra + 4;
  const payload = Buffer.from(frame.subarray(start, start + length));
  for (let at = 0; at < length; at++) payload[at]! ^= frame[start - 4 + (at & 3)]!;
  expect(frame[1]! & 0x80, 'masked').to.equal(0x80);
  expect(frame.length).to.equal(start + length);
  return { opcode: frame[0]! & 0x0f, payload };
}

function inPieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
}

describe('frames of a WebSocket', () => {
  it('what is encoded is masked, and holds what was given', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.constantFrom<Opcode>(opcodes.binary, opcodes.text, opcodes.ping),
        (payload, mask, opcode) => {
          const seen = unmasked(encodeFrame(opcode, payload, mask));
          expect(seen.opcode).to.equal(opcode);
          expect(seen.payload.equals(Buffer.from(payload))).to.equal(true);
        },
      ),
    );
  });

  for (const length of [0, 125, 126, 65_535, 65_536, 70_000])
    it(`a payload of ${length} bytes, both ways`, () => {
      const payload = Buffer.alloc(length, 7);
      expect(unmasked(encodeFrame(opcodes.binary, payload)).payload.equals(payload)).to.equal(true);
      const [message] = new FrameReader().push(serverFrame(2, payload));
      expect((message as { payload: Buffer }).payload.equals(payload)).to.equal(true);
    });

  it('messages are the same however the bytes and the messages are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 }), {
          maxLength: 5,
        }),
        fc.array(fc.nat()),
        (messages, cuts) => {
          const bytes = Buffer.concat(
            messages.flatMap((parts) =>
              parts.flatMap((part, index) => [
                serverFrame(index === 0 ? 2 : 0, part, index === parts.length - 1),
                // A ping may come between the parts of a message.
                serverFrame(9, Buffer.from('?')),
              ]),
            ),
          );
          const reader = new FrameReader();
          const read = inPieces(bytes, cuts).flatMap((piece) => reader.push(piece));
          const data = read.flatMap((message) =>
            message.type === 'data' ? [message.payload.toString('hex')] : [],
          );
          expect(data).to.deep.equal(messages.map((parts) => Buffer.concat(parts).toString('hex')));
          const pings = read.filter(({ type }) => type === 'ping');
          expect(pings).to.have.length(messages.flat().length);
        },
      ),
    );
  });

  it('random bytes give messages or a FrameError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          new FrameReader(1000).push(Buffer.from(bytes));
        } catch (error) {
          expect(error).to.be.instanceOf(FrameError);
        }
      }),
    );
  });

  it('a close has its code and reason, or none', () => {
    const close = (payload: Buffer): Message[] => new FrameReader().push(serverFrame(8, payload));
    expect(close(Buffer.concat([closePayload(1001), Buffer.from('bye')]))).to.deep.equal([
      { type: 'close', code: 1001, reason: 'bye' },
    ]);
    expect(close(Buffer.alloc(0))).to.deep.equal([{ type: 'close', code: undefined, reason: '' }]);
  });

  for (const [what, bytes, status] of [
    ['a reserved bit', Buffer.from([0xc2, 0]), 1002],
    ['an unknown opcode', Buffer.from([0x83, 0]), 1002],
    ['a masked frame', encodeFrame(opcodes.binary, Buffer.from('x')), 1002],
    ['a ping in parts', Buffer.from([0x09, 0]), 1002],
    ['a long ping', Buffer.from([0x89, 126, 1, 0]), 1002],
    ['a continuation of nothing', serverFrame(0, Buffer.from('x')), 1002],
    [
      'a beginning within a message',
      Buffer.concat([serverFrame(2, Buffer.from('x'), false), serverFrame(2, Buffer.from('y'))]),
      1002,
    ],
    ['half of a close code', serverFrame(8, Buffer.from([3])), 1002],
    // The head alone: nobody has to hold the bytes to be told.
    ['more than the limit', serverFrame(2, Buffer.alloc(1001)).subarray(0, 4), 1009],
    [
      'more than the limit in parts',
      Buffer.concat([
        serverFrame(2, Buffer.alloc(600), false),
        serverFrame(0, Buffer.alloc(600), false),
      ]),
      1009,
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(() => new FrameReader(1000).push(bytes))
        .to.throw(FrameError)
        .with.property('status', status);
    });
});

describe('the stream of a WebSocket', () => {
  function pair(limit?: number): { stream: WebSocketStream; server: Duplex } {
    const [near, server] = duplexPair();
    return { stream: new WebSocketStream(near, Buffer.alloc(0), undefined, limit), server };
  }

  const all = async (stream: Duplex): Promise<string> => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  };

  it('reads what came with the upgrade and after it, until the other side closes', async () => {
    const [near, server] = duplexPair();
    const stream = new WebSocketStream(near, serverFrame(2, Buffer.from('OK')));
    server.write(serverFrame(2, Buffer.from(' and more')));
    server.write(serverFrame(8, closePayload(1000)));
    expect(await all(stream)).to.equal('OK and more');
    const answer = server.read() as Buffer;
    expect(unmasked(answer)).to.deep.equal({ opcode: 8, payload: closePayload(1000) });
  });

  it('ends with the connection as well', async () => {
    const { stream, server } = pair();
    server.end(serverFrame(2, Buffer.from('last')));
    expect(await all(stream)).to.equal('last');
  });

  it('answers a ping with what it holds', async () => {
    const { stream, server } = pair();
    stream.resume();
    server.write(serverFrame(9, Buffer.from('are you there')));
    await delay(5);
    const { opcode, payload } = unmasked(server.read() as Buffer);
    expect([opcode, payload.toString()]).to.deep.equal([10, 'are you there']);
  });

  it('closes when this side ends, and takes back the farewell', async () => {
    const { stream, server } = pair();
    stream.resume();
    stream.end('bye');
    await delay(5);
    // Node 26 hands out what was written piece by piece, older ones all at once.
    const pieces = [];
    for (let piece; (piece = server.read() as Buffer | null) !== null;) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    expect(unmasked(bytes.subarray(0, 9)).payload.toString()).to.equal('bye');
    expect(unmasked(bytes.subarray(9)).opcode).to.equal(8);
    server.write(serverFrame(8, closePayload(1000)));
    await new Promise((resolve) => stream.once('close', resolve));
  });

  it('a broken rule ends it with an error, and says which to the server', async () => {
    const { stream, server } = pair(10);
    server.write(serverFrame(2, Buffer.alloc(11)));
    const error = await failure(all(stream));
    expect(error.message).to.include('more than 10 bytes');
    expect(unmasked(server.read() as Buffer).payload.readUInt16BE(0)).to.equal(1009);
  });
});

describe('a client that opens a WebSocket', () => {
  let server: TestServer;
  beforeEach(async () => void (server = await new TestServer().listen()));
  afterEach(() => server.close());

  it('sends credentials and the protocol that PVE knows; bytes go both ways', async () => {
    const seen: Record<string, unknown> = {};
    server.onUpgrade((request, socket) => {
      Object.assign(seen, request.headers, { url: request.url });
      const key = String(request.headers['sec-websocket-key']);
      const accept = createHash('sha1')
        .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.write(serverFrame(2, Buffer.from('OK')));
      socket.once('data', (frame: Buffer) => {
        socket.write(serverFrame(2, unmasked(frame).payload));
        socket.end(serverFrame(8, closePayload(1000)));
      });
    });
    const client = connect(server);
    const stream = await client.openStream!('/nodes/pve1/lxc/100/vncwebsocket', {
      port: 5900,
      vncticket: 'PVEVNC:1::a+b/c=',
    });
    stream.write('echo');
    let text = '';
    for await (const part of stream) text += String(part);
    expect(text).to.equal('OKecho');
    expect(seen['authorization']).to.match(/^PVEAPIToken=/);
    expect(seen['sec-websocket-protocol']).to.equal('binary');
    expect(seen['url']).to.equal(
      '/api2/json/nodes/pve1/lxc/100/vncwebsocket?port=5900&vncticket=PVEVNC%3A1%3A%3Aa%2Bb%2Fc%3D',
    );
    client.close();
  });

  it('what the server answers instead is the error', async () => {
    server.onUpgrade((_, socket) =>
      socket.end(
        'HTTP/1.1 401 permission denied - invalid PVEVNC ticket\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    const client = connect(server);
    const error = await failure(client.openStream!('/nodes/pve1/lxc/100/vncwebsocket'));
    expect(error).to.include({ code: 'PMX_AUTH_FAILED', exitCode: 3 });
    client.close();
  });

  it('a wrong accept key is no WebSocket server', async () => {
    server.onUpgrade((_, socket) =>
      socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n',
      ),
    );
    const client = connect(server);
    const error = await failure(client.openStream!('/nodes/pve1/lxc/100/vncwebsocket'));
    expect(error).to.include({ code: 'PMX_STREAM_BROKEN', exitCode: 2 });
    client.close();
  });
});
