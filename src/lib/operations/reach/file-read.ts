import type { Guest, PveReader } from '@pmx-cli/kit';

import { askAgent } from './agent-read.js';

export interface GuestFile {
  vmid: number;
  path: string;
  bytes: number;
  content: string;
  /** Of `content`: base64 when it is no UTF-8 text. */
  encoding: 'utf8' | 'base64';
  /** The file is longer than the 16 MiB that Proxmox VE gives. */
  truncated: boolean;
}

export async function readGuestFile(
  pve: PveReader,
  guest: Guest,
  file: string,
): Promise<GuestFile> {
  type Answer = { content: string; truncated?: number | boolean };
  const answer = await askAgent<Answer>(pve, guest, 'file-read', { file });
  const bytes = guestBytes(answer.content);
  const encoding = textEncoding(bytes);
  return {
    vmid: guest.vmid,
    path: file,
    bytes: bytes.length,
    content: bytes.toString(encoding),
    encoding,
    truncated: Boolean(Number(answer.truncated ?? 0)),
  };
}

/**
 * PVE hands strings of the agent on with one character for a byte. Anything beyond came as text from
 * a server that does it otherwise.
 */
export function guestBytes(text: string): Buffer {
  return Buffer.from(text, /[^\0-\xff]/.test(text) ? 'utf8' : 'latin1');
}

/** Text where bytes are text, so that a document stays readable; nothing is lost in either. */
export function textEncoding(...parts: readonly Buffer[]): 'utf8' | 'base64' {
  const isText = (bytes: Buffer): boolean =>
    Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
  return parts.every(isText) ? 'utf8' : 'base64';
}
