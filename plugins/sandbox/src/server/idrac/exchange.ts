import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** A request, read to its end. */
export interface Call {
  method: string;
  /** Without the query and without a slash at the end. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** Where it came from. */
  address: string;
}

export interface Reply {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string;
}

/** Answers a call, or leaves it to the next part of the iDRAC. */
export type Part = (call: Call) => Promise<Reply | undefined>;

export function reply(
  status: number,
  type: string,
  body: string,
  headers: OutgoingHttpHeaders = {},
): Reply {
  return { status, headers: { 'Content-Type': type, ...headers }, body };
}

export const xml = (body: string, headers: OutgoingHttpHeaders = {}): Reply =>
  reply(200, 'text/xml', `<?xml version="1.0" encoding="UTF-8"?>\n${body}`, headers);

export const html = (status: number, body: string): Reply =>
  reply(status, 'text/html', `<!DOCTYPE html>\n<html>${body}</html>\n`);

export const empty = (status: number, headers: OutgoingHttpHeaders = {}): Reply => ({
  status,
  headers,
  body: '',
});

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const NAMES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

export const unescapeXml = (text: string): string =>
  text
    .replace(/&#(?:x([\da-f]+)|(\d+));/gi, (whole, hex?: string, decimal?: string) => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/&(amp|lt|gt|quot|apos);/g, (whole, name: string) => NAMES[name] ?? whole);

/** Contents of all elements of this local name, whatever their prefix; not for nested namesakes. */
export function elements(document: string, name: string): string[] {
  const pattern = new RegExp(
    `<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>([\\s\\S]*?)</(?:[\\w.-]+:)?${name}\\s*>`,
    'g',
  );
  return [...document.matchAll(pattern)].map((found) => unescapeXml((found[1] ?? '').trim()));
}

/** User and password of HTTP Basic; nothing when there are none. */
export function basicCredentials(
  headers: IncomingHttpHeaders,
): { user: string; password: string } | undefined {
  const found = /^basic\s+(\S+)$/i.exec(headers.authorization ?? '');
  if (!found) return undefined;
  const text = Buffer.from(found[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
