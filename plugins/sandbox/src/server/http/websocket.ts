import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** pveproxy refuses frames that are larger. */
const LIMIT = 65_536;

/** The headers of a 101, or undefined when this is no request for a WebSocket as PVE takes it. */
export function acceptHeaders(request: IncomingMessage): string | undefined {
  const { upgrade, 'sec-websocket-key': key } = request.headers;
  const protocols = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  if (String(upgrade).toLowerCase() !== 'websocket' || key === undefined) return undefined;
  if (!protocols.includes('binary')) return undefined;
  const accept = createHash('sha1').update(`${key}${MAGIC}`).digest('base64');
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
    'Sec-WebSocket-Protocol: binary',
    '\r\n',
  ].join('\r\n');
}

function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, length])
      : Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]);
  return Buffer.concat([head, payload]);
}

/** The server's end of a WebSocket, as the bytes in it. */
export class WebSocketServerStream extends Duplex {
  readonly #socket: Duplex;
  #buffer: Buffer;
  #over = false;

  constructor(socket: Duplex, head: Buffer) {
    super();
    this.#socket = socket;
    this.#buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => this.#ended());
    this.#receive(head);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (let at = 0; at < chunk.length && !this.#over; at += LIMIT - 1)
      this.#socket.write(frame(2, chunk.subarray(at, at + LIMIT - 1)));
    done();
  }

  /** The program behind it has ended: PVE says so, and hangs up. */
  override _final(done: () => void): void {
    if (!this.#over) this.#socket.end(frame(8, Buffer.from([0x03, 0xe8])));
    done();
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.push(null);
    this.#socket.end();
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 6 && !this.#over) {
      const [first, second] = [this.#buffer[0]!, this.#buffer[1]!];
      const short = second & 0x7f;
      const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
      const start = 2 + extra + 4;
      if (this.#buffer.length < start) return;
      const length =
        extra === 0
          ? short
          : extra === 2
            ? this.#buffer.readUInt16BE(2)
            : Number(this.#buffer.readBigUInt64BE(2));
      // A client has to mask, and sends no more than fits.
      if ((second & 0x80) === 0 || length > LIMIT) return this.#ended();
      if (this.#buffer.length < start + length) return;
      const mask = this.#buffer.subarray(start - 4, start);
      const payload = Buffer.from(
        this.#buffer.subarray(start, start + length).map((byte, index) => byte ^ mask[index & 3]!),
      );
      this.#buffer = this.#buffer.subarray(start + length);
      const opcode = first & 0x0f;
      if (opcode === 8) {
        this.#socket.write(frame(8, payload.subarray(0, 2)));
        return this.#ended();
      }
      if (opcode === 9) this.#socket.write(frame(10, payload));
      else if (opcode < 3 && payload.length > 0) this.push(payload);
    }
  }
}
