import { refuse } from './refusal.js';

/** Content of a file: text, or its bytes as read. */
export type FileContent = string | Uint8Array;

/** cloud-init has no limit of its own; the largest of a platform that documents one is below this. */
export const maxContentBytes = 16 * 1024 * 1024;

/** The content as bytes; text becomes UTF-8. */
export function toBytes(content: FileContent): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

/**
 * The content as text.
 *
 * @param source file name for messages
 * @throws RequestError `PMX_CLOUDINIT_TOO_LARGE`, `PMX_CLOUDINIT_NOT_TEXT`, `PMX_CLOUDINIT_BOM`
 */
export function toText(content: FileContent, source: string): string {
  checkSize(content, source);
  const text = decode(content, source);
  if (text.startsWith('\ufeff')) {
    throw refuse({
      code: 'PMX_CLOUDINIT_BOM',
      source,
      found: 'starts with a byte order mark',
      rule: 'cloud-init does not recognise a file whose first character is not its own',
      hints: [`Remove the mark: sed -i '1s/^\\xEF\\xBB\\xBF//' ${JSON.stringify(source)}`],
    });
  }
  return text;
}

/** @throws RequestError `PMX_CLOUDINIT_TOO_LARGE` for more than 16 MiB */
export function checkSize(content: FileContent, source: string): void {
  const bytes =
    typeof content === 'string' ? Buffer.byteLength(content, 'utf8') : content.byteLength;
  if (bytes <= maxContentBytes) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_TOO_LARGE',
    source,
    found: `has ${bytes} bytes`,
    rule: `at most ${maxContentBytes} bytes (16 MiB) are allowed`,
    hints: ['Let the guest download large files: use #include, or runcmd with curl.'],
  });
}

function decode(content: FileContent, source: string): string {
  const binary = refuse({
    code: 'PMX_CLOUDINIT_NOT_TEXT',
    source,
    found: 'is not text in UTF-8',
    rule: 'cloud-init reads UTF-8',
    hints: [
      `Ask what it is: file ${JSON.stringify(source)}`,
      `From Latin-1: iconv -f ISO-8859-1 -t UTF-8 ${JSON.stringify(source)}`,
    ],
  });
  if (typeof content === 'string') {
    if (content.includes('\0')) throw binary;
    return content;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through to the one error for everything that is not text.
  }
  throw binary;
}
