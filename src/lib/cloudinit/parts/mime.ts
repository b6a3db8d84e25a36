import type { Fault } from '../schema/faults.js';
import { guessKind } from '../user-data.js';
import { type FoundPart, kindOfPart, partFault } from './part.js';

/** The parts of a MIME message. What is no part of one is a fault. */
export function mimeParts(text: string): { parts: FoundPart[]; faults: Fault[] } {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const { headers, next } = headersAt(lines, 0);
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(headers['content-type'] ?? '');
  const mark = boundary && `--${boundary[1] ?? boundary[2]}`;
  // Whether there is one was looked at before.
  if (!mark) return { parts: [], faults: [] };
  const parts: FoundPart[] = [];
  const faults: Fault[] = [];
  let from: number | undefined;
  let closed = false;
  for (let index = next; index < lines.length && !closed; index++) {
    const line = lines[index]!.trimEnd();
    if (line !== mark && line !== `${mark}--`) continue;
    if (from !== undefined) parts.push(partAt(lines, from, index));
    from = index + 1;
    closed = line === `${mark}--`;
  }
  if (!closed && from !== undefined) {
    parts.push(partAt(lines, from, lines.length));
    faults.push(
      partFault(
        'warning',
        text.trimEnd().split('\n').length,
        `has no end: ${mark}-- is missing`,
        'Write it as the last line.',
      ),
    );
  }
  if (parts.length === 0)
    faults.push(
      partFault(
        'error',
        1,
        `has no part: no line is ${mark}`,
        'The boundary of the header and that between the parts must be the same.',
      ),
    );
  return { parts, faults };
}

/** @param until line that is no part of it */
function partAt(lines: readonly string[], from: number, until: number): FoundPart {
  const { headers, next } = headersAt(lines.slice(0, until), from);
  const type = (headers['content-type'] ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
  const encoding = (headers['content-transfer-encoding'] ?? '7bit').toLowerCase();
  const exact = encoding !== 'base64' && encoding !== 'quoted-printable';
  const nested = type.startsWith('multipart/');
  const body = lines.slice(nested ? from : next, until).join('\n');
  const plain = exact ? body : decoded(body, encoding);
  return {
    type,
    kind: kindOfPart(type, guessKind(plain)),
    line: from + 1,
    text: exact && !nested ? '\n'.repeat(next) + plain : plain,
    exact: exact && !nested,
  };
}

/** Headers up to the first empty line; one that goes on begins with a blank. */
function headersAt(
  lines: readonly string[],
  from: number,
): { headers: Record<string, string>; next: number } {
  const headers: Record<string, string> = {};
  let last = '';
  let index = from;
  for (; index < lines.length && lines[index]!.trim() !== ''; index++) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(lines[index]!) ?? [];
    if (name === undefined) headers[last] = `${headers[last] ?? ''} ${lines[index]!.trim()}`;
    else headers[(last = name.toLowerCase())] = value!.trim();
  }
  return { headers, next: index + 1 };
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replaceAll(/=[ \t]*\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
