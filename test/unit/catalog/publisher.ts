import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server as publishers have them, on this machine: files with ranges and validators. */
export class Publisher {
  readonly asked: Array<{ path: string; range: string | undefined }> = [];
  readonly #files = new Map<string, Buffer | Answer>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  static async start(): Promise<Publisher> {
    const publisher = new Publisher();
    publisher.#server.listen(0, '127.0.0.1');
    await once(publisher.#server, 'listening');
    return publisher;
  }

  /** Stands for every host: `BASE/HOST/PATH`. */
  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @param url as in the catalogue, or a path */
  put(url: string, content: Buffer | string | Answer): void {
    const path = url.startsWith('http') ? `/${url.replace(/^https?:\/\//, '')}` : url;
    this.#files.set(path, typeof content === 'string' ? Buffer.from(content) : content);
  }

  clear(): void {
    this.#files.clear();
    this.asked.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    this.asked.push({ path, range: request.headers.range });
    const file = this.#files.get(path);
    if (file === undefined) return void response.writeHead(404, 'Not Found').end('nothing here');
    if (typeof file === 'function') return file(request, response);
    serveFile(file, request, response);
  }
}

export function serveFile(file: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const etag = `"${createHash('sha1').update(file).digest('hex')}"`;
  const headers = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const unchanged = (request.headers['if-range'] ?? etag) === etag;
  if (from === undefined || !unchanged) {
    response.writeHead(200, { ...headers, 'content-length': file.length });
    return void response.end(request.method === 'HEAD' ? undefined : file);
  }
  const start = from === '' ? Math.max(0, file.length - Number(to)) : Number(from);
  const end = from === '' || to === '' ? file.length : Math.min(file.length, Number(to) + 1);
  response.writeHead(206, {
    ...headers,
    'content-length': end - start,
    'content-range': `bytes ${start}-${end - 1}/${file.length}`,
  });
  response.end(file.subarray(start, end));
}

export function digest(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
