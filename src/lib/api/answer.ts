import type { Secrets } from './secrets.js';
import type { WriteMethod } from './types.js';

/** One HTTP exchange, before anybody judges it. */
export interface Answer {
  method: 'GET' | WriteMethod;
  /** Without the query: parameters may be secret. */
  path: string;
  status: number;
  /** Reason phrase, readable. PVE puts the first line of its error there. */
  reason: string;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Who asked, for messages. */
export interface Asker {
  endpoint: string;
  host: string;
  port: number;
  user: string;
  credentials: 'token' | 'password';
  secrets: Secrets;
}

/** What stands in PVE's JSON envelope. */
export interface Envelope<T> {
  data: T;
  /** Beside the data of lists that are given in parts. */
  total?: number;
  message?: string;
  errors?: Record<string, unknown>;
}

/** The JSON object of an answer, undefined when it has another body or none. */
export function parseEnvelope(text: string): Envelope<unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Envelope<unknown>;
  } catch {
    return undefined;
  }
}

/**
 * Reason phrases arrive as bytes that Node reads as Latin-1. PVE means Latin-1 for characters up to
 * U+00FF; proxies in between send UTF-8, or the whole phrase percent-encoded.
 */
export function readReason(raw: string): string {
  const utf8 = Buffer.from(raw, 'latin1').toString('utf8');
  const text = utf8.includes('\uFFFD') ? raw : utf8;
  // An encoded phrase has no blanks; a phrase with blanks may quote something encoded (sshkeys).
  if (!/^[^\s%]*%[0-9A-F]{2}\S*$/i.test(text)) return text.trim();
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text;
  }
}

/** True when it was no Proxmox daemon that spoke, but something in front of it, or nobody. */
export function isProxyFailure(answer: Answer): boolean {
  // PVE's own 500s are verdicts. 595 ff. are AnyEvent::HTTP's codes for a node that pveproxy could
  // not reach (595) or lost on the way (596, 597).
  return (
    [502, 503, 504, 595, 596, 597].includes(answer.status) &&
    parseEnvelope(answer.text) === undefined
  );
}
