import { isMap, isSeq } from './yaml-nodes.js';
import { quoteFirstLine, refuse } from './refusal.js';
import { checkSize, type FileContent, toBytes, toText } from './text.js';
import { parseYaml } from './yaml.js';

/** The kinds of user-data and vendor-data that pmx accepts. */
export type UserDataKind =
  | 'cloud-config'
  | 'cloud-config-archive'
  | 'script'
  | 'include'
  | 'cloud-boothook'
  | 'part-handler'
  | 'jinja'
  | 'mime-multipart'
  | 'gzip';

/**
 * First lines as cloud-init matches them (cloudinit/handlers/__init__.py, INCLUSION_TYPES_MAP):
 * without regard to case. Stricter here: the word must end, so that `#cloud-configuration` is caught.
 */
const headers: ReadonlyArray<{ kind: UserDataKind; pattern: RegExp }> = [
  { kind: 'cloud-config-archive', pattern: /^#cloud-config-archive(?=\s|$)/i },
  { kind: 'cloud-config', pattern: /^#cloud-config(?=\s|$)/i },
  { kind: 'include', pattern: /^#include(?:-once)?(?=\s|$)/i },
  { kind: 'cloud-boothook', pattern: /^#cloud-boothook(?=\s|$)/i },
  { kind: 'part-handler', pattern: /^#part-handler(?=\s|$)/i },
  { kind: 'script', pattern: /^#!/ },
];
const jinjaHeader = /^## template: jinja[ \t]*\r?$/i;
const mimeHeader = /^(?:content-type:\s*multipart\/|mime-version:)/i;
/** cloud-init looks for "MIME-Version:" in so many bytes (cloudinit/user_data.py, convert_string). */
const mimeSearchBytes = 4096;
const gzipMagic = Buffer.from([0x1f, 0x8b]);

const example = ['A file that works:', '#cloud-config', 'package_update: true'].join('\n');

/**
 * Checks a user-data file the way cloud-init decides what it is: by its beginning.
 * https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 *
 * @param content text, or the bytes as read; give bytes where the file may be gzip-compressed
 * @param source file name for messages
 * @returns the kind. A compressed file is accepted as it is.
 * @throws RequestError `PMX_CLOUDINIT_…` (exit 1). Only the first 40 characters of the first line
 *   are ever quoted, and not when they look like a secret.
 */
export async function validateUserData(
  content: FileContent,
  source: string,
): Promise<UserDataKind> {
  checkSize(content, source);
  if (typeof content !== 'string' && startsWith(content, gzipMagic)) return 'gzip';
  const text = toText(content, source);
  const kind = kindOf(text, source);
  if (kind === 'mime-multipart') checkMime(text, source);
  else refuseWindowsHeader(text, kind, source);
  if (kind === 'jinja') kindOfTemplate(text, source);
  if (kind === 'cloud-config') await checkCloudConfig(text, source);
  if (kind === 'cloud-config-archive') await checkArchive(text, source);
  return kind;
}

/**
 * Checks a vendor-data file. cloud-init treats it as user-data of lower priority, so the rules are
 * those of {@link validateUserData}.
 */
export async function validateVendorData(
  content: FileContent,
  source: string,
): Promise<UserDataKind> {
  return validateUserData(content, source);
}

/** True for the magic bytes of gzip. */
export function isGzip(content: FileContent): boolean {
  return typeof content !== 'string' && startsWith(content, gzipMagic);
}

function startsWith(content: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => content[index] === byte);
}

function kindOf(text: string, source: string): UserDataKind {
  const firstLine = text.split('\n', 1)[0] ?? '';
  if (jinjaHeader.test(firstLine)) return 'jinja';
  if (mimeHeader.test(text)) return 'mime-multipart';
  const kind = headerKind(text);
  if (kind !== undefined) return kind;
  throw refuse({
    code: 'PMX_CLOUDINIT_HEADER',
    source,
    found:
      text.trim() === ''
        ? 'is empty'
        : `is not user-data that cloud-init knows (${quoteFirstLine(text)})`,
    rule:
      'the first line must be #cloud-config, #!INTERPRETER, #include, #cloud-boothook, ' +
      '#cloud-config-archive, #part-handler, ## template: jinja or a MIME header',
    hints: [...guess(text), example],
  });
}

function headerKind(text: string): UserDataKind | undefined {
  // cloud-init skips white space before the header. The kernel does not, so a script must start
  // with its first two characters.
  const trimmed = text.trimStart();
  const found = headers.find(({ pattern }) => pattern.test(trimmed));
  return found?.kind === 'script' && trimmed !== text ? undefined : found?.kind;
}

/** What cloud-init takes a text for by its beginning, without a judgement of it. */
export function guessKind(text: string): UserDataKind | undefined {
  const firstLine = text.split('\n', 1)[0] ?? '';
  if (jinjaHeader.test(firstLine)) return 'jinja';
  return mimeHeader.test(text) ? 'mime-multipart' : headerKind(text);
}

/** What the author probably meant. */
function guess(text: string): string[] {
  const start = text.trimStart();
  if (/^#\s+cloud-config/i.test(start)) {
    return ['Write #cloud-config without a blank after the #.'];
  }
  if (/^#!/.test(start)) return ['Remove the empty lines before #!.'];
  if (/^##\s*template:/i.test(start)) {
    return ['Write the first line exactly so: ## template: jinja'];
  }
  if (/^(?:---|[\w-]+:(?:\s|$))/.test(start)) {
    return ['It looks like YAML: put a line #cloud-config before everything else.'];
  }
  return [];
}

function refuseWindowsHeader(text: string, kind: UserDataKind, source: string): void {
  const start = text.trimStart();
  const firstLine = start.split('\n', 1)[0] ?? '';
  if (!firstLine.endsWith('\r')) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_LINE_ENDS',
    source,
    found: 'has Windows line ends (CR LF) in its first line',
    rule:
      kind === 'script'
        ? 'the guest would look for an interpreter whose name ends with a carriage return'
        : 'the header line must end with LF alone, as on Linux',
    hints: [
      `Change them: sed -i 's/\\r$//' ${JSON.stringify(source)}`,
      'In your editor, choose LF as the line end.',
    ],
    line: 1,
  });
}

function kindOfTemplate(text: string, source: string): void {
  const body = text.slice(text.indexOf('\n') + 1);
  if (text.includes('\n') && headerKind(body) !== undefined) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_HEADER',
    source,
    found: 'is a jinja template whose second line is no header of cloud-init',
    rule: 'after ## template: jinja must come #cloud-config, #!INTERPRETER or another header',
    hints: [['A file that works:', '## template: jinja', '#cloud-config'].join('\n')],
    line: 2,
  });
}

function checkMime(text: string, source: string): void {
  const searched = Buffer.from(toBytes(text).subarray(0, mimeSearchBytes)).toString('latin1');
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const mistake = !/mime-version:/i.test(searched)
    ? 'has no MIME-Version header'
    : !/^content-type:\s*multipart\//im.test(head)
      ? 'has no Content-Type header with multipart'
      : !/boundary\s*=/i.test(head)
        ? 'has no boundary in its Content-Type header'
        : undefined;
  if (mistake === undefined) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_MIME',
    source,
    found: `is a MIME message that ${mistake}`,
    rule: 'without it cloud-init does not split the message into its parts',
    hints: [
      [
        'The header must have both lines:',
        'Content-Type: multipart/mixed; boundary="==X=="',
        'MIME-Version: 1.0',
      ].join('\n'),
      'Or let cloud-init write it: cloud-init devel make-mime -a FILE:cloud-config',
    ],
    line: 1,
  });
}

async function checkCloudConfig(text: string, source: string): Promise<void> {
  const document = await parseYaml(text, source);
  if (await isMap(document.contents)) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_SHAPE',
    source,
    found: 'has no YAML mapping at the top',
    rule: 'a cloud-config is a mapping of keys such as users, packages or runcmd',
    hints: [example],
  });
}

async function checkArchive(text: string, source: string): Promise<void> {
  const document = await parseYaml(text, source);
  if (await isSeq(document.contents)) return;
  throw refuse({
    code: 'PMX_CLOUDINIT_SHAPE',
    source,
    found: 'has no YAML list at the top',
    rule: 'a cloud-config-archive is a list of parts',
    hints: [
      ['A file that works:', '#cloud-config-archive', '- type: text/cloud-config'].join('\n'),
    ],
  });
}
