import type { IncomingMessage } from 'node:http';
import type { Answer } from '../http/respond.js';
import { plainPath } from './glob.js';

/** One exchange as in a recording of a real server. */
export interface Exchange {
  name: string;
  method: string;
  path: string;
  auth: 'none' | 'ticket' | 'token';
  params?: Record<string, unknown>;
  content_type?: string;
  status: string;
  response_type?: string;
  connection: string[];
  seconds: number;
  response: unknown;
}

/** Nobody has asked for so long: whoever recorded is gone, and nothing needs to be kept for them. */
const LEASE_MILLIS = 30_000;
/** Beyond this the oldest go: a recording must not eat the memory of the server. */
const MAX_EXCHANGES = 10_000;
const MAX_TEXT = 20_000;
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const SECRET_NAME = /pass|secret|^otp$|sshkeys|tfa-challenge/i;

/** Keeps exchanges while somebody records; secrets never get in. */
export class Recorder {
  #exchanges: Exchange[] = [];
  #dropped = 0;
  #name: string | undefined;
  #readAt = 0;

  get running(): boolean {
    if (this.#name !== undefined && Date.now() - this.#readAt > LEASE_MILLIS) this.stop();
    return this.#name !== undefined;
  }

  start(name: string): void {
    this.#exchanges = [];
    this.#dropped = 0;
    this.#name = name;
    this.#readAt = Date.now();
  }

  stop(): void {
    this.#name = undefined;
    this.#exchanges = [];
    this.#dropped = 0;
  }

  /** Exchanges from a number on. */
  read(start: number, limit: number): { running: boolean; next: number; exchanges: Exchange[] } {
    const { running } = this;
    this.#readAt = Date.now();
    const from = Math.max(0, start - this.#dropped);
    const exchanges = this.#exchanges.slice(from, from + limit);
    return { running, next: this.#dropped + from + exchanges.length, exchanges };
  }

  /** Keeps an exchange. @param params what the handler got, query and body together */
  add(
    request: IncomingMessage,
    path: string,
    params: Readonly<Record<string, unknown>> | undefined,
    answer: Answer,
    seconds: number,
  ): void {
    if (!this.running) return;
    const method = request.method ?? '';
    const number = String(this.#dropped + this.#exchanges.length + 1).padStart(3, '0');
    const bare = path.split('?')[0] ?? '';
    const contentType = request.headers['content-type'];
    this.#exchanges.push({
      name: `${this.#name}-${number}-${method}_${plainPath(bare)
        .slice(1)
        .replaceAll(/[^\w.-]+/g, '_')}`,
      method,
      path: coverQuery(path),
      auth: authOf(request),
      ...(params &&
        Object.keys(params).length > 0 && { params: cover(params) as Exchange['params'] }),
      ...(contentType !== undefined && { content_type: contentType }),
      status: `${answer.status} ${answer.reason}`.trimEnd(),
      ...(answer.contentType !== undefined && { response_type: answer.contentType }),
      connection: connectionOf(answer, contentType),
      seconds: Math.round(seconds * 1000) / 1000,
      response: responseOf(answer),
    });
    if (this.#exchanges.length <= MAX_EXCHANGES) return;
    this.#exchanges.shift();
    this.#dropped++;
  }
}

function authOf({ headers }: IncomingMessage): Exchange['auth'] {
  if (/^PVEAPIToken/.test(headers.authorization ?? '')) return 'token';
  return headers.cookie?.includes('PVEAuthCookie=') ||
    /^PVEAuthCookie/.test(headers.authorization ?? '')
    ? 'ticket'
    : 'none';
}

/** Errors and uploads end the connection; what pvedaemon did has two headers. */
function connectionOf(answer: Answer, contentType = ''): string[] {
  if (answer.status >= 400 || contentType.startsWith('multipart/')) return ['close'];
  return answer.protected ? ['close', 'Keep-Alive'] : ['Keep-Alive'];
}

function responseOf({ body, contentType }: Answer): unknown {
  if (contentType?.startsWith('application/json')) return cover(JSON.parse(body));
  return coverText(body.length > MAX_TEXT ? `${body.slice(0, MAX_TEXT)}<truncated>` : body);
}

/** Puts placeholders where secrets are: by name, and by their shape. */
export function cover(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => cover(item, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cover(item, key)]));
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  // PVE's own mask tells nothing, but that there is one.
  if (SECRET_NAME.test(name) && !/^\**$/.test(String(value)))
    return String(value).startsWith('PVE:') ? 'PVE:<ticket>' : '<password>';
  return typeof value === 'string' ? coverText(value) : value;
}

function coverText(text: string): string {
  return text
    .replaceAll(/PVE(?:tfa)?:[^:\s"]+@[^:\s"]+:[0-9A-F]{8}::?[A-Za-z0-9+/=%]+/g, 'PVE:<ticket>')
    .replaceAll(/\b([0-9A-F]{8}):[A-Za-z0-9+/=]{43,}/g, '$1:<csrf>')
    .replaceAll(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g, '<pem>')
    .replaceAll(UUID, '<uuid>');
}

function coverQuery(path: string): string {
  const mark = path.indexOf('?');
  if (mark < 0) return coverText(path);
  const query = new URLSearchParams(path.slice(mark + 1));
  const pairs = [...query].map(
    ([name, value]) =>
      `${encodeURIComponent(name)}=${encodeURIComponent(String(cover(value, name)))}`,
  );
  return `${coverText(path.slice(0, mark))}?${pairs.join('&')}`;
}
