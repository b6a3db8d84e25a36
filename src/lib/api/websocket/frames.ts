import { randomBytes } from 'node:crypto';

export const opcodes = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

export type Opcode = (typeof opcodes)[keyof typeof opcodes];

const known = new Set<number>(Object.values(opcodes));
/** What a frame between others (close, ping, pong) may hold. */
const controlLimit = 125;
const defaultLimit = 16 * 2 ** 20;

/** What arrived: a whole message, however many frames it came in, or a word between two of them. */
export type Message =
  | { type: 'data'; payload: Buffer }
  | { type: 'ping' | 'pong'; payload: Buffer }
  | { type: 'close'; code: number | undefined; reason: string };

/** The other side breaks the rules of RFC 6455, or sends more than anybody should. */
export class FrameError extends Error {
  /** For the close frame that answers it. */
  readonly status: number;

  constructor(message: string, status = 1002) {
    super(message);
    this.name = 'FrameError';
    this.status = status;
  }
}

/** A whole message in one frame. Clients mask, so that nothing in between takes it for HTTP. */
export function encodeFrame(
  opcode: Opcode,
  payload: Uint8Array,
  mask: Uint8Array = randomBytes(4),
): Buffer {
  const { length } = payload;
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extra + 4 + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) frame.writeUInt16BE(length, 2);
  if (extra === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const start = 2 + extra + 4;
  frame.set(mask.subarray(0, 4), start - 4);
  for (let index = 0; index < length; index++)
    frame[start + index] = payload[index]! ^ mask[index & 3]!;
  return frame;
}

/** The payload of a close frame. */
export function closePayload(status: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(status);
  return payload;
}

/** Takes bytes as they come and gives messages: frames from a server, which are not masked. */
export class FrameReader {
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Parts of a message whose last frame has not come yet. */
  #parts: Buffer[] | undefined;
  #collected = 0;

  /** @param limit bytes of a message */
  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  /** @throws FrameError */
  push(chunk: Buffer): Message[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const messages: Message[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) {
      const message = this.#take(frame);
      if (message) messages.push(message);
    }
    return messages;
  }

  #next(): { opcode: number; last: boolean; payload: Buffer } | undefined {
    const head = this.#peek(14);
    if (head.length < 2) return undefined;
    const [first, second] = [head[0]!, head[1]!];
    const opcode = first & 0x0f;
    const last = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) throw new FrameError('a reserved bit is set');
    if (!known.has(opcode)) throw new FrameError(`opcode ${opcode} is not known`);
    if ((second & 0x80) !== 0) throw new FrameError('a server does not mask');
    const short = second & 0x7f;
    const control = opcode >= opcodes.close;
    if (control && (!last || short > controlLimit))
      throw new FrameError('a control frame is one frame of at most 125 bytes');
    const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (head.length < 2 + extra) return undefined;
    const length =
      extra === 0 ? short : extra === 2 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
    // Told before the bytes come: nobody has to hold them first.
    if (!control && this.#collected + length > this.#limit)
      throw new FrameError(`a message has more than ${this.#limit} bytes`, 1009);
    if (this.#buffered < 2 + extra + length) return undefined;
    this.#drop(2 + extra);
    const payload = this.#peek(length);
    this.#drop(length);
    return { opcode, last, payload };
  }

  #take({
    opcode,
    last,
    payload,
  }: {
    opcode: number;
    last: boolean;
    payload: Buffer;
  }): Message | undefined {
    if (opcode === opcodes.ping) return { type: 'ping', payload };
    if (opcode === opcodes.pong) return { type: 'pong', payload };
    if (opcode === opcodes.close) return closeOf(payload);
    if ((opcode === opcodes.continuation) !== (this.#parts !== undefined))
      throw new FrameError(
        this.#parts ? 'a message begins within another one' : 'a message has no beginning',
      );
    const parts = (this.#parts ??= []);
    parts.push(payload);
    this.#collected += payload.length;
    if (!last) return undefined;
    this.#parts = undefined;
    this.#collected = 0;
    return { type: 'data', payload: parts.length === 1 ? parts[0]! : Buffer.concat(parts) };
  }

  /** Up to `length` bytes from the front; they stay. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0];
    if (!first) return Buffer.alloc(0);
    if (first.length < length && this.#chunks.length > 1)
      this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!.subarray(0, length);
  }

  #drop(length: number): void {
    this.#buffered -= length;
    for (let left = length; left > 0;) {
      const first = this.#chunks[0]!;
      if (first.length > left) {
        this.#chunks[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#chunks.shift();
    }
  }
}

function closeOf(payload: Buffer): Message {
  if (payload.length === 1) throw new FrameError('a close frame has no half of a code');
  return payload.length === 0
    ? { type: 'close', code: undefined, reason: '' }
    : {
        type: 'close',
        code: payload.readUInt16BE(0),
        reason: payload.subarray(2).toString('utf8'),
      };
}
