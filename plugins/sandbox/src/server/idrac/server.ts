import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Device } from './device.js';
import { html, reply } from './exchange.js';
import type { Call, Part, Reply } from './exchange.js';
import { legacyPart } from './legacy.js';
import { racadmPart } from './racadm.js';
import { redfishPart } from './redfish/router.js';
import { wsmanPart } from './wsman.js';

/** Certificates and SOAP are small. */
const MAX_BODY = 256 * 1024;

/** The web server of one iDRAC. */
export class WebServer {
  private readonly device: Device;
  private readonly restartMillis: number;
  private readonly parts: readonly Part[];
  private readonly https: Server;
  private readonly sockets = new Set<Socket>();
  /** Away: the iDRAC restarts, and answers nobody. */
  private away: NodeJS.Timeout | undefined;

  constructor(device: Device, restartMillis: number) {
    this.device = device;
    this.restartMillis = restartMillis;
    this.parts = [redfishPart, wsmanPart, racadmPart, legacyPart].map((part) => part(device));
    const { min, max } = device.tls;
    this.https = createServer(
      { ...this.secureOptions(), minVersion: min, maxVersion: max, requestTimeout: 30_000 },
      (request, response) => void this.handle(request, response),
    );
    this.https.on('connection', (socket: Socket) => {
      if (this.away) {
        socket.destroy();
        return;
      }
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy()).once('close', () => this.sockets.delete(socket));
    });
    this.https.on('tlsClientError', (_error, socket) => socket.destroy());
    this.https.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Listens on 127.0.0.1; answers with the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.https.once('error', reject);
      this.https.listen({ port, host: '127.0.0.1' }, () => {
        this.https.off('error', reject);
        resolve();
      });
    });
    return (this.https.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    clearTimeout(this.away);
    await new Promise<void>((resolve) => {
      this.https.close(() => resolve());
      this.dropConnections();
    });
  }

  private secureOptions(): SecureContextOptions {
    const { served } = this.device.vault;
    const { min, max } = this.device.tls;
    return {
      ...('pfx' in served
        ? { pfx: served.pfx, passphrase: served.passphrase }
        : { key: served.key, cert: served.cert }),
      minVersion: min,
      maxVersion: max,
      ciphers: this.device.profile.tls.ciphers,
      honorCipherOrder: true,
      dhparam: 'auto',
    };
  }

  private dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    let answer: Reply;
    const lost = this.takeLoss(request);
    if (lost?.when === 'before') {
      request.socket.destroy();
      return;
    }
    try {
      answer = await this.answer(request);
    } catch {
      // No real one says more than this when its own software fails.
      answer = html(500, '<body>Internal Server Error</body>');
    }
    const { profile, clock, restart } = this.device;
    this.device.restart = 'none';
    if (lost) request.socket.destroy();
    if (response.destroyed || lost) {
      this.settle(restart);
      return;
    }
    response.writeHead(answer.status, {
      // The one clock reading that costs no login.
      Date: clock.now().toUTCString(),
      ...(profile.server === undefined ? {} : { Server: profile.server }),
      ...(profile.hsts ? { 'Strict-Transport-Security': 'max-age=63072000' } : {}),
      ...answer.headers,
      ...(answer.status === 204 ? {} : { 'Content-Length': Buffer.byteLength(answer.body) }),
    });
    response.once('close', () => this.settle(restart));
    response.end(answer.body);
  }

  private takeLoss({ url = '' }: IncomingMessage): Device['losing'][number] | undefined {
    const { losing } = this.device;
    const at = losing.findIndex(({ pathEnd }) => url.replace(/\/+$/, '').endsWith(pathEnd));
    return at < 0 ? undefined : losing.splice(at, 1)[0];
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    const { headers, method = 'GET' } = request;
    const body = await readBody(request);
    if (body === undefined) return reply(413, 'text/plain', '', { Connection: 'close' });
    if (!this.device.knowsHost(headers.host)) return html(400, '<body>Bad Request</body>');
    // Only path and query matter; a target such as `//x` must not become a host name.
    const target = /^([^?#]*)(?:\?([^#]*))?/.exec(request.url ?? '/');
    const call: Call = {
      method,
      path: (target?.[1] ?? '').replace(/\/+$/, ''),
      query: new URLSearchParams(target?.[2] ?? ''),
      headers,
      body,
      address: request.socket.remoteAddress ?? '',
    };
    for (const part of this.parts) {
      const answer = await part(call);
      if (answer) return answer;
    }
    return html(404, '<body><h2>Access Error: Not Found</h2></body>');
  }

  /** Does what an answer promised: the client has it by now. */
  private settle(restart: Device['restart']): void {
    if (restart === 'none' || this.away) return;
    if (restart === 'web-server') {
      this.https.setSecureContext(this.secureOptions());
      return;
    }
    this.away = setTimeout(() => {
      this.away = undefined;
      this.device.restarted();
      this.https.setSecureContext(this.secureOptions());
    }, this.restartMillis);
    this.dropConnections();
  }
}

/** The whole body as text; nothing when it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
