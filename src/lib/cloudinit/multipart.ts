import { createHash } from 'node:crypto';
import { basename } from 'node:path';

import { refuse } from './refusal.js';
import type { UserDataKind } from './user-data.js';

export interface Part {
  /** Path or name of the file. */
  source: string;
  kind: UserDataKind;
  text: string;
}

/** Content types by which cloud-init takes parts apart (cloudinit/handlers/__init__.py). */
const contentTypes: Readonly<Partial<Record<UserDataKind, string>>> = {
  'cloud-config': 'text/cloud-config',
  'cloud-config-archive': 'text/cloud-config-archive',
  script: 'text/x-shellscript',
  include: 'text/x-include-url',
  'cloud-boothook': 'text/cloud-boothook',
  'part-handler': 'text/part-handler',
  jinja: 'text/jinja2',
};

/**
 * Several files as one user-data: a MIME message. Equal parts give equal bytes.
 * @throws RequestError `PMX_CLOUDINIT_PART` for what cannot be part of one
 */
export function multipart(parts: readonly Part[]): string {
  const boundary = boundaryFor(parts);
  const lines = [`Content-Type: multipart/mixed; boundary="${boundary}"`, 'MIME-Version: 1.0', ''];
  for (const { source, kind, text } of parts) {
    const type = contentTypes[kind];
    if (type === undefined)
      throw refuse({
        code: 'PMX_CLOUDINIT_PART',
        source,
        found: `is ${kind}`,
        rule: 'a part is a text of its own',
        hints: ['Give the files that it was made of.'],
      });
    const asIs = isSevenBit(text);
    lines.push(
      `--${boundary}`,
      `Content-Type: ${type}; charset="utf-8"`,
      'MIME-Version: 1.0',
      `Content-Transfer-Encoding: ${asIs ? '7bit' : 'base64'}`,
      `Content-Disposition: attachment; filename="${fileName(source)}"`,
      '',
      asIs ? text.replace(/\n$/, '') : base64(text),
      '',
    );
  }
  return `${lines.join('\n')}\n--${boundary}--\n`;
}

function boundaryFor(parts: readonly Part[]): string {
  const hash = createHash('sha256');
  for (const { source, text } of parts) hash.update(`${source}\0${text}\0`);
  return `==pmx-${hash.digest('hex').slice(0, 32)}==`;
}

/** What a MIME message may have without encoding (RFC 2045, 2.7). */
function isSevenBit(text: string): boolean {
  return /^[\t\n\u0020-\u007e]*$/.test(text) && text.split('\n').every((line) => line.length < 990);
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('base64')
    .replaceAll(/.{76}(?=.)/g, '$&\n');
}

function fileName(source: string): string {
  return basename(source).replaceAll(/[^\w.+-]/g, '_');
}
